package doctor

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// machine is one with these programs, each of which prints something, and these
// variables.
func machine(t *testing.T, programs, env map[string]string) Machine {
	t.Helper()
	return Machine{
		Root: t.TempDir(),
		Env:  func(name string) string { return env[name] },
		Find: func(name string) (string, error) {
			if _, there := programs[name]; !there {
				return "", exec.ErrNotFound
			}
			return name, nil
		},
		Run: func(_ context.Context, name string, _ ...string) (string, error) {
			if said, broken := strings.CutPrefix(programs[name], "!"); broken {
				return said, errors.New("exit status 1")
			}
			return programs[name], nil
		},
	}
}

func (m Machine) with(t *testing.T, path, text string) Machine {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(m.file(path)), 0o755))
	require.NoError(t, os.WriteFile(m.file(path), []byte(text), 0o600))
	return m
}

type has = map[string]string

func TestWhatIsFoundOnAMachine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		look  func(context.Context, Machine) Finding
		on    Machine
		state State
		says  string
	}{
		"Go":                   {goToolchain, machine(t, has{"go": "go version go1.27.3 linux/amd64"}, nil), OK, "go1.27.3 at go"},
		"an old Go":            {goToolchain, machine(t, has{"go": "go version go1.19.8 linux/amd64"}, nil), Note, "go1.19.8 is too old to build espy, which needs 1.26"},
		"no Go":                {goToolchain, machine(t, nil, nil), Note, "not installed"},
		"a game":               {goToolchain, machine(t, has{"go": "GNU Go 3.8"}, nil), Trouble, `says "GNU Go 3.8", and no version of Go`},
		"a Go that fails":      {goToolchain, machine(t, has{"go": "!cannot find GOROOT"}, nil), Trouble, "cannot find GOROOT"},
		"npm":                  {npm, machine(t, has{"npm": "10.1.0\n"}, nil), OK, "10.1.0 at npm"},
		"npm without node":     {npm, machine(t, has{"npm": "!env: node: No such file"}, nil), Trouble, "env: node: No such file"},
		"esptool":              {esptool, machine(t, has{"esptool.py": "esptool.py v4.8\n4.8"}, nil), OK, "esptool.py v4.8 at esptool.py"},
		"no esptool":           {esptool, machine(t, nil, nil), Note, "not installed"},
		"a broken esptool":     {esptool, machine(t, has{"esptool": "!ModuleNotFoundError: serial"}, nil), Trouble, "ModuleNotFoundError"},
		"no board":             {serialPorts, machine(t, nil, nil), Note, "none is attached"},
		"no firewall":          {firewall, machine(t, nil, nil), OK, "none was found"},
		"ufw":                  {firewall, machine(t, nil, nil).with(t, "/etc/ufw/ufw.conf", "# x\nENABLED=yes\n"), Note, "ufw is active"},
		"ufw, off":             {firewall, machine(t, nil, nil).with(t, "/etc/ufw/ufw.conf", "ENABLED=no\n# ENABLED=yes\n"), OK, "none was found"},
		"firewalld":            {firewall, machine(t, has{"firewall-cmd": "running"}, nil), Note, "firewalld is active"},
		"firewalld, off":       {firewall, machine(t, has{"firewall-cmd": "!not running"}, nil), OK, "none was found"},
		"nftables":             {firewall, machine(t, has{"nft": "type filter hook input priority 0; policy drop;"}, nil), Note, "nftables drops"},
		"nftables, hidden":     {firewall, machine(t, has{"nft": "!Operation not permitted (you must be root)"}, nil), Note, "is not to be seen (Operation not permitted (you must be root))"},
		"nftables, forwarding": {firewall, machine(t, has{"nft": "type filter hook forward priority 0; policy drop; } chain input { type filter hook input priority 0; policy accept;"}, nil), OK, "none was found"},
		"Wi-Fi":                {wifi, machine(t, nil, has{"ESPY_WIFI_SSID": "attic", "ESPY_WIFI_PASSWORD": "x"}), OK, "are set"},
		"no Wi-Fi":             {wifi, machine(t, nil, nil), Note, "neither is set"},
		"Wi-Fi without a name": {wifi, machine(t, nil, has{"ESPY_WIFI_PASSWORD": "hunter2"}), Trouble, "ESPY_WIFI_SSID, the name of the network, is not"},
		"an open network":      {wifi, machine(t, nil, has{"ESPY_WIFI_SSID": "attic"}), Note, "ESPY_WIFI_PASSWORD is not set"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.look(t.Context(), test.on)
			require.Equal(t, test.state, got.State, got.Says)
			require.Contains(t, got.Says, test.says)
			require.Equal(t, got.State == OK, got.Type == "", "what is not ok says what to type, and nothing else does")
			require.NotContains(t, got.Says+got.Type, "hunter2")
			require.NotContains(t, got.Says, "attic")
		})
	}
}

func TestABoardThatMayNotBeOpenedSaysWhichGroupMay(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		group, may := openable(filepath.Join(t.TempDir(), "gone"))
		require.False(t, may)
		require.Empty(t, group)
		return // root may open everything that is there
	}
	_, may := openable("/dev/mem") // of group kmem, and not for its members to write
	require.False(t, may)
}

func TestABoardThatIsAttachedIsListed(t *testing.T) {
	t.Parallel()
	m := machine(t, nil, nil).with(t, "/dev/ttyUSB7", "")
	links := m.file("/dev/serial/by-id")
	require.NoError(t, os.MkdirAll(links, 0o755))
	require.NoError(t, os.Symlink("../../ttyUSB7", filepath.Join(links, "usb-Silicon_Labs_CP2102_0001-if00-port0")))
	got := serialPorts(t.Context(), m)
	require.Equal(t, OK, got.State, got.Says)
	require.Contains(t, got.Says, "CP2102")

	require.NoError(t, os.Remove(m.file("/dev/ttyUSB7")))
	require.NoError(t, os.Symlink("nowhere", m.file("/dev/ttyUSB7")))
	got = serialPorts(t.Context(), m)
	require.NotEqual(t, OK, got.State, got.Says)
	require.NotEmpty(t, got.Type)
}

func TestTheUsualPortMayBeTaken(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	got := portsBeside(t.Context(), l.Addr().String())
	require.Equal(t, Note, got.State)
	require.Contains(t, got.Says, "another program has "+l.Addr().String())
	require.Equal(t, OK, portsBeside(t.Context(), "127.0.0.1:0").State)
}

func TestRuntimesThatAreNotThereAreNoTrouble(t *testing.T) {
	t.Setenv("ESPY_CACHE", filepath.Join(t.TempDir(), "none"))
	got := runtimesCached(t.Context(), Machine{})
	require.Equal(t, Finding{State: Note, Says: "not fetched yet; the first espy run does that", Type: "espy setup"}, got)
	require.Equal(t, Trouble, npm(t.Context(), machine(t, nil, nil)).State, "they cannot be fetched")
}

func TestADiskThatCannotBeWrittenIsTrouble(t *testing.T) {
	t.Setenv("ESPY_CACHE", "/dev/null/cache")
	got := disk(t.Context(), Machine{})
	require.Equal(t, Trouble, got.State, got.Says)
	require.Contains(t, got.Says, "/dev/null")
}

func TestEveryCheckAnswersOnAnEmptyMachine(t *testing.T) {
	t.Parallel()
	found := Examine(t.Context(), machine(t, nil, nil))
	require.Len(t, found, len(checks))
	for i, f := range found {
		require.Equal(t, checks[i].name, f.Check)
		require.NotEmpty(t, f.State)
		require.NotEmpty(t, f.Says)
	}
}
