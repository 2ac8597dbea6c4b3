package publish

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// TCP offers the board on a listener, byte for byte, until ctx ends; the listener is
// closed then, and every line has ended.
func (s *Stand) TCP(ctx context.Context, l net.Listener) error {
	return s.listen(ctx, l, func(c net.Conn) io.ReadWriteCloser { return c })
}

// listen makes a line of every connection.
func (s *Stand) listen(ctx context.Context, l net.Listener, line func(net.Conn) io.ReadWriteCloser) error {
	ctx, cancel := context.WithCancel(ctx)
	var lines sync.WaitGroup
	defer lines.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = l.Close() })() // or Accept would not end
	for {
		c, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = c.Close() // it came too late
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("board %s: accepting clients at %s: %w", s.name, l.Addr(), err)
		case err != nil: // too many files, mostly, which passes
			if sleep(ctx, 100*time.Millisecond) != nil {
				return nil
			}
			continue
		}
		lines.Go(func() { s.serve(ctx, c, line) })
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serve treats one connection, and closes it.
func (s *Stand) serve(ctx context.Context, c net.Conn, line func(net.Conn) io.ReadWriteCloser) {
	guest := netip.Addr{}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		guest = a.AddrPort().Addr().Unmap()
	}
	err := s.join(ctx, guest, line(screen(c)))
	if err != nil {
		turnAway(ctx, c, err)
	}
	_ = c.Close() // nobody is there who could be told
}

// turnAway tells a client why it cannot have the board. What it still sends is read
// for a moment: closing with bytes unread would be a reset, which overtakes the
// sentence.
func turnAway(ctx context.Context, c net.Conn, why error) {
	const moment = 500 * time.Millisecond
	_ = c.SetDeadline(time.Now().Add(moment))
	defer context.AfterFunc(ctx, func() { _ = c.Close() })()
	if _, err := fmt.Fprintf(c, "espy: %v\r\n", why); err != nil {
		return
	}
	if half, ok := c.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_, _ = io.CopyN(io.Discard, c, 64<<10)
	}
}

// screened is a connection that ends if its client is a web browser. Any page may
// have one send a request to a port of this machine, and what stands in the request
// would be run on the board.
type screened struct {
	net.Conn
	from  *bufio.Reader
	known bool
}

func screen(c net.Conn) *screened { return &screened{Conn: c, from: bufio.NewReader(c)} }

var errBrowser = errors.New("the client speaks HTTP, which no client of a UART does")

func (s *screened) Read(p []byte) (int, error) {
	if !s.known {
		if _, err := s.from.Peek(1); err != nil {
			return 0, err
		}
		s.known = true
		if first, _ := s.from.Peek(s.from.Buffered()); isHTTP(first) {
			return 0, errBrowser
		}
	}
	return s.from.Read(p)
}

// isHTTP recognises the beginning of a request that a browser sends for a page.
func isHTTP(p []byte) bool {
	for _, method := range []string{"GET /", "POST /", "PUT /", "HEAD /", "PATCH /", "DELETE /", "OPTIONS /"} {
		if bytes.HasPrefix(p, []byte(method)) {
			return true
		}
	}
	return false
}
