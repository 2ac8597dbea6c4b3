package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/espy-hil/espy/sim/pty"
)

// Pty is a terminal of this machine that leads to a board's UART, as a USB serial
// adapter does. It passes every byte as it is.
type Pty struct {
	wire *os.File // our end
	name string   // of the other end: /dev/pts/3
	link string   // that leads to it; "": none
	opens
}

// OpenPty makes a pty, and a symbolic link to it unless link is "". A link that is
// there already is replaced if it leads to a pty that is no more: what an espy that
// was killed has left.
func OpenPty(link string) (p *Pty, err error) {
	wire, terminal, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("opening a pty: %w", err)
	}
	p = &Pty{wire: wire, name: terminal.Name()}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	if err = p.opens.watch(p.name); err != nil {
		return nil, errors.Join(fmt.Errorf("watching pty %s: %w", p.name, err), terminal.Close())
	}
	// From here on our end tells whether somebody has the other one open.
	if err = terminal.Close(); err != nil {
		return nil, err
	}
	if link == "" {
		return p, nil
	}
	return p, p.linkAs(link)
}

// Path is how to open the terminal: the link, or the pty's own name.
func (p *Pty) Path() string {
	if p.link != "" {
		return p.link
	}
	return p.name
}

// Close removes the link and the pty. Who has it open sees it hung up.
func (p *Pty) Close() error {
	var err error
	if to, readErr := os.Readlink(p.link); p.link != "" && readErr == nil && to == p.name {
		err = os.Remove(p.link) // it is still ours
	}
	return errors.Join(err, p.opens.close(), p.wire.Close())
}

func (p *Pty) linkAs(link string) error {
	to, err := os.Readlink(link)
	if err == nil && isPty(to) {
		if _, err := os.Stat(to); errors.Is(err, os.ErrNotExist) {
			if err := os.Remove(link); err != nil {
				return fmt.Errorf("taking the place of a link to %s, which is no more: %w", to, err)
			}
		}
	}
	if err := os.Symlink(p.name, link); err != nil {
		return fmt.Errorf("linking to pty %s: %w", p.name, err)
	}
	p.link = link
	return nil
}

func isPty(name string) bool { return strings.HasPrefix(name, "/dev/pts/") }

// isOpen tells whether somebody has the other end open.
func (p *Pty) isOpen() (open bool, err error) {
	err = pty.Control(p.wire, func(fd int) error {
		fds := []unix.PollFd{{Fd: int32(fd)}}
		for {
			_, err := unix.Poll(fds, 0)
			if !errors.Is(err, unix.EINTR) {
				open = fds[0].Revents&unix.POLLHUP == 0
				return err
			}
		}
	})
	return open, err
}

// Pty offers the board on a pty until ctx ends, and closes the pty.
func (s *Stand) Pty(ctx context.Context, p *Pty) (err error) {
	events := make(chan error, 1)
	go p.opens.tell(events)
	defer func() {
		err = errors.Join(err, p.Close())
		for range events { // until it has ended
		}
	}()
	for {
		if err := p.awaitOpen(ctx, events); ctx.Err() != nil {
			return nil
		} else if err != nil {
			return fmt.Errorf("board %s: waiting for somebody to open %s: %w", s.name, p.Path(), err)
		}
		if err := s.join(ctx, netip.IPv6Loopback(), p.once()); err != nil {
			p.turnAway(ctx, events, err)
		}
	}
}

// awaitOpen waits until somebody has the terminal open, without turning round and
// round: every opening and closing wakes it.
func (p *Pty) awaitOpen(ctx context.Context, events <-chan error) error {
	for {
		open, err := p.isOpen()
		if err != nil || open {
			return err
		}
		select {
		case err, more := <-events:
			if err != nil || !more {
				return errors.Join(err, os.ErrClosed)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// visit is a pty while one client has it open; the next has another visit.
type visit struct{ pty *Pty }

func (p *Pty) once() visit {
	_ = p.wire.SetDeadline(time.Time{}) // fails only where the next read does as well
	return visit{p}
}

func (v visit) Read(b []byte) (int, error)  { return v.pty.wire.Read(b) }
func (v visit) Write(b []byte) (int, error) { return v.pty.wire.Write(b) }

// Close ends pending calls. The pty stays, for the next visit, as it was before this
// one: a client may leave settings, and bytes that it has not read.
func (v visit) Close() error {
	err := v.pty.wire.SetDeadline(time.Unix(1, 0))
	if open, pollErr := v.pty.isOpen(); open || pollErr != nil {
		return errors.Join(err, pollErr)
	}
	return errors.Join(err, pty.Raw(v.pty.wire),
		pty.Control(v.pty.wire, func(fd int) error { return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCOFLUSH) }))
}

// turnAway tells a client why it cannot have the board, and waits until it has gone
// or somebody else comes.
func (p *Pty) turnAway(ctx context.Context, events <-chan error, why error) {
	line := p.once()
	var reading sync.WaitGroup
	defer reading.Wait()
	defer line.Close() // ends the reading
	select {
	case <-events: // its own opening
	default:
	}
	gone := make(chan struct{})
	reading.Go(func() {
		defer close(gone)
		_, _ = fmt.Fprintf(line, "espy: %v\r\n", why) // it may have gone already
		_, _ = io.Copy(io.Discard, line)
	})
	select {
	case <-gone:
	case <-events:
	case <-ctx.Done():
	}
}
