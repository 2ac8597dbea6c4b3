//go:build linux || darwin || freebsd || openbsd

package serial

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/process"
)

// lock is a lock file, LCK..ttyUSB0 (Filesystem Hierarchy Standard 3.0 §5.9): it holds
// the number of the process in ten characters, and may say behind it what that is.
// Programs that know no more look whether it lives. Ours hold the file locked as well,
// which ends with the process: of a lock that says espy this alone decides, since the
// number may be another's by now; and two that find the lock of a dead one do not both
// take it over.
type lock struct {
	file     *os.File
	released chan struct{} // closed by who has released it
}

// lockFolder is the folder that programs of this kind share, or the user's own where
// that cannot be written to.
func lockFolder() string {
	for _, shared := range []string{"/run/lock", "/var/lock", "/var/spool/lock"} {
		if unix.Access(shared, unix.W_OK) == nil {
			return shared
		}
	}
	if own := os.Getenv("XDG_RUNTIME_DIR"); own != "" {
		return own
	}
	return os.TempDir()
}

// lockName is the file for a device, by whichever name that was reached.
func lockName(folder, device string) string {
	if real, err := filepath.EvalSymlinks(device); err == nil {
		device = real
	}
	name := strings.TrimPrefix(filepath.Clean(device), "/dev/")
	return filepath.Join(folder, "LCK.."+strings.ReplaceAll(strings.TrimPrefix(name, "/"), "/", "_"))
}

// takeLock takes the lock of a device.
func takeLock(folder, device string) (*lock, error) {
	name := lockName(folder, device)
	for {
		f, err := openLock(name)
		if errors.Is(err, fs.ErrPermission) {
			return nil, fmt.Errorf("reading the lock file of %s: %w: it is another user's; if no program of theirs has the device, have it removed", device, err)
		}
		if err != nil {
			return nil, fmt.Errorf("making a lock file for %s: %w", device, err)
		}
		owner, err := occupy(f, name)
		switch {
		case errors.Is(err, errReplaced):
			f.Close()
			continue
		case err != nil:
			f.Close()
			return nil, fmt.Errorf("locking %s: %w", name, err)
		case owner == os.Getpid():
			f.Close()
			return nil, fmt.Errorf("%w: this espy has %s open already, or waits until it takes what was written to it: then unplug it, or press its reset button", board.ErrBusy, device)
		case owner != 0:
			f.Close()
			return nil, busy(device, called(owner))
		}
		return &lock{file: f, released: make(chan struct{})}, nil
	}
}

// openLock opens a lock file, making it if need be. One of another user's in a folder
// that is open to all may not be opened by who would make it (fs.protected_regular).
func openLock(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) {
		f, err = os.Open(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	}
	return f, err
}

// errReplaced says that the file that we have open is no more the one of that name.
var errReplaced = errors.New("the lock file was replaced")

// occupy makes the lock ours, unless a process that lives has it.
func occupy(f *os.File, name string) (owner int, err error) {
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return max(1, ownerOf(f)), nil
	}
	if err != nil {
		return 0, err
	}
	ours, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if there, err := os.Stat(name); err != nil || !os.SameFile(ours, there) {
		return 0, errReplaced
	}
	if pid := ownerOf(f); pid != 0 && pid != os.Getpid() && !isOurs(f) && alive(pid) {
		return pid, nil // of a program that does not hold it locked
	}
	if err := f.Truncate(0); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrPermission) {
		return 0, err
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "%10d %s\n", os.Getpid(), ourMark), 0)
	if errors.Is(err, syscall.EBADF) { // another user's: it can be held, and not be written to
		err = nil
	}
	return 0, err
}

// ownerOf is the process that a lock file names; 0: none.
func ownerOf(f *os.File) int {
	words := wordsOf(f)
	if len(words) == 0 {
		return 0
	}
	pid, err := strconv.Atoi(words[0])
	if err != nil || pid < 0 {
		return 0
	}
	return pid
}

// ourMark is what our locks say behind the number.
const ourMark = "espy"

// isOurs tells whether an espy wrote a lock, which then held it locked as well.
func isOurs(f *os.File) bool {
	words := wordsOf(f)
	return len(words) == 2 && words[1] == ourMark
}

func wordsOf(f *os.File) []string {
	text := make([]byte, 64)
	n, _ := f.ReadAt(text, 0)
	return strings.Fields(string(text[:n]))
}

func alive(pid int) bool { return process.Born(pid) != "" }

// release removes the lock, which nobody can take before it is gone.
func (l *lock) release() {
	_ = os.Remove(l.file.Name()) // another user's stays, and nobody holds it
	_ = l.file.Close()
}

// holder is who has a device, as its lock and the system tell; empty: nobody who is known.
func holder(device string) string { return holderIn(lockFolder(), device) }

func holderIn(folder, device string) string {
	if f, err := os.Open(lockName(folder, device)); err == nil {
		defer f.Close()
		if pid := ownerOf(f); pid != 0 && pid != os.Getpid() && alive(pid) && !(isOurs(f) && isFree(f)) {
			return called(pid)
		}
	}
	return opener(device)
}

// isFree tells that nobody holds a file locked, as far as the system shows it (proc(5),
// /proc/locks): to try would keep out who takes it meanwhile.
func isFree(f *os.File) bool {
	locks, err := os.ReadFile("/proc/locks")
	info, e := f.Stat()
	if err != nil || e != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	node := fmt.Sprintf(":%d", stat.Ino)
	for line := range strings.Lines(string(locks)) {
		words := strings.Fields(line) // number FLOCK ADVISORY WRITE process major:minor:inode from to
		if len(words) > 5 && words[1] == "FLOCK" && strings.HasSuffix(words[5], node) {
			return false
		}
	}
	return true
}

// opener is who has a device open, of the processes that this user may look into.
func opener(device string) string {
	real, err := filepath.EvalSymlinks(device)
	if err != nil {
		return ""
	}
	files, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, f := range files {
		if to, err := os.Readlink(f); err == nil && to == real {
			pid, _ := strconv.Atoi(strings.Split(f, "/")[2])
			if pid != os.Getpid() {
				return called(pid)
			}
		}
	}
	return ""
}

// called is what a process is called.
func called(pid int) string {
	if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil {
		return fmt.Sprintf("%s (process %d)", bytes.TrimSpace(name), pid)
	}
	return fmt.Sprintf("process %d", pid)
}

// groupOf is the group to which a device belongs and its user does not; empty: that is
// not the trouble.
func groupOf(device string) string {
	info, err := os.Stat(device)
	if err != nil || info.Mode().Perm()&0o060 != 0o060 {
		return ""
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || stat.Gid == 0 { // nobody is to join root's
		return ""
	}
	group, err := user.LookupGroupId(strconv.Itoa(int(stat.Gid)))
	if err != nil {
		return ""
	}
	return group.Name
}
