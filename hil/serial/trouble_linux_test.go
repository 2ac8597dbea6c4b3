package serial

import (
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// groupDevice is a file that its owner and its group may open, as a serial port is.
func groupDevice(t *testing.T) (path, group string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ttyUSB0")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.Chmod(path, 0o660))
	info, err := os.Stat(path)
	require.NoError(t, err)
	g, err := user.LookupGroupId(strconv.Itoa(int(info.Sys().(*syscall.Stat_t).Gid)))
	require.NoError(t, err)
	return path, g.Name
}

func TestADeviceOfAGroupSaysHowToJoinIt(t *testing.T) {
	t.Parallel()
	path, group := groupDevice(t)
	err := explain(os.ErrPermission, path, Options{Finder: ByID(t.TempDir())})
	require.ErrorIs(t, err, os.ErrPermission)
	require.EqualError(t, err, "permission denied to open "+path+": it belongs to the group "+group+": sudo usermod -aG "+group+" $USER, then log out and in again")
	err = explain(syscall.EACCES, path, Options{Finder: ByID(t.TempDir())})
	require.ErrorContains(t, err, "sudo usermod -aG "+group)

	require.NoError(t, os.Chmod(path, 0o600))
	err = explain(os.ErrPermission, path, Options{Finder: ByID(t.TempDir())})
	require.EqualError(t, err, "permission denied to open "+path+": ask its owner (ls -l "+path+")")
}

func TestADeviceThatWentIsMissing(t *testing.T) {
	t.Parallel()
	for _, err := range []error{syscall.ENOENT, syscall.ENXIO, syscall.ENODEV, syscall.EIO} {
		require.ErrorContains(t, explain(err, "/dev/ttyUSB0", Options{Finder: ByID(t.TempDir())}), "there is no device /dev/ttyUSB0")
	}
}
