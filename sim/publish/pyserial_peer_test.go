//go:build peers

package publish_test

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The second run finds what the first has left.
func TestPeerPyserialTalksToABoardOverRFC2217(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		// Debian's own Python is the one for which python3-serial is installed.
		out, err := exec.CommandContext(ctx, "/usr/bin/python3", "testdata/pyserial.py", "rfc2217://"+address).CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Equal(t, "good\n", string(out))
	}
}
