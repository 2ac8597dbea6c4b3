//go:build peers

package firmware_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/unix"
)

// relative is how package.json names a file: beside itself, which mip can look up
// since MicroPython 1.25 (micropython-lib #975).
var relative = regexp.MustCompile(`, "(espy/)`)

// serveRepository has the fake server hold package.json and the files that it names.
// Debian's mip is older: for it, the names are made whole.
func serveRepository(t *testing.T, b board.Networked) string {
	t.Helper()
	l, host, err := b.Listen(t.Context(), "main")
	require.NoError(t, err)
	url := "http://" + host + l.Addr().String()[strings.LastIndex(l.Addr().String(), ":"):] + "/"
	list, err := os.ReadFile("package.json")
	require.NoError(t, err)
	routes := []plan.Route{{Method: "GET", Path: "/firmware/package.json", JSON: true, Body: relative.ReplaceAll(list, []byte(`, "`+url+"firmware/$1"))}}
	for name, content := range firmware.Source().Client().Files {
		routes = append(routes, plan.Route{Method: "GET", Path: "/firmware/espy/" + path.Base(name), Body: content})
	}
	s := fakeapi.Start(l, "main", plan.Server{Routes: routes})
	t.Cleanup(func() { _ = s.Close() })
	return url
}

// mip, as Debian's package has it, installs the client by package.json: over the
// requests that is frozen on the unix board, and over the client itself.
func TestPeerMipInstallsTheClient(t *testing.T) {
	t.Parallel()
	mip := debianModule(t, "/mip/mip/__init__.py")
	for name, power := range map[string]func() (board.Board, error){
		"over the board's own requests": func() (board.Board, error) {
			spec, err := unix.Parse("unix")
			require.NoError(t, err)
			return unix.New(t.Context(), spec, map[string][]byte{"/lib/mip.py": mip})
		},
		"over the client itself": func() (board.Board, error) {
			spec, err := sim.Parse("sim:1.29")
			require.NoError(t, err)
			files := map[string][]byte{"/boot/mip.py": mip, "/boot/requests.py": []byte("from espy.requests import get\n")}
			for name, content := range sources(t) {
				files[strings.Replace(name, "/lib", "/boot", 1)] = content
			}
			return sim.New(t.Context(), spec, files)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := power()
			require.NoError(t, err)
			t.Cleanup(func() { _ = b.(interface{ Close() error }).Close() })
			url := serveRepository(t, b.(board.Networked))
			uart, err := b.Open(t.Context())
			require.NoError(t, err)
			t.Cleanup(func() { _ = uart.Close() })
			r := repl.New(b.Name(), uart, repl.Options{})
			require.NoError(t, r.Enter(t.Context()))
			exec := func(code string) string {
				var out bytes.Buffer
				require.NoError(t, r.Exec(t.Context(), code, &out), "%s", &out)
				return strings.ReplaceAll(out.String(), "\r\n", "\n")
			}
			said := exec(fmt.Sprintf("import sys\nsys.path.append('/boot')\nimport mip\nmip.install(%q, target='/lib')", url+"firmware/package.json"))
			require.Contains(t, said, "\nDone\n")
			for name, content := range firmware.Source().Client().Files {
				if name == firmware.Manifest {
					continue
				}
				size := exec(fmt.Sprintf("f = open(%q, 'rb')\nprint(len(f.read()))\nf.close()", name))
				require.Equal(t, fmt.Sprintln(len(content)), size, name)
			}
			got := exec(fmt.Sprintf("for name in list(sys.modules):\n    if name.startswith('espy'):\n        del sys.modules[name]\nsys.path[:] = ['', '.frozen', '/lib']\n"+
				"from espy import requests\nprint(requests.__file__, requests.get(%q, headers={'X': 'y'}).json()['version'])", url+"firmware/package.json"))
			require.Equal(t, "/lib/espy/requests.py 0.1.0\n", got)
		})
	}
}

func TestPeerPackageNamesTheClientsFiles(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("package.json")
	require.NoError(t, err)
	var list struct {
		Version string      `json:"version"`
		URLs    [][2]string `json:"urls"`
	}
	require.NoError(t, json.Unmarshal(content, &list))
	var want [][2]string
	for _, name := range slices.Sorted(maps.Keys(firmware.Source().Client().Files)) {
		if name != firmware.Manifest {
			file := "espy/" + path.Base(name)
			want = append(want, [2]string{file, file})
		}
	}
	require.Equal(t, want, list.URLs)
	manifest, err := os.ReadFile("manifest.py")
	require.NoError(t, err)
	require.Contains(t, string(manifest), fmt.Sprintf("version=%q", list.Version), "the manifest's version is the package's")
}
