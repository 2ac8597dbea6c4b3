package flash_test

import (
	"errors"
	"os"
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
	require.Equal(t, 6*flash.Block, fs.Used(), "three folders, and a file that one of them holds")
}

// A thousand boards are given the same bytes: none of them writes into another's.
func TestAFileThatWasGivenIsTheGiversUntilItIsWrittenTo(t *testing.T) {
	t.Parallel()
	given := make([]byte, 3, 64)
	copy(given, "abc")
	for name, mode := range map[string]flash.Flags{"appended": flash.Write | flash.Append, "over": flash.Write} {
		fs := flash.New()
		require.Equal(t, errno.OK, fs.WriteFile("/a", given))
		h, e := fs.Open("/a", mode)
		require.Equal(t, errno.OK, e)
		_, e = h.Write([]byte("X"))
		require.Equal(t, errno.OK, e)
		h.Close()
		require.Equal(t, "abc\x00", string(given[:4]), name)
	}
}

func TestErrorsAreThoseOfPOSIX(t *testing.T) {
	t.Parallel()
	fs := flash.New()
	require.Equal(t, errno.OK, fs.WriteFile("/d/f", []byte("x")))
	rom, err := flash.ROM(map[string][]byte{"/m.py": []byte("x")})
	require.NoError(t, err)
	fs.Mount("rom", rom)
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
	fs.Capacity = (2 + 3) * flash.Block // the root folder, and three blocks
	full := strings.Repeat("x", 2*flash.Block)
	require.Equal(t, errno.OK, fs.WriteFile("/a", []byte(full)))
	require.Equal(t, errno.ENOSPC, fs.Mkdir("/d"))
	require.Equal(t, errno.ENOSPC, fs.WriteFile("/b", []byte(full)))
	require.Empty(t, read(t, fs, "/b"))
	require.Equal(t, errno.OK, fs.WriteFile("/b", []byte(full[:flash.Block])))
	require.Equal(t, errno.ENOSPC, fs.WriteFile("/c", []byte(full[:200])))
	require.Equal(t, errno.OK, fs.WriteFile("/c", []byte(full[:100])), "its folder holds it")
	require.Equal(t, full, read(t, fs, "/a"))
	require.Equal(t, errno.OK, fs.Remove("/a", false))
	require.Equal(t, 3*flash.Block, fs.Used())
	require.Equal(t, errno.OK, fs.Mkdir("/d"))
}

// As in littlefs, which has both until the new one is whole.
func TestAFileThatIsWrittenAnewNeedsRoomForBoth(t *testing.T) {
	t.Parallel()
	fs := flash.New()
	fs.Capacity = (2 + 3) * flash.Block
	full := strings.Repeat("x", 2*flash.Block)
	require.Equal(t, errno.OK, fs.WriteFile("/a", []byte(full)))
	h, e := fs.Open("/a", flash.Write|flash.Truncate)
	require.Equal(t, errno.OK, e)
	_, e = h.Write([]byte(full))
	require.Equal(t, errno.ENOSPC, e)
	_, e = h.Write([]byte(full[:flash.Block]))
	require.Equal(t, errno.OK, e)
	h.Close()
	require.Equal(t, 3*flash.Block, fs.Used())
}

// Power that lasts for n of the bytes that a program writes leaves what the first n of
// them are, and nothing else.
func TestPowerThatIsLostLeavesAPrefixOfWhatWasWritten(t *testing.T) {
	t.Parallel()
	program := []func(fs *flash.FS){
		func(fs *flash.FS) { fs.Mkdir("/d") },
		func(fs *flash.FS) { fs.WriteFile("/d/new", []byte("12345")) },
		func(fs *flash.FS) { fs.WriteFile("/old", []byte("678")) },
		func(fs *flash.FS) { fs.Rename("/d/new", "/d/moved") },
		func(fs *flash.FS) { fs.Remove("/old", false) },
	}
	states := []map[string]string{ // after so many bytes
		{"/old": "as it was"},
		{"/old": "as it was"}, // and a folder
		{"/old": "as it was", "/d/new": ""},
		{"/old": "as it was", "/d/new": "1"},
		{"/old": "as it was", "/d/new": "12"},
		{"/old": "as it was", "/d/new": "123"},
		{"/old": "as it was", "/d/new": "1234"},
		{"/old": "as it was", "/d/new": "12345"},
		{"/old": "", "/d/new": "12345"},
		{"/old": "6", "/d/new": "12345"},
		{"/old": "67", "/d/new": "12345"},
		{"/old": "678", "/d/new": "12345"},
		{"/old": "678", "/d/moved": "12345"},
		{"/d/moved": "12345"},
	}
	for n, want := range states {
		for _, kept := range []bool{false, true} {
			dir := t.TempDir()
			fs := flash.New()
			require.Equal(t, errno.OK, fs.WriteFile("/old", []byte("as it was")))
			if kept {
				require.NoError(t, fs.Keep(open(t, dir)))
			}
			left, whole := n, errors.New("power is lost")
			fs.Write = func(bytes int) (int, func()) {
				lasts := min(bytes, left)
				if left -= lasts; left > 0 {
					return lasts, nil
				}
				return lasts, func() { panic(whole) }
			}
			func() {
				defer func() { require.Equal(t, whole, recover()) }()
				for _, step := range program {
					step(fs)
				}
				panic(whole) // it lasted for all
			}()
			fs.Restart()
			require.Equal(t, want, contents(t, fs, "/"), "after %d bytes", n)
			if kept {
				require.Equal(t, want, onDisk(t, dir), "after %d bytes", n)
			}
		}
	}
}

// TestItBehavesLikeAMapOfPaths plays random operations on a file system and on a
// map from path to content, and holds the one against the other.
func TestItBehavesLikeAMapOfPaths(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	names := rapid.SampledFrom([]string{"/a", "/b", "/d/a", "/d/b", "/d/e/a"})
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(root, "")
		require.NoError(t, err)
		fs := flash.New()
		require.NoError(t, fs.Keep(open(t, dir)))
		require.Equal(t, errno.OK, fs.Mkdir("/d"))
		require.Equal(t, errno.OK, fs.Mkdir("/d/e"))
		model := map[string]string{}
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				name, data := names.Draw(t, "name"), strings.Repeat(rapid.StringN(0, 20, 40).Draw(t, "data"), rapid.SampledFrom([]int{1, 1, 500}).Draw(t, "times"))
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
			"restart":  func(*rapid.T) { fs.Restart() },
			"rollback": func(*rapid.T) { fs.Restore(fs.Save()) },
			"": func(t *rapid.T) {
				used := 3 * 2 // folders
				for _, data := range model {
					if len(data) > 128 {
						used += (len(data) + flash.Block - 1) / flash.Block
					}
				}
				require.Equal(t, used*flash.Block, fs.Used())
				require.Equal(t, model, onDisk(t, dir))
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
