//go:build peers

package firmware_test

import (
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/sim/unix"
)

func TestPeerMpyCrossCompilesEveryFile(t *testing.T) {
	t.Parallel()
	compiler, err := unix.Compiler()
	require.NoError(t, err)
	b, err := firmware.Compile(t.Context(), compiler)
	require.NoError(t, err)
	require.Equal(t, firmware.FormCompiled, b.Form)
	require.NotEqual(t, firmware.Source().Hash, b.Hash)
	require.Len(t, b.Files, len(firmware.Source().Files))
	for name, content := range b.Files {
		if name == firmware.Manifest {
			require.Contains(t, string(content), b.Hash)
			continue
		}
		require.Contains(t, firmware.Source().Files, strings.TrimSuffix(name, ".mpy")+".py")
		require.Equal(t, "M\x06", string(content[:2]), "the header of an .mpy file")
		module := "espy." + strings.TrimSuffix(path.Base(name), ".mpy")
		require.Contains(t, string(content), module+"\x00", "for tracebacks")
	}
	again, err := firmware.Compile(t.Context(), compiler)
	require.NoError(t, err)
	require.Equal(t, b.Hash, again.Hash)
}

func TestPeerThatIsNoMpyCrossIsRefused(t *testing.T) {
	t.Parallel()
	_, err := firmware.Compile(t.Context(), "curl")
	require.ErrorContains(t, err, "boards need mpy v6")
}
