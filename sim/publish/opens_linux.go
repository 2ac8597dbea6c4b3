package publish

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// opens tells that somebody has opened or closed a file.
type opens struct {
	events *os.File // an inotify instance
}

func (o *opens) watch(name string) error {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("inotify_init1", err)
	}
	o.events = os.NewFile(uintptr(fd), "inotify")
	_, err = unix.InotifyAddWatch(fd, name, unix.IN_OPEN|unix.IN_CLOSE)
	return os.NewSyscallError("inotify_add_watch", err)
}

// tell tells of each opening and closing until o is closed, then closes the channel.
// Which it was is better asked of the file itself: of events that are alike the
// kernel keeps one, and so does the channel, which must have room for it.
func (o *opens) tell(events chan<- error) {
	defer close(events)
	var buf [4096]byte
	for {
		_, err := o.events.Read(buf[:])
		if errors.Is(err, os.ErrClosed) {
			return
		}
		select {
		case events <- err:
		default: // there is one that has not been seen yet
		}
		if err != nil {
			return
		}
	}
}

func (o *opens) close() error {
	if o.events == nil {
		return nil
	}
	return o.events.Close()
}
