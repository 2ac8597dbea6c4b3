package deploy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

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
// come back.
func failing(t *testing.T, step int) {
	t.Helper()
	b := virtual(t, old().Files)
	kept, put, finished := 0, 0, 0
	for at := 1; ; at += step {
		r, u := enter(t, b)
		b.CutPower(sim.Cut{Written: at})
		_, err := deploy.Put(t.Context(), r, next())
		b.CutPower(sim.Cut{})
		require.NoError(t, u.Close())
		if err == nil {
			break
		}
		require.ErrorIs(t, err, repl.ErrRestarted, "power failed at byte %d", at)
		r, u = enter(t, b)
		if exec(t, r, "import os\nprint('__init__.py' in os.listdir('/lib/espy'))") == "True\n" {
			finished++ // by what is imported next
		}
		if whole(t, r, fmt.Sprintf("power failed at byte %d", at)) {
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
	if step == 1 {
		require.Greater(t, put, 4, "cut while it was put in place")
		require.Equal(t, put-1, finished, "with its last change the journal itself is gone")
	}
}

func TestWhatWasStagedBeforeACutNeedNotBeSentAgain(t *testing.T) {
	t.Parallel()
	b := virtual(t, old().Files)
	r, u := enter(t, b)
	b.CutPower(sim.Cut{Written: 1 + len(next().Files["/lib/espy/a.py"]) + 1 + len(next().Files["/lib/espy/b.py"]) + 2})
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
