//go:build unix

package scenarios

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// beside writes files and a scenario whose routes are given, and loads it.
func beside(t *testing.T, routes string, files map[string]string) (*Scenario, error) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "suite")
	for name, content := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	path := filepath.Join(dir, "x.yaml")
	require.NoError(t, os.WriteFile(path, []byte("name: x\nserver: {routes: ["+routes+"]}\nrequest: {get: /}\n"), 0o644))
	return LoadFile(path)
}

func TestAReplyIsAFileByteForByte(t *testing.T) {
	t.Parallel()
	content := "{\"a\": \"$(main) $$(b) \x00\xff\"}\r\n"
	s, err := beside(t, "{on: /a, file: replies/a.json}, {on: /b, file: a.bin}", map[string]string{"replies/a.json": content, "a.bin": content})
	require.NoError(t, err)
	v, err := s.Variants[0].Expand(map[string]string{"main": "expanded"})
	require.NoError(t, err)
	routes := v.Servers[0].Plan.Routes
	require.Equal(t, content, string(routes[0].Body))
	require.Equal(t, content, string(routes[1].Body))
	require.True(t, routes[0].JSON)
	require.False(t, routes[1].JSON)
}

func TestAFileOutsideOfItsFolderIsOutOfReach(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../secret", "x/../../secret", "link", "folder/secret", "absolute"} {
		dir := filepath.Join(t.TempDir(), "suite")
		require.NoError(t, os.Mkdir(dir, 0o755))
		secret := filepath.Join(dir, "..", "secret")
		require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))
		require.NoError(t, os.Symlink("../secret", filepath.Join(dir, "link")))
		require.NoError(t, os.Symlink("..", filepath.Join(dir, "folder")))
		require.NoError(t, os.Symlink(secret, filepath.Join(dir, "absolute")))
		path := filepath.Join(dir, "x.yaml")
		require.NoError(t, os.WriteFile(path, []byte("name: x\nserver: {routes: [{on: /, file: "+name+"}]}\nrequest: {get: /}\n"), 0o644))
		_, err := LoadFile(path)
		require.Error(t, err, name)
		require.Contains(t, err.Error(), `x.yaml:2:33: "`+name+`" `, name)
		require.NotContains(t, err.Error(), "secret\n", name)
	}
}

func TestAPipeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	path := filepath.Join(dir, "x.yaml")
	require.NoError(t, os.WriteFile(path, []byte("name: x\nserver: {routes: [{on: /, file: pipe}]}\nrequest: {get: /}\n"), 0o644))
	_, err := LoadFile(path)
	require.ErrorContains(t, err, `"pipe" is no file but a pipe`)
}

func TestTheFilesOfAScenarioAreBounded(t *testing.T) {
	t.Parallel()
	half := strings.Repeat("x", maxFiles/2)
	files := map[string]string{"a": half, "b": half, "c": "x"}
	s, err := beside(t, "{on: /1, file: a}, {on: /2, file: b}, {on: /3, file: a}", files)
	require.NoError(t, err)
	require.Len(t, s.Variants[0].Servers[0].Plan.Routes[2].Body, maxFiles/2, "one that is read twice counts once")
	_, err = beside(t, "{on: /1, file: a}, {on: /2, file: b}, {on: /3, file: c}", files)
	require.ErrorContains(t, err, `with "c" the scenario's files have more than 16 MiB`)
}

func TestAScenarioOfNoFolderHasNoFiles(t *testing.T) {
	t.Parallel()
	_, err := Parse("x.yaml", []byte("name: x\nserver: {routes: [{on: /, file: a}]}\nrequest: {get: /}\n"))
	require.ErrorContains(t, err, `"a" cannot be read: the scenario is in no folder`)
}
