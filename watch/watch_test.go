package watch_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/watch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// watched is a folder with a file in it, and a watcher of some paths in it.
type watched struct {
	t    *testing.T
	root string
	w    *watch.Watcher
}

func watching(t *testing.T, paths ...string) watched {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	x := watched{t: t, root: root}
	x.write("suite/a.yaml", "a")
	for i := range paths {
		paths[i] = filepath.Join(root, paths[i])
	}
	x.w, err = watch.New(paths)
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

func (x watched) rename(from, to string) {
	x.t.Helper()
	require.NoError(x.t, os.Rename(filepath.Join(x.root, from), filepath.Join(x.root, to)))
}

// next waits until just these files have changed; further ones may be told of later.
func (x watched) next(want ...string) {
	x.t.Helper()
	missing := map[string]bool{}
	for _, name := range want {
		missing[filepath.Join(x.root, name)] = true
	}
	ctx, cancel := context.WithTimeout(x.t.Context(), 20*time.Second)
	defer cancel()
	for len(missing) > 0 {
		changed, err := x.w.Next(ctx)
		require.NoError(x.t, err, "still to come: %v", missing)
		for _, path := range changed {
			require.True(x.t, missing[path], "%s is not to change", path)
			delete(missing, path)
		}
	}
}

func TestAFileChangesHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"suite", "suite/a.yaml"} {
		x := watching(t, path)
		x.write("suite/a.yaml", "b")
		x.next("suite/a.yaml")

		x.write("suite/.a.yaml.swp", "c") // as vim does
		x.rename("suite/a.yaml", "suite/a.yaml~")
		x.write("suite/a.yaml", "c")
		x.next("suite/a.yaml")

		x.write("suite/.a.yaml.new", "d") // as sed -i and many others do
		x.rename("suite/.a.yaml.new", "suite/a.yaml")
		x.next("suite/a.yaml")

		require.NoError(t, os.Remove(filepath.Join(x.root, "suite/a.yaml")))
		x.next("suite/a.yaml")
		x.write("suite/a.yaml", "d")
		x.next("suite/a.yaml")
	}
}

func TestFoldersComeAndGo(t *testing.T) {
	t.Parallel()
	x := watching(t, "suite")
	x.write("suite/deep/er/b.yaml", "b")
	x.next("suite/deep/er/b.yaml")
	x.write("suite/deep/er/b.yaml", "c")
	x.next("suite/deep/er/b.yaml")
	x.rename("suite/deep", "suite/other")
	x.next("suite/deep/er/b.yaml", "suite/other/er/b.yaml")
	x.write("suite/other/er/b.yaml", "d")
	x.next("suite/other/er/b.yaml")

	x.rename("suite", "away") // and all of it
	x.next("suite/a.yaml", "suite/other/er/b.yaml")
	x.write("suite/a.yaml", "new")
	x.next("suite/a.yaml")
	require.NoError(t, os.RemoveAll(filepath.Join(x.root, "suite")))
	x.next("suite/a.yaml")
	x.rename("away", "suite")
	x.next("suite/a.yaml", "suite/other/er/b.yaml")
}

func TestWhatIsNotThereMayCome(t *testing.T) {
	t.Parallel()
	x := watching(t, "to/come/c.yaml")
	x.write("to/come/other.yaml", "x")
	x.write("to/come/c.yaml", "c")
	x.next("to/come/c.yaml")
}

func TestWhatChangesBetweenTwoCallsIsNotMissed(t *testing.T) {
	t.Parallel()
	x := watching(t, "suite")
	for i := range 20 { // the same size, perhaps on the same tick of the clock
		x.write("suite/a.yaml", string(rune('b'+i)))
		x.next("suite/a.yaml")
	}
}

func TestABurstIsOneChange(t *testing.T) {
	t.Parallel()
	x := watching(t, "suite")
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := range 50 {
			_ = os.WriteFile(filepath.Join(x.root, "suite/a.yaml"), []byte{'a', byte(i)}, 0o600)
		}
	})
	x.next("suite/a.yaml")
	writing.Wait()
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	x := watching(t, "suite")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := x.w.Next(ctx)
	require.ErrorIs(t, err, context.Canceled)
}
