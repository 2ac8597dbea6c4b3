package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
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
	pulled(t, 61)
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

func TestPowerThatFailsWhileTheFlashIsWrittenLeavesTheFormerFirmwareOrTheNewOne(t *testing.T) {
	t.Parallel()
	failing(t, 29)
}

// failing has a board's power fail after every so many bytes written to its flash, and
// come back; after each of the last ones, which put everything in its place.
func failing(t *testing.T, step int) {
	t.Helper()
	f := fails{board: virtual(t, old().Files)}
	at := 1
	for f.at(t, at) {
		at += step
	}
	const last = 40 // more than there are renames and removals
	if step > 1 {
		for at = max(1, at-step-last); f.at(t, at); at++ {
		}
	}
	require.Greater(t, f.kept, 10, "cut while it was staged")
	require.Greater(t, f.put, 4, "cut while it was put in place")
	require.Equal(t, f.put-1, f.finished, "with its last change the journal itself is gone")
}

// fails counts what became of deployments during which the power failed.
type fails struct {
	board               *sim.Board
	kept, put, finished int
}

// at has the power fail at a byte; false: the deployment was over by then.
func (f *fails) at(t *testing.T, n int) bool {
	t.Helper()
	r, u := enter(t, f.board)
	f.board.CutPower(sim.Cut{Written: n})
	_, err := deploy.Put(t.Context(), r, next())
	f.board.CutPower(sim.Cut{})
	require.NoError(t, u.Close())
	failed := err != nil
	if failed {
		require.ErrorIs(t, err, repl.ErrRestarted, "power failed at byte %d", n)
	}
	r, u = enter(t, f.board)
	if exec(t, r, "import os\nprint('__init__.py' in os.listdir('/lib/espy'))") == "True\n" {
		f.finished++ // by what is imported next
	}
	switch isNew := whole(t, r, fmt.Sprintf("power failed at byte %d", n)); {
	case !failed:
		require.True(t, isNew)
	case isNew:
		f.put++
	default:
		f.kept++
	}
	_, err = deploy.Put(t.Context(), r, old())
	require.NoError(t, err)
	require.NoError(t, u.Close())
	require.NoError(t, f.board.Reset(t.Context()))
	return failed
}

func TestWhatWasStagedBeforeACutNeedNotBeSentAgain(t *testing.T) {
	t.Parallel()
	b := virtual(t, old().Files)
	r, u := enter(t, b)
	b.CutPower(sim.Cut{Written: 1 + len(next().Files[firmware.Manifest]) + 1 + len(next().Files["/lib/espy/a.py"]) + 1 + len(next().Files["/lib/espy/b.py"]) + 2})
	_, err := deploy.Put(t.Context(), r, next())
	require.ErrorIs(t, err, repl.ErrRestarted)
	require.NoError(t, u.Close())
	r, _ = enter(t, b)
	o, err := deploy.Put(t.Context(), r, next())
	require.NoError(t, err)
	require.NotContains(t, o.Sent, "/lib/espy/a.py")
	require.NotContains(t, o.Sent, "/lib/espy/b.py")
	require.Contains(t, o.Sent, "/lib/espy/c.py")
	require.True(t, whole(t, r, "in the end"))
}

func TestCheckLeavesAJournalAsItIs(t *testing.T) {
	t.Parallel()
	r, _ := enter(t, virtual(t, old().Files))
	// A journal that is there, and nothing of it done.
	exec(t, r, "with open('/lib/espy/__init__.py', 'w') as f: f.write('# espy: finishes a deployment\\nimport os\\nos.remove(\\'/lib/espy/__init__.py\\')\\n')")
	before := files(t, r)
	s, err := deploy.Check(t.Context(), r, old())
	require.NoError(t, err)
	require.True(t, s.CutOff)
	require.Equal(t, before, files(t, r))
	s, err = deploy.Look(t.Context(), r, old())
	require.NoError(t, err)
	require.False(t, s.CutOff)
	require.NotContains(t, files(t, r), "__init__.py")
}
