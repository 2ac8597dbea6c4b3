package watch

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// watched is a folder with a file in it, and a watcher of some paths in it.
type watched struct {
	t    *testing.T
	root string
	w    *Watcher
}

func begin(t *testing.T, paths ...string) watched {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	x := watched{t: t, root: root}
	x.write("suite/a.yaml", "a")
	for i := range paths {
		paths[i] = filepath.Join(root, paths[i])
	}
	x.w, err = New(paths)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.w.Close()) })
	return x
}

func (x watched) write(name, text string) {
	x.t.Helper()
	path := filepath.Join(x.root, name)
	require.NoError(x.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(x.t, os.WriteFile(path, []byte(text), 0o600))
}

func (x watched) remove(name string) {
	x.t.Helper()
	require.NoError(x.t, os.RemoveAll(filepath.Join(x.root, name)))
}

func (x watched) rename(from, to string) {
	x.t.Helper()
	require.NoError(x.t, os.Rename(filepath.Join(x.root, from), filepath.Join(x.root, to)))
}

// next does something once an event is waited for, and waits until just these files
// have changed; further ones may be told of later.
func (x watched) next(do func(), want ...string) {
	x.t.Helper()
	missing := map[string]bool{}
	for _, name := range want {
		missing[filepath.Join(x.root, name)] = true
	}
	ctx, cancel := context.WithTimeout(x.t.Context(), time.Minute)
	defer cancel()
	done := false
	x.w.idle = func() {
		if !done {
			done = true
			do()
		}
	}
	for len(missing) > 0 {
		changed, err := x.w.Next(ctx)
		require.NoError(x.t, err, "still to come: %v", missing)
		for _, path := range changed {
			require.True(x.t, missing[path], "%s is not to change", path)
			delete(missing, path)
		}
	}
	require.True(x.t, done, "it was told of before it was done")
}

func TestAFileChangesHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"suite", "suite/a.yaml"} {
		x := begin(t, path)
		x.next(func() { x.write("suite/a.yaml", "b") }, "suite/a.yaml")
		x.next(func() { // as vim does
			x.write("suite/.a.yaml.swp", "c")
			x.rename("suite/a.yaml", "suite/a.yaml~")
			x.write("suite/a.yaml", "c")
		}, "suite/a.yaml")
		x.next(func() { // as sed -i and many others do
			x.write("suite/.a.yaml.new", "d")
			x.rename("suite/.a.yaml.new", "suite/a.yaml")
		}, "suite/a.yaml")
		x.next(func() { x.remove("suite/a.yaml") }, "suite/a.yaml")
		x.next(func() { x.write("suite/a.yaml", "d") }, "suite/a.yaml")
	}
}

func TestFoldersComeAndGo(t *testing.T) {
	t.Parallel()
	x := begin(t, "suite")
	x.next(func() { x.write("suite/deep/er/b.yaml", "b") }, "suite/deep/er/b.yaml")
	x.next(func() { x.write("suite/deep/er/b.yaml", "c") }, "suite/deep/er/b.yaml")
	x.next(func() { x.rename("suite/deep", "suite/other") }, "suite/deep/er/b.yaml", "suite/other/er/b.yaml")
	x.next(func() { x.write("suite/other/er/b.yaml", "d") }, "suite/other/er/b.yaml")

	x.next(func() { x.rename("suite", "away") }, "suite/a.yaml", "suite/other/er/b.yaml") // all of it
	x.next(func() { x.write("suite/a.yaml", "new") }, "suite/a.yaml")
	x.next(func() { x.remove("suite") }, "suite/a.yaml")
	x.next(func() { x.rename("away", "suite") }, "suite/a.yaml", "suite/other/er/b.yaml")
}

func TestWhatIsNotThereMayCome(t *testing.T) {
	t.Parallel()
	x := begin(t, "to/come/c.yaml")
	x.next(func() {
		x.write("to/come/other.yaml", "x")
		x.write("to/come/c.yaml", "c")
	}, "to/come/c.yaml")
}

func TestWhatChangesBetweenTwoCallsIsNotMissed(t *testing.T) {
	t.Parallel()
	x := begin(t, "suite")
	for i := range 20 { // the same size, perhaps on the same tick of the clock
		x.write("suite/a.yaml", string(rune('b'+i)))
		changed, err := x.w.Next(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{filepath.Join(x.root, "suite/a.yaml")}, changed)
	}
}

func TestABurstIsOneChange(t *testing.T) {
	t.Parallel()
	x := begin(t, "suite")
	x.next(func() {
		for i := range 50 {
			x.write("suite/a.yaml", string(rune('b'+i)))
		}
	}, "suite/a.yaml")
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	x := begin(t, "suite")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := x.w.Next(ctx)
	require.ErrorIs(t, err, context.Canceled)
}
