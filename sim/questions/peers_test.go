//go:build peers

package questions_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
)

// A peer is what a question's connection meets: a port of its own for every kind.
type peer func(ctx context.Context, c *net.TCPConn)

// peers by the names that questions use.
var peers = map[string]peer{
	// ECHO sends back what it gets.
	"ECHO": func(_ context.Context, c *net.TCPConn) { _, _ = io.Copy(c, c) },
	// SILENT takes everything and says nothing.
	"SILENT": func(_ context.Context, c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) },
	// CLOSING ends the connection at once, in good order.
	"CLOSING": func(context.Context, *net.TCPConn) {},
	// RESETTING breaks the connection off once it has got a byte.
	"RESETTING": func(_ context.Context, c *net.TCPConn) {
		_, _ = c.Read(make([]byte, 1))
		_ = c.SetLinger(0)
	},
	// LINES says something in lines and ends.
	"LINES": func(_ context.Context, c *net.TCPConn) { _, _ = c.Write([]byte("one\r\ntwo\n\nlast")) },
	// TENBYTES says ten bytes and stays.
	"TENBYTES": func(_ context.Context, c *net.TCPConn) {
		_, _ = c.Write([]byte("0123456789"))
		_, _ = io.Copy(io.Discard, c)
	},
	// SLOW says one thing, waits 150 ms, says another, and ends.
	"SLOW": func(_ context.Context, c *net.TCPConn) {
		_, _ = c.Write([]byte("first"))
		time.Sleep(150 * time.Millisecond)
		_, _ = c.Write([]byte("second"))
	},
	// COUNTING takes everything to the end and then says how much it was.
	"COUNTING": func(_ context.Context, c *net.TCPConn) {
		n, _ := io.Copy(io.Discard, c)
		fmt.Fprint(c, n)
	},
	// DEAF takes nothing as long as the board lives.
	"DEAF": func(ctx context.Context, c *net.TCPConn) {
		_ = c.SetReadBuffer(4096)
		<-ctx.Done()
	},
	// CALLER is told "HOST:PORT\n" and connects there, says "called", and listens on.
	"CALLER": func(_ context.Context, c *net.TCPConn) {
		address := make([]byte, 64)
		n, _ := c.Read(address)
		back, err := net.Dial("tcp", strings.TrimSpace(string(address[:n])))
		if err != nil {
			fmt.Fprint(c, "no")
			return
		}
		defer back.Close()
		fmt.Fprint(c, "yes")
		fmt.Fprint(back, "called")
		_, _ = io.Copy(io.Discard, back)
	},
}

// listen starts the peers for a board and gives the Python that names them.
func listen(t *testing.T, b board.Networked) string {
	t.Helper()
	var globals strings.Builder
	var running sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); running.Wait() })
	for name, p := range peers {
		l, host, err := b.Listen(t.Context(), name)
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() })
		running.Go(func() { serve(ctx, l, p, &running) })
		fmt.Fprintf(&globals, "HOST = %q\n%s = %d\n", host, name, l.Addr().(*net.TCPAddr).Port)
	}
	return globals.String()
}

func serve(ctx context.Context, l net.Listener, p peer, running *sync.WaitGroup) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		running.Go(func() {
			defer c.Close()
			p(ctx, c.(*net.TCPConn))
		})
	}
}
