package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Hardware is a hardware map, the file espy.yaml: which real boards there are, and how
// they are reached.
type Hardware struct {
	File   string
	Boards []Board // in the order of the file
}

// Board is one board of a hardware map.
type Board struct {
	Pos    Pos
	Name   string
	Device string // the file to open; one of these three, in a user's own map perhaps none
	USB    string // its USB serial number
	URL    string // tcp://HOST:PORT or rfc2217://HOST:PORT
	Chip   string // empty: not said
	Labels []string
	Baud   int    // 0: not said
	Reset  string // lines, repl or none; empty: what the port has
	WiFi   WiFi
	Power  []string // a command of the user's that takes its power and gives it back; from a user's own map alone
}

// WiFi names the environment variables that hold what a board needs to join a network.
type WiFi struct{ SSID, Password string }

// At is where the board is, as the file says it.
func (b *Board) At() string {
	switch {
	case b.USB != "":
		return "the USB serial number " + b.USB
	case b.URL != "":
		return b.URL
	}
	return b.Device
}

// HardwareName is the name of a hardware map.
const HardwareName = "espy.yaml"

// FindHardware is the path of the hardware map of a folder: of the folder itself, or of
// the nearest above it that has one, not beyond the top of its repository; empty where
// there is none.
func FindHardware(folder string) string {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return ""
	}
	return findAbove(whole, folder, HardwareName)
}

// LoadHardware reads a hardware map. The error is a *[FileError] with everything that is
// wrong with it, or says that it could not be read.
func LoadHardware(name string) (*Hardware, error) { return loadHardware(name, sharedMap) }

// LoadOwnHardware reads the user's own map, in which commands may stand, and boards of
// which another map says the rest. Where there is none it is empty.
func LoadOwnHardware(name string) (*Hardware, error) {
	h, err := loadHardware(name, ownMap)
	if errors.Is(err, fs.ErrNotExist) {
		return &Hardware{File: name}, nil
	}
	return h, err
}

func loadHardware(name string, format reader[Hardware]) (*Hardware, error) {
	data, err := readFile(name)
	if err != nil {
		return nil, fmt.Errorf("read a hardware map: %w", err)
	}
	return parseHardware(name, data, format)
}

// ParseHardware reads a hardware map from the bytes of a file.
func ParseHardware(name string, data []byte) (*Hardware, error) {
	return parseHardware(name, data, sharedMap)
}

func parseHardware(name string, data []byte, format reader[Hardware]) (*Hardware, error) {
	r := &report{source: newSource(name, data[:min(len(data), maxFile)])}
	if isBlank(data) {
		return &Hardware{File: name}, nil
	}
	root := parseTree(data, r)
	if root == nil {
		return nil, r.err()
	}
	h, _ := format.read(&decoder{report: r}, root)
	if err := r.err(); err != nil {
		return nil, err
	}
	h.File = name
	for i := range h.Boards {
		if b := &h.Boards[i]; strings.ContainsRune(b.Device, '/') && !filepath.IsAbs(b.Device) {
			b.Device = filepath.Join(filepath.Dir(name), b.Device) // as it is for whoever reads the file
		}
	}
	return &h, nil
}

// Own puts what the user's own map says into the map: commands, and boards of the user's.
func (h *Hardware) Own(own *Hardware) error {
	for _, b := range own.Boards {
		at := slices.IndexFunc(h.Boards, func(other Board) bool { return other.Name == b.Name })
		switch {
		case at >= 0 && b.At() == "":
			h.Boards[at].Power = b.Power
		case at >= 0:
			h.Boards[at] = b
		case b.At() == "":
			return fmt.Errorf("%s: the board %s has neither device:, usb: nor url:, and no %s here has it", b.Pos, b.Name, HardwareName)
		default:
			h.Boards = append(h.Boards, b)
		}
	}
	return nil
}

var (
	boardName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
	variableName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`) // in capitals: a password is mostly not
	portURL      = regexp.MustCompile(`^(tcp|rfc2217)://[^/?#@\s]+:[0-9]+$`)
)

// chips are those that MicroPython has ports for and that can join a network.
var chips = []string{"esp8266", "esp32", "esp32s2", "esp32s3", "esp32c2", "esp32c3", "esp32c5", "esp32c6", "rp2040", "rp2350", "other"}

// environmentVariable reads the name of one. A value does not belong into a file that
// is shared; nor is it shown, where it stands there all the same.
var environmentVariable = reader[string]{variable, patternShape(variableName.String()), func(d *decoder, n *node) (string, bool) {
	if n.kind != scalarNode || n.isNull() {
		d.expected(n, variable)
		return "", false
	}
	if !variableName.MatchString(n.value) {
		d.report.conceal(n)
		d.fail(n, "expected "+variable+"; its value never stands in this file", "this is not the name of an environment variable")
		return "", false
	}
	return n.value, true
}}

const variable = "the name of an environment variable, such as ESPY_WIFI_PASSWORD"

var wifi = object("a Wi-Fi network", nil,
	field("ssid", "the variable with the network's name", environmentVariable, func(w *WiFi, v string) { w.SSID = v }).
		needed("the network has no ssid:", "expected ssid: and the name of an environment variable, such as ESPY_WIFI_SSID"),
	field("password", "the variable with its password", environmentVariable, func(w *WiFi, v string) { w.Password = v }),
)

// boardKeys are the keys of a board.
func boardKeys() []key[Board] {
	return []key[Board]{
		field("device", "the serial port to open", nonEmpty("a device such as /dev/ttyUSB0 or COM3"), func(b *Board, v string) { b.Device = v }),
		field("usb", "the USB serial number of its port, wherever it is plugged in", nonEmpty("a USB serial number, as espy boards shows it"), func(b *Board, v string) { b.USB = v }),
		field("url", "the board of another computer", textAs("tcp://HOST:PORT or rfc2217://HOST:PORT", portURL.String(), func(s string) (string, error) {
			if PortAddress(s) == "" {
				return "", fmt.Errorf("%s is no address of a board", quote(s))
			}
			return s, nil
		}), func(b *Board, v string) { b.URL = v }),
		field("chip", "what it is", oneOf(chips...), func(b *Board, v string) { b.Chip = v }),
		field("labels", "words to choose it by", listOf("a list of labels", label), func(b *Board, v []string) { b.Labels = v }),
		field("baud", "the rate of its serial port; 115200 if not said", integer("a baud rate such as 115200", 300, 4_000_000), func(b *Board, v int64) { b.Baud = int(v) }),
		field("reset", "how it is reset: by the port's DTR and RTS lines, through its REPL, or not at all", oneOf("lines", "repl", "none"), func(b *Board, v string) { b.Reset = v }),
		field("wifi", "the environment variables with the network that it joins", wifi, func(b *Board, v WiFi) { b.WiFi = v }),
	}
}

var label = textAs("a label: letters, digits, - and _", boardName.String(), func(s string) (string, error) {
	if !boardName.MatchString(s) {
		return "", fmt.Errorf("%s cannot be a label", quote(s))
	}
	return s, nil
})

// forbiddenPower is power: in a map that is not the user's own.
var forbiddenPower = key[Board]{
	name: "power", says: "a command, in your own configuration alone", what: "nothing", shape: func(*shapes) *jsonschema.Schema {
		return &jsonschema.Schema{Not: &jsonschema.Schema{}}
	},
	read: func(d *decoder, n *node, _ *Board) {
		d.fail(n, "put it below the same board in your own map, espy/espy.yaml in your configuration folder (~/.config)", "a command cannot stand in a file that others may have written")
	},
}

// OwnHardwareName is the path of the user's own map.
func OwnHardwareName() string {
	folder, err := os.UserConfigDir()
	if err != nil {
		return filepath.Join("~", ".config", "espy", HardwareName)
	}
	return filepath.Join(folder, "espy", HardwareName)
}

var powerCommand = field("power", "the command that takes its power and gives it back",
	listOf(`a list of the program and its arguments, such as [usbrelay, "1=off"]`, nonEmpty("a program or an argument")),
	func(b *Board, v []string) { b.Power = v })

// hardwareMap is a map of boards with these keys.
func hardwareMap(check func(*decoder, *node, *Board), keys ...key[Board]) reader[Hardware] {
	boards := mapOf("a map of names and boards", object("a board of the hardware map", check, keys...))
	return object("a hardware map", checkHardware,
		field("boards", "the boards, by name", boards, func(h *Hardware, v []pair[Board]) {
			for _, p := range v {
				p.value.Name = p.key.value
				h.Boards = append(h.Boards, p.value)
			}
		}).needed("the map has no boards:", "expected boards: and, below it, a name for each"),
	)
}

var (
	sharedMap = hardwareMap(checkBoard, append(boardKeys(), forbiddenPower)...)
	ownMap    = hardwareMap(checkOwnBoard, append(boardKeys(), powerCommand)...)
)

// checkBoard sees that a board can be reached in one way.
func checkBoard(d *decoder, n *node, b *Board) {
	checkOwnBoard(d, n, b)
	if n.get("device") == nil && n.get("usb") == nil && n.get("url") == nil {
		d.missing(n, n, "expected one of device:, usb: and url:", "nothing says where the board is")
	}
}

func checkOwnBoard(d *decoder, n *node, b *Board) {
	b.Pos = d.pos(n)
	d.exclusive(n, "device", "usb", "url")
	for _, name := range []string{"baud"} {
		if n.get("url") != nil && n.get(name) != nil {
			d.fail(n.keyNode(name), "whoever offers the port sets it", "%s: cannot stand beside url:", name)
		}
	}
	if strings.HasPrefix(b.URL, "tcp:") && b.Reset == "lines" {
		d.fail(n.get("reset"), "rfc2217:// has them", "tcp:// has no DTR and RTS lines")
	}
}

// kindsOfBoards cannot be names: they are boards of their own.
var kindsOfBoards = []string{"sim", "unix", "serial", "tcp", "rfc2217", "label"}

// checkHardware sees that names are names, and that no device has two.
func checkHardware(d *decoder, n *node, h *Hardware) {
	boards := n.get("boards")
	if boards == nil || boards.kind != mappingNode {
		return
	}
	places := map[string]*node{}
	for i, name := range boards.keys {
		switch {
		case slices.Contains(kindsOfBoards, name.value):
			d.fail(name, "choose another name", "%s is a kind of board, and cannot be a name", quote(name.value))
		case !boardName.MatchString(name.value):
			d.fail(name, "expected letters, digits, - and _", "%s cannot be a name", quote(name.value))
		}
		for _, where := range []string{"device", "usb", "url"} {
			at := boards.items[i].get(where)
			if at == nil || at.kind != scalarNode {
				continue
			}
			place := where + " " + at.value
			switch where {
			case "device":
				place = where + " " + deviceAs(at.value, filepath.Dir(d.report.source.file))
			case "url":
				place = where + " " + cmp.Or(PortAddress(at.value), at.value)
			}
			if before, twice := places[place]; twice {
				d.fail(at, "one board, one name; labels: give it more to be chosen by", "this is the %s of the board %s already, in line %d", where, before.value, before.line)
				continue
			}
			places[place] = name
		}
	}
}

// deviceAs is a device by the one name that the system has for it, as far as that can be
// seen here: a relative path is beside the file that says it, and a link, where it is
// attached, is what it leads to.
func deviceAs(device, folder string) string {
	if !strings.ContainsRune(device, '/') {
		return device // COM3
	}
	if !filepath.IsAbs(device) {
		device = filepath.Join(folder, device)
	}
	if whole, err := filepath.Abs(device); err == nil {
		device = whole
	}
	if real, err := filepath.EvalSymlinks(device); err == nil {
		return real
	}
	return device
}

// HardwareSchema is the JSON Schema of a hardware map, for editors.
func HardwareSchema() ([]byte, error) {
	return schemaOf(sharedMap.what, sharedMap.shape, "A hardware map of Espy", "Which real boards there are, and how they are reached.")
}
