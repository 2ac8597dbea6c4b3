package unix_test

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/sim/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEveryNameIsABoard(t *testing.T) {
	t.Parallel()
	require.Equal(t, "unix", unix.Names()[0])
	for _, name := range unix.Names() {
		spec, err := unix.Parse(name)
		require.NoError(t, err)
		require.Equal(t, name, spec.Name)
	}
}

func TestASpecThatNamesNothingSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{"unix:", "unix:esp", "sim", "unix@1.25", "unix:esp8266:tls"} {
		_, err := unix.Parse(spec)
		require.ErrorContains(t, err, "unix, unix:esp8266, unix:tls", spec)
	}
}

// The cache is named by the environment, which parallel tests share.
func TestABoardThatIsNotBuiltSaysWhatToDo(t *testing.T) {
	t.Setenv("ESPY_CACHE", filepath.Join(t.TempDir(), "empty"))
	spec, err := unix.Parse("unix")
	require.NoError(t, err)
	_, err = unix.New(t.Context(), spec, nil)
	require.ErrorIs(t, err, unix.ErrMissing)
	want := "make unix-board"
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		want = "built on Debian 12 or 13"
	}
	require.ErrorContains(t, err, want)
	_, err = unix.Compiler()
	require.ErrorIs(t, err, unix.ErrMissing)
}
