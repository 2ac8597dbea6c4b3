package serial

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// groupDevice is a file that its owner and its group may open, as a serial port is.
func groupDevice(t *testing.T) (path, group string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ttyUSB0")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.Chmod(path, 0o660))
	if os.Getuid() == 0 { // whose own group nobody is told to join
		dialout, err := user.LookupGroup("dialout")
		require.NoError(t, err)
		gid, err := strconv.Atoi(dialout.Gid)
		require.NoError(t, err)
		require.NoError(t, os.Chown(path, -1, gid))
	}
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

func TestNobodyIsToldToJoinTheGroupOfRoot(t *testing.T) {
	t.Parallel()
	const path = os.DevNull // of the group root, which may write to it
	require.Empty(t, groupOf(path))
	require.NotContains(t, permission(path), "usermod")
}

// A number is given to another process in time: of a lock of ours it says nothing, once
// nobody holds the file locked.
func TestALockThatADeadEspyHasLeftTellsOfNobody(t *testing.T) {
	t.Parallel()
	folder, device := t.TempDir(), filepath.Join(t.TempDir(), "ttyUSB0")
	name := lockName(folder, device)
	write := func(mark string) {
		require.NoError(t, os.WriteFile(name, fmt.Appendf(nil, "%10d %s\n", os.Getppid(), mark), 0o600))
	}
	write("minicom root")
	require.Contains(t, holderIn(folder, device), fmt.Sprintf("process %d", os.Getppid()), "it is all that there is to go by")
	write(ourMark)
	require.Empty(t, holderIn(folder, device))
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	require.NoError(t, unix.Flock(int(f.Fd()), unix.LOCK_EX))
	require.Contains(t, holderIn(folder, device), fmt.Sprintf("process %d", os.Getppid()))
}

func TestADeviceThatWentIsMissing(t *testing.T) {
	t.Parallel()
	for _, err := range []error{syscall.ENOENT, syscall.ENXIO, syscall.ENODEV, syscall.EIO} {
		require.ErrorContains(t, explain(err, "/dev/ttyUSB0", Options{Finder: ByID(t.TempDir())}), "there is no device /dev/ttyUSB0")
	}
}
