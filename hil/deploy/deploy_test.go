package deploy_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/deploy"
)

func old() deploy.Files {
	return bundle(map[string]string{
		"/lib/espy/a.py":    "from .b import v\nv = (1, v)\n",
		"/lib/espy/b.py":    "v = 1\n",
		"/lib/espy/gone.py": "v = 1\n",
		"/lib/espy/same.py": "v = 0\n",
	})
}

func next() deploy.Files {
	return bundle(map[string]string{
		"/lib/espy/a.py":     "from .c import v\nv = (2, v)\n",
		"/lib/espy/b.py":     "v = 2\n",
		"/lib/espy/c.py":     "v = 2\n",
		"/lib/espy/same.py":  "v = 0\n",
		"/lib/espy/empty.py": "",
	})
}

func TestOnlyWhatChangedIsSent(t *testing.T) {
	t.Parallel()
	r, _ := enter(t, virtual(t, old().Files))
	o, err := deploy.Put(t.Context(), r, next())
	require.NoError(t, err)
	require.Equal(t, []string{"/lib/espy/a.py", "/lib/espy/b.py", "/lib/espy/c.py", "/lib/espy/empty.py", firmware.Manifest}, o.Sent)
	require.Equal(t, []string{"/lib/espy/gone.py"}, o.Removed)
	s, err := deploy.Look(t.Context(), r, next())
	require.NoError(t, err)
	require.Empty(t, s.Differs(next()))
	require.Equal(t, next().Hash, s.Hash)
	require.Equal(t, "(2, 2)\n", exec(t, r, "import espy.a\nprint(espy.a.v)"))
	require.Equal(t, strings.Join([]string{
		"/lib/espy/a.py", "/lib/espy/b.py", "/lib/espy/c.py", "/lib/espy/empty.py", firmware.Manifest, "/lib/espy/same.py",
	}, "\n"), files(t, r))
}

func TestUnchangedFirmwareIsFoundInOneRoundTrip(t *testing.T) {
	t.Parallel()
	b := &metered{Board: virtual(t, firmware.Source().Files), left: -1}
	r, _ := enter(t, b)
	b.programs = 0
	o, err := deploy.Put(t.Context(), r, deploy.Files(firmware.Source()))
	require.NoError(t, err)
	require.True(t, o.Unchanged())
	require.Equal(t, 1, b.programs)
}

func TestFileThatIsMissingBehindTheManifestIsPutRight(t *testing.T) {
	t.Parallel()
	r, _ := enter(t, virtual(t, next().Files))
	exec(t, r, "import os\nos.remove('/lib/espy/c.py')")
	s, err := deploy.Look(t.Context(), r, next())
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]deploy.Difference{{Path: "/lib/espy/c.py", What: "missing"}}, s.Differs(next())))
	o, err := deploy.Put(t.Context(), r, next())
	require.NoError(t, err)
	require.Equal(t, []string{"/lib/espy/c.py"}, o.Sent)
	require.Equal(t, "v = 2\n", exec(t, r, "print(open('/lib/espy/c.py').read(), end='')"))
}

// What Espy did not put there is the user's in the package's own folder as well.
func TestFileOfTheUsersInThePackagesFolderIsRefused(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"/lib/espy/c.py":     "/lib/espy/c.py is on the board, and Espy has not put it there: move it, or give the file another name",
		"/lib/espy/c.py.new": "/lib/espy/c.py.new is on the board, and Espy has not put it there: move it, or give the file another name",
		"/lib/espy/c.mpy": "/lib/espy/c.mpy is on the board, is not as Espy would have put it there, and is the same module as /lib/espy/c.py: " +
			"move it, or remove it: mpremote rm :/lib/espy/c.mpy",
		"/lib/espy/a.py": "/lib/espy/a.py on the board was changed since Espy put it there: take that over, and remove it there: mpremote rm :/lib/espy/a.py",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			there := maps.Clone(old().Files)
			there[name] = []byte("# my own work\n")
			r, _ := enter(t, virtual(t, there))
			before := files(t, r)
			_, err := deploy.Put(t.Context(), r, next())
			require.EqualError(t, err, want)
			_, err = deploy.Clean(t.Context(), r)
			require.NoError(t, err)
			require.Contains(t, before, name)
			require.Equal(t, "# my own work\n", exec(t, r, "print(open('"+name+"').read(), end='')"))
		})
	}
}

func TestManifestOfTheUsersIsRefused(t *testing.T) {
	t.Parallel()
	r, _ := enter(t, virtual(t, map[string][]byte{firmware.Manifest: []byte("my own notes\n")}))
	_, err := deploy.Put(t.Context(), r, next())
	require.EqualError(t, err, firmware.Manifest+" is on the board, and Espy has not put it there: move it, or give the file another name")
	_, err = deploy.Clean(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, firmware.Manifest, files(t, r))
}

// The other form of what Espy put there is Espy's.
func TestOtherFormOfAModuleIsRemoved(t *testing.T) {
	t.Parallel()
	r, _ := enter(t, virtual(t, bundle(map[string]string{"/lib/espy/c.mpy": "old"}).Files))
	o, err := deploy.Put(t.Context(), r, next())
	require.NoError(t, err)
	require.Equal(t, []string{"/lib/espy/c.mpy"}, o.Removed)
	require.NotContains(t, files(t, r), "c.mpy")
}

func TestFilesOfTheUsersAreNeverTouched(t *testing.T) {
	t.Parallel()
	there := maps.Clone(old().Files)
	mine := map[string]string{
		"/main.py": "# mine\n", "/boot.py": "# mine\n", "/lib/mine.py": "# mine\n", "/lib/mine.new": "# mine\n", "/lib/espy/mine.txt": "# mine\n", "/lib/espy/todo.new": "# mine\n",
	}
	for name, text := range mine {
		there[name] = []byte(text)
	}
	r, _ := enter(t, virtual(t, there))
	_, err := deploy.Put(t.Context(), r, next())
	require.NoError(t, err)
	_, err = deploy.Clean(t.Context(), r)
	require.NoError(t, err)
	for name, text := range mine {
		require.Equal(t, text, exec(t, r, "print(open('"+name+"').read(), end='')"), name)
	}
}

func TestFileThatWouldHideOneOfTheUsersIsRefused(t *testing.T) {
	t.Parallel()
	there := maps.Clone(old().Files)
	there["/lib/thermometer.py"] = []byte("# mine\n")
	r, _ := enter(t, virtual(t, there))
	want := map[string]string{"/lib/thermometer.py": "# another\n", "/lib/espy/a.py": "v = 5\n"}
	_, err := deploy.Put(t.Context(), r, bundle(want))
	require.EqualError(t, err, "/lib/thermometer.py is on the board, and Espy has not put it there: move it, or give the file another name")
	require.Equal(t, "(1, 1)\n", exec(t, r, "import espy.a\nprint(espy.a.v)"))

	// The same content may be there, and what Espy has put there is Espy's.
	want["/lib/thermometer.py"] = "# mine\n"
	_, err = deploy.Put(t.Context(), r, bundle(want))
	require.NoError(t, err)
	want["/lib/thermometer.py"] = "# newer\n"
	_, err = deploy.Put(t.Context(), r, bundle(want))
	require.NoError(t, err)
	require.Equal(t, "# newer\n", exec(t, r, "print(open('/lib/thermometer.py').read(), end='')"))
	exec(t, r, "with open('/lib/thermometer.py', 'w') as f: f.write('# changed on the board')")
	want["/lib/thermometer.py"] = "# newest\n"
	_, err = deploy.Put(t.Context(), r, bundle(want))
	require.EqualError(t, err, "/lib/thermometer.py on the board was changed since Espy put it there: take that over, and remove it there: mpremote rm :/lib/thermometer.py")
	exec(t, r, "with open('/lib/thermometer.py', 'w') as f: f.write('# newer\\n')")
	_, err = deploy.Put(t.Context(), r, old())
	require.NoError(t, err)
	require.NotContains(t, files(t, r), "thermometer", "it is not wanted any more")
}

func TestCleanRemovesWhatEspyPutThereAndNothingElse(t *testing.T) {
	t.Parallel()
	there := maps.Clone(next().Files)
	there["/main.py"] = []byte("# mine\n")
	r, _ := enter(t, virtual(t, there))
	exec(t, r, "with open('/lib/espy/c.py', 'w') as f: f.write('# changed by me')")
	o, err := deploy.Clean(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, []string{"/lib/espy/c.py"}, o.Kept)
	require.Equal(t, "/lib/espy/c.py\n/main.py", files(t, r))

	exec(t, r, "import os\nos.remove('/lib/espy/c.py')")
	_, err = deploy.Put(t.Context(), r, next())
	require.NoError(t, err)
	_, err = deploy.Clean(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, "/main.py", files(t, r))
	o, err = deploy.Clean(t.Context(), r)
	require.NoError(t, err)
	require.True(t, o.Unchanged())
}

func TestInitOfTheUsersIsNotTakenForAJournal(t *testing.T) {
	t.Parallel()
	there := maps.Clone(old().Files)
	there["/lib/espy/__init__.py"] = []byte("# mine\n")
	r, _ := enter(t, virtual(t, there))
	_, err := deploy.Put(t.Context(), r, next())
	require.EqualError(t, err, "/lib/espy/__init__.py is on the board, and Espy has not put it there: move it away")
}

func TestBoardWithoutRoomIsToldBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	r, _ := enter(t, virtual(t, old().Files))
	exec(t, r, "import os\nos.statvfs = lambda p: (4096, 4096, 512, 2, 2, 0, 0, 0, 0, 255)")
	_, err := deploy.Put(t.Context(), r, next())
	require.EqualError(t, err, "the firmware takes 24.0 KiB of the board's flash beside what it has, and 8.0 KiB are free: "+
		"remove files of yours, or take the compiled form (--form mpy), or give up the former firmware first (espy deploy --clean)")
	exec(t, r, "import gc, sys\nclass Gc:\n  collect = gc.collect\n  mem_free = lambda self: 5000\nsys.modules['gc'] = Gc()")
	_, err = deploy.Put(t.Context(), r, next())
	require.ErrorContains(t, err, "the board has 4.9 KiB of heap free, and it takes 10.0 KiB to receive a file")
	require.NotContains(t, files(t, r), ".new")
}

func TestFlashThatFillsUpLeavesTheFormerFirmwareAndNoStages(t *testing.T) {
	t.Parallel()
	r, _ := enter(t, virtual(t, old().Files))
	exec(t, r, `
import builtins
_open = open
def full(p, mode='r'):
    if 'w' in mode and 'c.py' in p: raise OSError(28)
    return _open(p, mode)
builtins.open = full`)
	_, err := deploy.Put(t.Context(), r, next())
	require.ErrorContains(t, err, "writing /lib/espy/c.py: the board raised OSError")
	require.ErrorContains(t, err, "the board's flash is full")
	require.NotContains(t, files(t, r), ".new")
	require.Equal(t, "(1, 1)\n", exec(t, r, "import espy.a\nprint(espy.a.v)"))
}

func TestEveryByteArrivesAsItIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := virtual(t, nil)
		defer b.Close()
		r, _ := enter(t, b)
		awkward := rapid.SampledFrom([]byte("\x00\x01\x02\x03\x04\x05\x06\x07016\r\n'\\\xff"))
		content := rapid.SliceOfN(rapid.OneOf(rapid.Byte(), awkward), 0, 6000).Draw(rt, "content")
		// That it came whole is seen by its hash.
		_, err := deploy.Put(t.Context(), r, bundle(map[string]string{"/lib/espy/x.bin": string(content)}))
		require.NoError(rt, err)
	})
}

func TestFlashThatIsReallyFullIsSeenBefore(t *testing.T) {
	t.Parallel()
	r, _ := enter(t, virtual(t, old().Files))
	exec(t, r, `
import os
s = os.statvfs('/')
with open('/mine.bin', 'wb') as f:
    b = bytes(s[1])
    for _ in range(s[3] - 2): f.write(b)
`)
	_, err := deploy.Put(t.Context(), r, next())
	require.ErrorContains(t, err, "KiB of the board's flash beside what it has")
	require.Equal(t, "(1, 1)\n", exec(t, r, "import espy.a\nprint(espy.a.v)"))
	exec(t, r, "import os\nos.remove('/mine.bin')")
	_, err = deploy.Put(t.Context(), r, next())
	require.NoError(t, err)
}

func TestFileSystemThatIsReadOnlyIsSaid(t *testing.T) {
	t.Parallel()
	r, _ := enter(t, virtual(t, old().Files))
	exec(t, r, `
import builtins
_open = open
def locked(p, mode='r'):
    if 'w' in mode: raise OSError(30)
    return _open(p, mode)
builtins.open = locked`)
	_, err := deploy.Put(t.Context(), r, next())
	require.ErrorContains(t, err, "the board's file system is read-only: unmount the board's USB drive, or see what its boot.py does")
	require.Equal(t, "(1, 1)\n", exec(t, r, "import espy.a\nprint(espy.a.v)"))
}

// The flash is what fills up here, wherever in a file that finds the deployment: what it
// had said of its room was no more true.
func TestFlashThatFillsUpInTheMiddleOfAFileKeepsAllThatItHad(t *testing.T) {
	t.Parallel()
	for _, left := range []int{0, 1, 2, 3} {
		t.Run(fmt.Sprint(left, " blocks left"), func(t *testing.T) {
			t.Parallel()
			r, _ := enter(t, virtual(t, old().Files))
			exec(t, r, fmt.Sprintf(`
import os
s = os.statvfs('/')
with open('/mine.bin', 'wb') as f:
    b = bytes(s[1])
    for _ in range(s[3] - %d): f.write(b)
os.statvfs = lambda p: (4096, 4096, 512, 500, 500, 0, 0, 0, 0, 255)
`, left))
			before := files(t, r)
			_, err := deploy.Put(t.Context(), r, bundle(map[string]string{
				"/lib/espy/__init__.py": "", "/lib/espy/a.py": "v = 2\n", "/lib/espy/long.py": "v = 2\n" + strings.Repeat("#", 20_000),
			}))
			require.ErrorContains(t, err, "the board's flash is full")
			require.Equal(t, before, files(t, r), "nothing of it is left, and nothing was taken")
			require.Equal(t, "(1, 1)\n", exec(t, r, "import espy.a\nprint(espy.a.v)"))
			require.NoError(t, r.Exec(t.Context(), "import os\nos.remove('/mine.bin')", nil))
			_, err = deploy.Put(t.Context(), r, next())
			require.NoError(t, err, "and it goes on from there")
		})
	}
}
