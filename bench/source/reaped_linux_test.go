package source

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == ReapCommand {
		os.Exit(Reap(os.Args[2:]))
	}
	os.Exit(m.Run())
}

const busyLoop = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"

// A program whose child is not waited for took what the child took.
func TestWhatAnOrphanTakesCounts(t *testing.T) {
	t.Parallel()
	alone, err := Run(exec.Command("sh", "-c", "true"))
	require.NoError(t, err)
	orphaned, err := Run(exec.Command("sh", "-c", "("+busyLoop+") >/dev/null 2>&1 & exit 0"))
	require.NoError(t, err)
	require.Greater(t, orphaned["cpu-s"], alone["cpu-s"]+0.01)
	require.Positive(t, orphaned["MiB"])
}

func TestAProgramThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := Run(exec.Command("sh", "-c", "echo no such thing >&2; exit 3"))
	require.ErrorContains(t, err, "exit status 3: no such thing")
	_, err = Run(exec.Command("sh", "-c", "kill -9 $$"))
	require.ErrorContains(t, err, "signal: killed")
	_, err = Run(exec.Command("no-such-program-of-espy"))
	require.ErrorContains(t, err, "executable file not found")
}
