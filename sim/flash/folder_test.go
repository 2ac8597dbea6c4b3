package flash_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/flash"
)

// open opens a folder of which nothing is to be said.
func open(t require.TestingT, dir string) *flash.Folder {
	f, err := flash.OpenFolder(dir, func(text string) { require.Fail(t, "the folder has something to say", text) })
	require.NoError(t, err)
	return f
}

// onDisk is what files a folder holds.
func onDisk(t require.TestingT, dir string) map[string]string {
	all := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, name))
		all["/"+name] = string(content)
		return err
	}))
	return all
}

func TestWhatTheHostChangesIsTheBoardsFromItsNextStartOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "lib"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "lib", "m.py"), []byte("host"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "both"), []byte("host"), 0o644))
	board := flash.New()
	rom, err := flash.ROM(map[string][]byte{"/m.py": []byte("rom")})
	require.NoError(t, err)
	board.Mount("rom", rom)
	require.Equal(t, errno.OK, board.WriteFile("/both", []byte("board")))
	require.Equal(t, errno.OK, board.WriteFile("/d/own", []byte("board")))
	require.NoError(t, board.Keep(open(t, dir)))
	require.Equal(t, map[string]string{"/rom/m.py": "rom", "/lib/m.py": "host", "/both": "host", "/d/own": "board"}, contents(t, board, "/"))
	require.Equal(t, map[string]string{"/lib/m.py": "host", "/both": "host", "/d/own": "board"}, onDisk(t, dir), "ROM is not kept there")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "later"), []byte("x"), 0o644))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "lib")))
	board.Restart()
	require.Equal(t, map[string]string{"/rom/m.py": "rom", "/both": "host", "/d/own": "board", "/later": "x"}, contents(t, board, "/"))
}

func TestNothingOutsideTheFolderIsReached(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o644))
	require.NoError(t, os.Symlink(secret, filepath.Join(dir, "link")))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "out")))
	var said []string
	f, err := flash.OpenFolder(dir, func(text string) { said = append(said, text) })
	require.NoError(t, err)
	board := flash.New()
	require.NoError(t, board.Keep(f))
	require.Empty(t, contents(t, board, "/"))
	require.Len(t, said, 2)
	require.Contains(t, said[0], "link in "+dir+" is no file, and left out")

	for _, name := range []string{"/link", "/out/new", "/../../secret", "/../new"} {
		board.WriteFile(name, []byte("mine")) // some may do so, inside
	}
	require.Equal(t, map[string]string{"/secret": "secret"}, onDisk(t, outside))
	_, err = os.Stat(filepath.Join(filepath.Dir(dir), "new"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestAFolderThatVanishesIsEIOAndSaidOnceAndMayComeBack(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "flash")
	var said []string
	f, err := flash.OpenFolder(dir, func(text string) { said = append(said, text) })
	require.NoError(t, err)
	board := flash.New()
	require.NoError(t, board.Keep(f))
	require.Equal(t, errno.OK, board.WriteFile("/a", []byte("1")))
	require.NoError(t, os.RemoveAll(dir))
	require.Equal(t, errno.EIO, board.WriteFile("/a", []byte("2")))
	require.Equal(t, errno.EIO, board.WriteFile("/b", []byte("2")))
	require.Equal(t, errno.EIO, board.Mkdir("/d"))
	require.Equal(t, errno.EIO, board.Remove("/a", false))
	require.Equal(t, "1", read(t, board, "/a"), "what it has read it still has")
	board.Restart()
	require.Equal(t, "1", read(t, board, "/a"))
	require.Contains(t, said[0], "programs are told EIO")
	require.LessOrEqual(t, len(said), 2, "%q", said)

	require.NoError(t, os.Mkdir(dir, 0o755))
	require.Equal(t, errno.OK, board.WriteFile("/b", []byte("3")))
	board.Restart()
	require.Equal(t, map[string]string{"/b": "3"}, contents(t, board, "/"))
}

func TestAFolderThatHoldsMoreThanTheFlashIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "large"), make([]byte, 3<<20), 0o644))
	require.ErrorContains(t, flash.New().Keep(open(t, dir)), "it holds more than the 2097152 bytes of the board's flash")
}
