package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/repl"
)

// versions imports what the user's own program would, and says what it got: of the
// former firmware, or of the new one. Anything else is half of each.
const versions = `
import espy.a, espy.b
print(espy.a.v, espy.b.v)
`

// whole sees that a board has one firmware or the other, and which.
func whole(t *testing.T, r *repl.REPL, at string) (isNew bool) {
	t.Helper()
	got := exec(t, r, versions)
	require.Contains(t, []string{"(1, 1) 1\n", "(2, 2) 2\n"}, got, at)
	return got == "(2, 2) 2\n"
}

func TestCableThatIsPulledLeavesTheFormerFirmwareOrTheNewOne(t *testing.T) {
	t.Parallel()
	pulled(t, 17)
}

// pulled cuts a deployment after every so many bytes to the board, which then starts
// anew.
func pulled(t *testing.T, step int) {
	t.Helper()
	uncut := &metered{Board: virtual(t, old().Files), left: -1}
	r, _ := enter(t, uncut)
	opened := uncut.sent
	_, err := deploy.Put(t.Context(), r, next())
	require.NoError(t, err)

	b := virtual(t, old().Files)
	kept, put := 0, 0
	for at := opened; at < uncut.sent; at += step {
		m := &metered{Board: b, left: -1}
		r, u := enter(t, m)
		m.left = at - opened
		_, err := deploy.Put(t.Context(), r, next())
		require.ErrorIs(t, err, errCut)
		require.NoError(t, u.Close())
		require.NoError(t, b.Reset(t.Context())) // and the power as well

		r, u = enter(t, b)
		if whole(t, r, fmt.Sprintf("cut after %d bytes", at-opened)) {
			put++
		} else {
			kept++
		}
		_, err = deploy.Put(t.Context(), r, old())
		require.NoError(t, err)
		require.False(t, whole(t, r, "put back"))
		require.NotContains(t, files(t, r), ".new")
		require.NoError(t, u.Close())
		require.NoError(t, b.Reset(t.Context()))
	}
	require.Positive(t, kept)
	require.Positive(t, put)
}

// meter makes the board lose its power at the n-th change to its flash: files opened
// for writing, writes, renames, removals.
const meter = `
import builtins, os, sys
left = %d
def tick():
    global left
    left -= 1
    if left < 0:
        print('POWER FAILED')
        while True: pass
class File:
    def __init__(self, f): self.f = f
    def write(self, b):
        if left < 1: self.f.write(b[:len(b) // 2])
        tick()
        return self.f.write(b)
    def __getattr__(self, name): return getattr(self.f, name)
_open = open
def open_(p, mode='r'):
    if 'w' not in mode: return _open(p, mode)
    tick()
    return File(_open(p, mode))
builtins.open = open_
class Os:
    def rename(self, a, b):
        tick()
        real.rename(a, b)
    def remove(self, a):
        tick()
        real.remove(a)
    def __getattr__(self, name): return getattr(real, name)
real = os
sys.modules['os'] = Os()
del os
`

func TestPowerThatFailsAtAnyChangeToTheFlashLeavesTheFormerFirmwareOrTheNewOne(t *testing.T) {
	t.Parallel()
	b := virtual(t, old().Files)
	kept, put, finished := 0, 0, 0
	for at := 0; ; at++ {
		r, u := enter(t, &metered{Board: b, left: -1})
		exec(t, r, fmt.Sprintf(meter, at))
		_, err := deploy.Put(t.Context(), r, next())
		require.NoError(t, u.Close())
		require.NoError(t, b.Reset(t.Context()))

		r, u = enter(t, b)
		if exec(t, r, "import os\nprint('__init__.py' in os.listdir('/lib/espy'))") == "True\n" {
			finished++ // by what is imported next
		}
		isNew := whole(t, r, fmt.Sprintf("power failed at change %d", at))
		if err == nil {
			require.True(t, isNew)
			break
		}
		if isNew {
			put++
		} else {
			kept++
		}
		_, err = deploy.Put(t.Context(), r, old())
		require.NoError(t, err)
		require.NoError(t, u.Close())
		require.NoError(t, b.Reset(t.Context()))
	}
	require.Greater(t, kept, 10, "cut while it was staged")
	require.Greater(t, put, 4, "cut while it was put in place")
	require.Equal(t, put, finished)
}

func TestWhatWasStagedBeforeACutNeedNotBeSentAgain(t *testing.T) {
	t.Parallel()
	b := virtual(t, old().Files)
	r, u := enter(t, &metered{Board: b, left: -1})
	exec(t, r, fmt.Sprintf(meter, 5)) // the third file is opened
	_, err := deploy.Put(t.Context(), r, next())
	require.Error(t, err)
	require.NoError(t, u.Close())
	require.NoError(t, b.Reset(t.Context()))
	r, _ = enter(t, b)
	o, err := deploy.Put(t.Context(), r, next())
	require.NoError(t, err)
	require.NotContains(t, o.Sent, "/lib/espy/a.py")
	require.NotContains(t, o.Sent, "/lib/espy/b.py")
	require.Contains(t, o.Sent, "/lib/espy/c.py")
	require.True(t, whole(t, r, "in the end"))
}
