package flash_test

import (
	"path"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/flash"
)

func read(t require.TestingT, fs *flash.FS, name string) string {
	h, e := fs.Open(name, flash.Read)
	require.Equal(t, errno.OK, e, name)
	buf := make([]byte, 1<<16)
	n, e := h.Read(buf)
	require.Equal(t, errno.OK, e)
	return string(buf[:n])
}

func TestAFileIsWrittenAppendedOverwrittenAndRead(t *testing.T) {
	t.Parallel()
	fs := flash.New()
	require.Equal(t, errno.OK, fs.WriteFile("/lib/espy/a.py", []byte("one")))
	h, e := fs.Open("/lib/espy/a.py", flash.Write|flash.Append)
	require.Equal(t, errno.OK, e)
	_, e = h.Write([]byte(" two"))
	require.Equal(t, errno.OK, e)
	require.Equal(t, "one two", read(t, fs, "lib/espy/a.py"))

	h, e = fs.Open("/lib/espy/a.py", flash.Read|flash.Write)
	require.Equal(t, errno.OK, e)
	_, e = h.SeekTo(-3, 2)
	require.Equal(t, errno.OK, e)
	_, e = h.Write([]byte("2 and on"))
	require.Equal(t, errno.OK, e)
	require.Equal(t, "one 2 and on", read(t, fs, "/lib/../lib/espy/a.py"))
	require.Equal(t, len("one 2 and on"), fs.Used())
}

func TestErrorsAreThoseOfPOSIX(t *testing.T) {
	t.Parallel()
	fs := flash.New()
	require.Equal(t, errno.OK, fs.WriteFile("/d/f", []byte("x")))
	require.Equal(t, errno.OK, fs.WriteFile("/rom/m.py", []byte("x")))
	require.Equal(t, errno.OK, fs.Protect("/rom"))
	for name, c := range map[string]struct {
		do   func() errno.Errno
		want errno.Errno
	}{
		"open what is not there":    {func() errno.Errno { _, e := fs.Open("/x", flash.Read); return e }, errno.ENOENT},
		"open below a file":         {func() errno.Errno { _, e := fs.Open("/d/f/x", flash.Read); return e }, errno.ENOTDIR},
		"open a folder to write":    {func() errno.Errno { _, e := fs.Open("/d", flash.Write); return e }, errno.EISDIR},
		"make a file in no folder":  {func() errno.Errno { _, e := fs.Open("/n/f", flash.Write|flash.Create); return e }, errno.ENOENT},
		"make a file in ROM":        {func() errno.Errno { _, e := fs.Open("/rom/n", flash.Write|flash.Create); return e }, errno.EROFS},
		"write a file in ROM":       {func() errno.Errno { _, e := fs.Open("/rom/m.py", flash.Write); return e }, errno.EROFS},
		"remove a file from ROM":    {func() errno.Errno { return fs.Remove("/rom/m.py", false) }, errno.EROFS},
		"rename into ROM":           {func() errno.Errno { return fs.Rename("/d/f", "/rom/f") }, errno.EROFS},
		"mkdir that is there":       {func() errno.Errno { return fs.Mkdir("/d") }, errno.EEXIST},
		"mkdir of the root":         {func() errno.Errno { return fs.Mkdir("/") }, errno.EEXIST},
		"rmdir of a file":           {func() errno.Errno { return fs.Remove("/d/f", true) }, errno.ENOTDIR},
		"rmdir of a full folder":    {func() errno.Errno { return fs.Remove("/d", true) }, errno.ENOTEMPTY},
		"unlink of a folder":        {func() errno.Errno { return fs.Remove("/d", false) }, errno.EISDIR},
		"rename of nothing":         {func() errno.Errno { return fs.Rename("/x", "/y") }, errno.ENOENT},
		"rename below itself":       {func() errno.Errno { return fs.Rename("/d", "/d/e") }, errno.EINVAL},
		"rename of a file to a dir": {func() errno.Errno { return fs.Rename("/d/f", "/d") }, errno.EISDIR},
		"chdir to a file":           {func() errno.Errno { return fs.Chdir("/d/f") }, errno.ENOTDIR},
	} {
		require.Equal(t, c.want, c.do(), name)
	}
}

func TestAFullFlashRefusesTheWriteAndKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	fs := flash.New()
	fs.Capacity = 10
	require.Equal(t, errno.OK, fs.WriteFile("/a", []byte("12345678")))
	require.Equal(t, errno.ENOSPC, fs.WriteFile("/b", []byte("123")))
	require.Equal(t, "12345678", read(t, fs, "/a"))
	require.Equal(t, errno.OK, fs.Remove("/a", false))
	require.Equal(t, errno.OK, fs.WriteFile("/b", []byte("123")))
}

// TestItBehavesLikeAMapOfPaths plays random operations on a file system and on a
// map from path to content, and holds the one against the other.
func TestItBehavesLikeAMapOfPaths(t *testing.T) {
	t.Parallel()
	names := rapid.SampledFrom([]string{"/a", "/b", "/d/a", "/d/b", "/d/e/a"})
	rapid.Check(t, func(t *rapid.T) {
		fs := flash.New()
		require.Equal(t, errno.OK, fs.Mkdir("/d"))
		require.Equal(t, errno.OK, fs.Mkdir("/d/e"))
		model := map[string]string{}
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				name, data := names.Draw(t, "name"), rapid.StringN(0, 20, 40).Draw(t, "data")
				require.Equal(t, errno.OK, fs.WriteFile(name, []byte(data)))
				model[name] = data
			},
			"remove": func(t *rapid.T) {
				name := names.Draw(t, "name")
				_, there := model[name]
				require.Equal(t, there, fs.Remove(name, false) == errno.OK)
				delete(model, name)
			},
			"rename": func(t *rapid.T) {
				from, to := names.Draw(t, "from"), names.Draw(t, "to")
				data, there := model[from]
				require.Equal(t, there, fs.Rename(from, to) == errno.OK)
				if there {
					delete(model, from)
					model[to] = data
				}
			},
			"": func(t *rapid.T) {
				used := 0
				for _, data := range model {
					used += len(data)
				}
				require.Equal(t, used, fs.Used())
				if diff := cmp.Diff(model, contents(t, fs, "/")); diff != "" {
					t.Fatalf("files differ (-model +flash):\n%s", diff)
				}
			},
		})
	})
}

func contents(t require.TestingT, fs *flash.FS, dir string) map[string]string {
	all := map[string]string{}
	n, e := fs.Lookup(dir)
	require.Equal(t, errno.OK, e)
	children := n.Children()
	require.True(t, sort.SliceIsSorted(children, func(i, j int) bool { return children[i].Name < children[j].Name }))
	for _, c := range children {
		name := path.Join(dir, c.Name)
		if !c.IsDir() {
			all[name] = read(t, fs, name)
			continue
		}
		for sub, data := range contents(t, fs, name) {
			require.True(t, strings.HasPrefix(sub, name))
			all[sub] = data
		}
	}
	return all
}
