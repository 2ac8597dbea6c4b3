//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/scenarios"
)

// longest is when a file counts as never being refused. How soon that is, is the
// benchmark's to say.
const longest = 5 * time.Minute

// badInput is what may be wrong with a file, and what is said of it.
func badInput() map[string]struct{ file, says string } {
	many := func(n int, item string) string {
		return strings.TrimSuffix(strings.Repeat(item+", ", n), ", ")
	}
	var laughs strings.Builder
	laughs.WriteString("a: &a [ha, ha]\n")
	for c := 'b'; c <= 'z'; c++ {
		fmt.Fprintf(&laughs, "%c: &%c [%s]\n", c, c, many(9, "*"+string(c-1)))
	}
	long := strings.Repeat("x", 200<<10)
	ten := "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
	const sound = "name: x\nrequest: {get: /}\n"
	return map[string]struct{ file, says string }{
		"broken YAML":              {"name: [x\nrequest: {get: /}\n", "x.yaml:2:8: not YAML: did not find expected ',' or ']'"},
		"a tab":                    {"name: x\nrequest:\n\tget: /\n", "x.yaml:3:1: a tab stands in the indentation"},
		"a key twice":              {sound + "name: y\n", `x.yaml:3:1: the key "name" stands twice`},
		"an anchor":                {"name: &a x\nrequest: {get: /}\n", "x.yaml:1:7: anchors and aliases are not part"},
		"a merge key":              {sound + "expect:\n  <<: {status_code: 200}\n", "x.yaml:4:3: merge keys (<<) are not part"},
		"a billion laughs":         {laughs.String(), "x.yaml:1:4: anchors and aliases are not part"},
		"10 MB":                    {"name: x\n" + strings.Repeat("# ten million bytes of comment\n", 10_000_000/31), "x.yaml:1:1: the file is larger than 1 MiB"},
		"1 MB in one list":         {"name: [" + many(300_000, "x") + "]\n", "x.yaml:1:7: a list cannot stand here"},
		"nothing but brackets":     {"name: " + strings.Repeat("[", 1<<19), "x.yaml:1:47: the nesting is too deep"},
		"not UTF-8":                {"name: caf\xe9\n", "x.yaml:1:10: the byte 0xe9 is not UTF-8"},
		"bytes of anything":        {"\x7fELF\x02\x01\x01\x00\x00", "x.yaml:1:1: "},
		"an expression":            {sound + "expect: {text: '~((a{100}){100}){100}'}\n", "x.yaml:3:16: the regular expression is wrong"},
		"many expressions":         {sound + "expect: {json: [" + many(1200, "'~a{1000}b'") + ", " + numbered(1200, "'~a{1000}%d'") + "]}\n", "the regular expressions of the file are too large"},
		"an expression, often":     {"name: x\nfor: {a: [" + numbered(9000, "%d") + "]}\nrequest: {get: /}\nexpect: {text: '~$(a)x{900}'}\n", "x.yaml:4:16: the regular expressions of the file are too large"},
		"a contradiction":          {sound + "expect: {content: ab, content_length: 3}\n", "x.yaml:3:23: content_length: is not that of content:"},
		"an unknown variable":      {"name: x\nrequest: {get: /$(nothing)}\n", "x.yaml:2:17: the variable $(nothing) is not known"},
		"a file that climbs":       {sound + "server: {routes: [{on: /, file: ../../etc/passwd}]}\n", `x.yaml:3:33: "../../etc/passwd" is not a file below the scenario's folder`},
		"a file from the root":     {sound + "server: {routes: [{on: /, file: /etc/passwd}]}\n", `x.yaml:3:33: "/etc/passwd" is not a file below the scenario's folder`},
		"a million runs":           {fmt.Sprintf("name: x\nfor: {a: %[1]s, b: %[1]s, c: %[1]s, d: %[1]s, e: %[1]s, f: %[1]s}\nrequest: {get: /$(a)$(b)$(c)$(d)$(e)$(f)}\n", ten), "x.yaml:2:6: for: makes more than 10000 runs"},
		"a million runs of a list": {"name: x\nfor: [" + many(120_000, "{a: 1}") + "]\nrequest: {get: /$(a)}\n", "x.yaml:2:6: for: makes more than 10000 runs"},
		"deep in blocks":           {strings.Repeat("- ", 1<<18), "x.yaml:1:81: the nesting is too deep"},
		"one key, often":           {strings.Repeat("a: 1\n", 1<<14), `x.yaml:2:1: the key "a" stands twice`},
		"errors by the thousand":   {"name: [" + many(1<<14, "{a: b}") + "]", "x.yaml:1:7: a list cannot stand here"},
		"a value of each run":      {"name: x\nfor: {a: [" + long + "], b: [" + many(9000, "1") + "]}\nrequest: {get: /$(a)$(b)}\n", "the file is more than 128 MiB"},
		"a list, often":            {"name: x\nfor: {a: [[" + many(100_000, "1") + "]]}\nrequest: {get: /, json: [" + many(10_000, "$(a)") + "]}\n", "the file is more than 128 MiB"},
		"unknown, in one text":     {"name: x\nrequest: {get: /" + strings.Repeat("$(a)", 1<<17) + "}\n", "the variable $(a) is not known"},
		"unknown, in many texts":   {"name: x\nrequest: {get: [" + many(1<<14, "$(a)") + "]}\n", "the variable $(a) is not known"},
		"a list in texts":          {"name: x\nfor: {a: [[1]], b: [" + many(4000, "1") + "]}\nrequest: {get: /$(b)" + strings.Repeat("$(a)", 1<<17) + "}\n", "a list cannot stand inside a text"},
		"wrong in each run":        {"name: x\nfor: {b: [" + many(9000, "[]") + "]}\nrequest: {get: /, data: $(b), json: " + long + "}\n", "json: cannot stand beside data:"},
		"values that multiply":     {"name: x\nfor: {a: [" + strings.Repeat("x", 500_000) + "]}\nrequest: {get: /" + strings.Repeat("$(a)", 10_000) + "}\n", "the file is more than 128 MiB"},
	}
}

// Whatever a file is, it is refused with its place.
func TestBadInputIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range badInput() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, "x.yaml"), []byte(c.file), 0o600))
			out := refused(t, dir, nil, "x.yaml")
			require.Contains(t, out, c.says)
			require.Less(t, len(out), 64<<10)
		})
	}
}

// How soon the worst of files are refused.
func BenchmarkBadInput(b *testing.B) {
	for name, c := range badInput() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := scenarios.Parse("x.yaml", []byte(c.file))
				require.ErrorContains(b, err, "x.yaml:")
			}
		})
	}
}

// numbered is a list of items with numbers in them.
func numbered(n int, format string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(items, ", ")
}

// refused has espy lint refuse paths, and gives what it says.
func refused(t *testing.T, dir string, as *syscall.Credential, paths ...string) string {
	t.Helper()
	// A copy, since others may not reach where tests are built.
	program := filepath.Join(dir, "espy")
	if as == nil {
		self, err := os.Executable()
		require.NoError(t, err)
		program = self
	}
	var out strings.Builder
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Args = append([]string{"espy", "lint"}, paths...) // see TestMain
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	err := cmd.Run()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "%s", &out)
	require.Equal(t, statusUsage, exit.ExitCode(), "%s", &out)
	return out.String()
}

func TestTwoScenariosOfOneNameAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, f := range []string{"a.yaml", "b.yaml"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, f), []byte("name: x\nrequest: {get: /}\n"), 0o600))
	}
	require.Contains(t, refused(t, dir, nil, "."), "b.yaml:1:7: another scenario has this name\n    1 | name: x\n      |       ^\n      = it stands in a.yaml:1\n")
}

func TestRingsOfLinksAreNotFollowed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Symlink(".", filepath.Join(dir, "folder")))
	require.NoError(t, os.Symlink("b.yaml", filepath.Join(dir, "a.yaml")))
	require.NoError(t, os.Symlink("a.yaml", filepath.Join(dir, "b.yaml")))
	for _, path := range []string{".", "a.yaml", "folder/folder/a.yaml"} {
		require.Contains(t, refused(t, dir, nil, path), "a.yaml: too many levels of symbolic links")
	}
}

// Root may read everything, so there it is nobody who asks.
func TestAFolderThatMayNotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var nobody *syscall.Credential
	if os.Getuid() == 0 {
		nobody = &syscall.Credential{Uid: 65534, Gid: 65534}
		for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
			require.NoError(t, os.Chmod(d, 0o755))
		}
		copyOfSelf(t, filepath.Join(dir, "espy"))
	}
	closed := filepath.Join(dir, "suite", "closed")
	require.NoError(t, os.MkdirAll(closed, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "suite", "closed.yaml"), []byte("name: x\n"), 0o000))
	require.NoError(t, os.Chmod(closed, 0o000))
	t.Cleanup(func() { _ = os.Chmod(closed, 0o755) })
	require.Contains(t, refused(t, dir, nobody, "suite"), "suite/closed: permission denied")
	require.Contains(t, refused(t, dir, nobody, "suite/closed/x.yaml"), "suite/closed/x.yaml: permission denied")
	require.Contains(t, refused(t, dir, nobody, "suite/closed.yaml"), "suite/closed.yaml: permission denied")
}

// copyOfSelf is this program where anybody may run it.
func copyOfSelf(t *testing.T, path string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	from, err := os.Open(self)
	require.NoError(t, err)
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(to, from)
	require.NoError(t, err)
	require.NoError(t, to.Close())
}
