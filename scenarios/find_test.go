package scenarios

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// tree makes a folder of files, all empty.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		p := filepath.Join(dir, filepath.FromSlash(f))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o700))
		require.NoError(t, os.WriteFile(p, nil, 0o600))
	}
	return dir
}

func TestFindListsFilesFoldersAndGlobsSortedAndOnce(t *testing.T) {
	t.Parallel()
	dir := tree(t, "b/x.yaml", "a/y.yaml", "a/deep/z.yaml", "a/known.yaml", "a/.hidden.yaml", "a/.git/q.yaml", "a/testdata/broken.yaml", "a/notes.txt", "top.yaml")
	at := func(names ...string) []string {
		for i, n := range names {
			names[i] = filepath.Join(dir, filepath.FromSlash(n))
		}
		return names
	}
	for name, c := range map[string]struct{ args, want []string }{
		"a folder":        {at("a"), at("a/deep/z.yaml", "a/y.yaml")},
		"a file":          {at("top.yaml"), at("top.yaml")},
		"any file":        {at("a/notes.txt"), at("a/notes.txt")},
		"a glob":          {at("*/?.yaml"), at("a/y.yaml", "b/x.yaml")},
		"a glob, folders": {at("[ab]"), at("a/deep/z.yaml", "a/y.yaml", "b/x.yaml")},
		"each once":       {at("top.yaml", "b", "b/x.yaml", "b/../b/x.yaml", "*.yaml"), at("b/x.yaml", "top.yaml")},
		"nothing asked":   {nil, nil},
	} {
		got, err := Find(c.args)
		require.NoError(t, err, name)
		require.Equal(t, c.want, got, name)
	}
}

func TestFilesOfAnotherNameAreNotPassedOverInSilence(t *testing.T) {
	t.Parallel()
	dir := tree(t, "a/x.yaml", "a/y.yml", "a/b/z.YML", "a/.git/q.yml", "a/testdata/t.yml", "c/w.yml")
	require.Equal(t, []string{filepath.Join(dir, "a", "b", "z.YML"), filepath.Join(dir, "a", "y.yml")}, Misnamed([]string{filepath.Join(dir, "a")}))
	require.Empty(t, Misnamed([]string{filepath.Join(dir, "c", "w.yml"), "nowhere"}), "who names a file means it")
	_, err := Find([]string{filepath.Join(dir, "c")})
	require.ErrorContains(t, err, "holds w.yml, but the names of scenarios end in .yaml")
}

func TestFindSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	dir := tree(t, "version/505.yaml", "tutorial/json.yaml", "empty/notes.txt")
	for arg, want := range map[string][]string{
		"vresion":       {"no such file or folder: ", "did you mean version/?", "empty/, tutorial/, version/"},
		"version/506":   {"no such file or folder: ", "holds 505.yaml"},
		"no/such/thing": {"no such file or folder: ", "tutorial/"},
		"version/*.yml": {"no scenario matches ", "505.yaml"},
		"empty":         {"no scenario (*.yaml) is below ", "holds no scenarios and no folders"},
		"version/[":     {"the pattern ", "a [ has no ]"},
	} {
		_, err := Find([]string{filepath.Join(dir, filepath.FromSlash(arg))})
		require.Error(t, err, arg)
		for _, w := range want {
			require.ErrorContains(t, err, filepath.FromSlash(w), arg)
		}
	}
	_, err := Find([]string{filepath.Join(dir, "one"), filepath.Join(dir, "two")})
	require.ErrorContains(t, err, "one")
	require.ErrorContains(t, err, "two", "every argument is told of")
}
