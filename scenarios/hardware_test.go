package scenarios

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"
)

// Each file of testdata/hardware is a hardware map that is wrong in its own way.
func TestWhatIsWrongWithAHardwareMapIsToldInFull(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/hardware/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		_, err := LoadHardware(filepath.ToSlash(file))
		var wrong *FileError
		require.ErrorAs(t, err, &wrong, file)
		requireGolden(t, strings.TrimSuffix(file, ".yaml")+".golden", wrong.Error()+"\n")
	}
}

func TestADeviceUnderTwoNamesIsOneDevice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tty"), nil, 0o600))
	require.NoError(t, os.Symlink("tty", filepath.Join(dir, "link")))
	name := filepath.Join(dir, HardwareName)
	for other, same := range map[string]bool{
		dir + "/none/../tty": true, // the path alone says so
		dir + "/link":        true,
		"./tty":              true, // beside the map
		dir + "/tty2":        false,
		"COM3":               false,
	} {
		_, err := ParseHardware(name, []byte("boards:\n  a: {device: "+dir+"/tty}\n  b: {device: "+other+"}\n"))
		if same {
			require.ErrorContains(t, err, "this is the device of the board a already, in line 2", other)
		} else {
			require.NoError(t, err, other)
		}
	}
}

func TestAPasswordInTheMapIsNotShown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"boards: {a: {usb: '1', lables: [x], wifi: {ssid: A, password: 'hunter 2'}}}",
		"boards:\n  a:\n    wifi:\n      password: hunter 2\n",
		"boards: {a: {wifi: {password: 'hunter 2', pasword: x}}, a: {}}",
	} {
		_, err := ParseHardware("espy.yaml", []byte(text))
		require.ErrorContains(t, err, "this is not the name of an environment variable")
		require.NotContains(t, err.Error(), "hunter")
	}
}

const soundMap = `
boards:
  desk:
    device: /dev/ttyUSB0
    chip: esp32
    labels: [wifi, psram]
    baud: 460800
    reset: lines
    wifi: {ssid: ESPY_WIFI_SSID, password: ESPY_WIFI_PASSWORD}
  shelf: {usb: 0001, chip: esp8266, reset: none}
  cellar: {url: rfc2217://pi.local:4000}
`

func TestAHardwareMapIsRead(t *testing.T) {
	t.Parallel()
	h, err := ParseHardware("espy.yaml", []byte(soundMap))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(&Hardware{File: "espy.yaml", Boards: []Board{
		{
			Pos: Pos{"espy.yaml", 4, 5}, Name: "desk", Device: "/dev/ttyUSB0", Chip: "esp32", Labels: []string{"wifi", "psram"},
			Baud: 460800, Reset: "lines", WiFi: WiFi{"ESPY_WIFI_SSID", "ESPY_WIFI_PASSWORD"},
		},
		{Pos: Pos{"espy.yaml", 10, 10}, Name: "shelf", USB: "0001", Chip: "esp8266", Reset: "none"},
		{Pos: Pos{"espy.yaml", 11, 11}, Name: "cellar", URL: "rfc2217://pi.local:4000"},
	}}, h))
}

func TestAMapOfCommentsHasNoBoards(t *testing.T) {
	t.Parallel()
	h, err := ParseHardware("espy.yaml", []byte("# none yet\n"))
	require.NoError(t, err)
	require.Empty(t, h.Boards)
}

func TestTheUsersOwnMapAddsCommandsAndBoards(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), HardwareName)
	write := func(text string) { require.NoError(t, os.WriteFile(name, []byte(text), 0o600)) }
	h, err := ParseHardware("espy.yaml", []byte(soundMap))
	require.NoError(t, err)

	own, err := LoadOwnHardware(name)
	require.NoError(t, err, "there need not be one")
	require.NoError(t, h.Own(own))

	write("boards:\n  desk: {power: [relay, 'off on']}\n  mine: {usb: '7'}\n  shelf: {usb: '8'}\n")
	own, err = LoadOwnHardware(name)
	require.NoError(t, err)
	require.NoError(t, h.Own(own))
	require.Equal(t, []string{"relay", "off on"}, h.Boards[0].Power)
	require.Equal(t, "/dev/ttyUSB0", h.Boards[0].Device)
	require.Equal(t, "8", h.Boards[1].USB, "the user's own word goes first")
	require.Equal(t, "mine", h.Boards[3].Name)

	write("boards:\n  nobody: {power: [relay]}\n")
	own, err = LoadOwnHardware(name)
	require.NoError(t, err)
	require.EqualError(t, h.Own(own), name+":2: the board nobody has neither device:, usb: nor url:, and no espy.yaml here has it")
}

func TestTheNearestMapIsFound(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	sub := filepath.Join(top, "repo", "a", "b")
	require.NoError(t, os.MkdirAll(sub, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(top, HardwareName), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(top, "repo", ".git"), 0o700))
	require.Empty(t, FindHardware(sub), "what is above the repository is not its own")
	require.NoError(t, os.WriteFile(filepath.Join(top, "repo", HardwareName), nil, 0o600))
	require.Equal(t, filepath.Join(top, "repo", HardwareName), FindHardware(sub))
}

// The schema takes what the reader takes, and refuses what is plainly wrong.
func TestTheSchemaOfHardwareMapsIsTheReaders(t *testing.T) {
	t.Parallel()
	text, err := HardwareSchema()
	require.NoError(t, err)
	requireGolden(t, "hardware.schema.json", string(text))
	var read jsonschema.Schema
	require.NoError(t, json.Unmarshal(text, &read))
	resolved, err := read.Resolve(nil)
	require.NoError(t, err)
	tree := func(text string) any {
		return asJSON(parseTree([]byte(text), &report{source: newSource("x", []byte(text))}))
	}
	require.NoError(t, resolved.Validate(tree(soundMap)))
	for _, wrong := range []string{
		"boards: {a: {usb: '1', lables: [x]}}",
		"boards: {a: {usb: '1', power: [x]}}",
		"boards: {a: {usb: '1', chip: z80}}",
		"boards: {a: {usb: '1', wifi: {ssid: 'a b'}}}",
		"{}",
	} {
		require.Error(t, resolved.Validate(tree(wrong)), wrong)
	}
}

func TestTheMapOfTheDocumentsIsSound(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/boards.md")
	require.NoError(t, err)
	_, example, found := strings.Cut(string(text), "```yaml map\n")
	require.True(t, found)
	example, _, _ = strings.Cut(example, "```")
	h, err := ParseHardware("espy.yaml", []byte(example))
	require.NoError(t, err)
	require.Len(t, h.Boards, 3)
}
