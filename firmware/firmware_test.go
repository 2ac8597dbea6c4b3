package firmware_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
)

func TestSourceHoldsTheFilesOfTheFolder(t *testing.T) {
	t.Parallel()
	want := map[string][]byte{}
	files, err := filepath.Glob("espy/*.py")
	require.NoError(t, err)
	for _, file := range files {
		want[firmware.Dir+"/"+filepath.Base(file)], err = os.ReadFile(file)
		require.NoError(t, err)
	}
	got := maps.Clone(firmware.Source().Files)
	delete(got, firmware.Manifest)
	require.Empty(t, cmp.Diff(want, got))
	require.Contains(t, got, "/lib/espy/agent.py")
	require.Contains(t, got, "/lib/espy/requests.py")
}

func TestManifestNamesHashFormAndFiles(t *testing.T) {
	t.Parallel()
	b := firmware.Source()
	var about, sums map[string]string
	d := json.NewDecoder(bytes.NewReader(b.Files[firmware.Manifest]))
	require.NoError(t, d.Decode(&about))
	require.Empty(t, cmp.Diff(map[string]string{"hash": b.Hash, "form": "py"}, about))
	require.NoError(t, d.Decode(&sums))
	require.Len(t, sums, len(b.Files)-1)
	require.Equal(t, firmware.Sum(b.Files["/lib/espy/agent.py"]), sums["/lib/espy/agent.py"])
}

func TestHashChangesWithEveryByteAndName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, files := range []map[string][]byte{
		{},
		{"/lib/espy/a.py": nil},
		{"/lib/espy/a.py": []byte("x")},
		{"/lib/espy/a.py": []byte("y")},
		{"/lib/espy/b.py": []byte("x")},
		{"/lib/espy/a.py": []byte("x"), "/lib/espy/b.py": nil},
		{"/lib/espy/a.py": nil, "/lib/espy/b.py": []byte("x")},
		{"/lib/espy/a.py": []byte("x14 /lib/espy/b.py 0 ")},
	} {
		hash := firmware.New(firmware.FormSource, files).Hash
		require.Regexp(t, "^[0-9a-f]{16}$", hash)
		require.False(t, seen[hash], "%v has the hash of another", files)
		seen[hash] = true
	}
	b := firmware.Source()
	require.Equal(t, b.Hash, firmware.New(b.Form, b.Files).Hash, "the manifest is no part of what it describes")
}

func TestTheClientStandsAlone(t *testing.T) {
	t.Parallel()
	all, client := firmware.Source(), firmware.Source().Client()
	require.NotEqual(t, all.Hash, client.Hash)
	for _, name := range []string{"agent", "hello", "_perform", "_describe", "_report"} {
		require.Contains(t, all.Files, firmware.Dir+"/"+name+".py")
		require.NotContains(t, client.Files, firmware.Dir+"/"+name+".py")
	}
	for _, name := range []string{"requests", "_response", "errors", "_session", "_gzip", "_tls", "_upload"} {
		require.Equal(t, all.Files[firmware.Dir+"/"+name+".py"], client.Files[firmware.Dir+"/"+name+".py"], name)
	}
}

func TestModulesStandBehindThoseThatTheyLoad(t *testing.T) {
	t.Parallel()
	order := firmware.Source().Client().Modules()
	require.Len(t, order, len(firmware.Source().Client().Files)-1, "every file but the manifest")
	for _, pair := range [][2]string{{"_response", "requests"}, {"_chunks", "_head"}, {"requests", "_ask"}, {"_ask", "_session"}, {"_find", "_url"}} {
		require.Less(t, slices.Index(order, "espy."+pair[0]), slices.Index(order, "espy."+pair[1]), "%v", pair)
	}
}

func TestWriteToReplacesTheFirmwareAndNothingElse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "lib", "espy"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "lib", "mine.py"), []byte("mine"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "lib", "espy", "gone.py"), []byte("old"), 0o644))

	b := firmware.Source()
	require.NoError(t, b.WriteTo(dir))

	want := maps.Clone(b.Files)
	want["/lib/mine.py"] = []byte("mine")
	got := map[string][]byte{}
	for _, file := range slices.Sorted(maps.Keys(want)) {
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
		require.NoError(t, err)
		got[file] = content
	}
	require.Empty(t, cmp.Diff(want, got))
	require.NoFileExists(t, filepath.Join(dir, "lib", "espy", "gone.py"))
}

func TestWriteToSaysWhereItFailed(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "taken")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	require.ErrorContains(t, firmware.Source().WriteTo(filepath.Join(file, "below")), file)
}
