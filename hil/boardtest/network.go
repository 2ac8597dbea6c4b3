package boardtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
)

// networkTests are of sockets. A board without a network has none to pass.
var networkTests = []test{
	{"a client talks to a server, both ways", networked(func(n *network) {
		n.serve(func(c *net.TCPConn) {
			n.hear(c, "ping\n")
			n.say(c, "pong\n")
			n.hear(c, "bye\n")
		})
		require.Equal(n.t, "b'pong\\n'\r\n", n.run("s.write(b'ping\\n')\nprint(s.readline())\ns.write(b'bye\\n')\ns.close()"))
	})},
	{"recv takes what has come, and b'' is the end", networked(func(n *network) {
		n.serve(func(c *net.TCPConn) { n.say(c, "abc"); n.hear(c, "!") })
		require.Equal(n.t, "b'abc' b''\r\n", n.run("x = s.recv(100)\ns.send(b'!')\nprint(x, s.recv(100))\ns.close()"))
	})},
	{"64 KiB go out and come back", networked(func(n *network) {
		n.serve(func(c *net.TCPConn) {
			data := make([]byte, 64<<10)
			_, err := io.ReadFull(c, data)
			n.check(err)
			_, err = c.Write(data)
			n.check(err)
		})
		require.Equal(n.t, "True\r\n", n.run(
			"block = bytes(range(256))\nfor i in range(256): s.write(block)\n"+
				"same = True\nfor i in range(256): same = same and s.read(256) == block\nprint(same and s.read(1) == b'')\ns.close()"))
	})},
	{"the server sees the client's close", networked(func(n *network) {
		n.serve(func(c *net.TCPConn) {
			got, err := io.ReadAll(c)
			n.check(err)
			n.equal("all", string(got))
		})
		n.run("s.write(b'all')\ns.close()")
	})},
	{"after the server's half-close the client can still send", networked(func(n *network) {
		n.serve(func(c *net.TCPConn) {
			n.check(c.CloseWrite())
			n.hear(c, "late")
		})
		require.Equal(n.t, "b''\r\n", n.run("print(s.recv(10))\ns.write(b'late')\ns.close()"))
	})},
	{"a refused connection is ECONNREFUSED", networked(func(n *network) {
		// The port of a listener that has just been closed may be somebody else's by now.
		n.raises("ECONNREFUSED", n.connectTo("1"))
	})},
	{"a receive that times out is ETIMEDOUT or EAGAIN", networked(func(n *network) {
		n.serve(func(c *net.TCPConn) { n.hear(c, "") })
		n.raises("ETIMEDOUT EAGAIN", n.connect()+"s.settimeout(0.05)\ntry:\n  s.recv(1)\nfinally:\n  s.close()")
	})},
	{"a reset by the server is ECONNRESET", networked(func(n *network) {
		n.serve(func(c *net.TCPConn) {
			n.hear(c, "now")
			n.check(c.SetLinger(0)) // the close is an RST
		})
		n.raises("ECONNRESET", n.connect()+"s.write(b'now')\ns.recv(1)")
	})},
	{"a receive that waits is interrupted", networked(func(n *network) {
		n.serve(func(c *net.TCPConn) { _, _ = io.Copy(io.Discard, c) }) // until the board lets go of it
		interruptOn(n.ctx, n.t, n.repl, n.connect()+"print('ready')\ntry:\n  s.recv(1)\nfinally:\n  s.close()")
	})},
	{"an accept that waits is interrupted", networked(func(n *network) {
		interruptOn(n.ctx, n.t, n.repl, "import socket\nl = socket.socket()\nl.bind(socket.getaddrinfo('0.0.0.0', 0)[0][-1])\nl.listen(1)\nprint('ready')\ntry:\n  l.accept()\nfinally:\n  l.close()")
	})},
}

// network is a board, and a listener that it can reach.
type network struct {
	t        *testing.T
	ctx      context.Context
	repl     *repl.REPL
	listener net.Listener
	host     string
	served   chan error
	err      error // what went wrong on the server's side
}

func networked(rule func(*network)) func(*testing.T, board.Board) {
	return func(t *testing.T, b board.Board) {
		reachable, ok := board.As[board.Networked](b)
		if !ok {
			t.Logf("board %s has no network, so there is no rule for it to keep", b.Name())
			return
		}
		ctx := limit(t, patience)
		l, host, err := reachable.Listen(ctx, "boardtest")
		require.NoError(t, err)
		t.Cleanup(func() { _ = l.Close() }) // a test may have closed it
		r, ctx := enter(t, b)
		n := &network{t: t, ctx: ctx, repl: r, listener: l, host: host}
		rule(n)
		if n.served == nil {
			return
		}
		select {
		case err := <-n.served:
			require.NoError(t, err)
		case <-ctx.Done():
			t.Fatal("the server had no connection, or it did not end")
		}
	}
}

// serve has the server treat its one connection so, then close it.
func (n *network) serve(treat func(*net.TCPConn)) {
	n.served = make(chan error, 1)
	go func() {
		c, err := n.listener.Accept()
		if err != nil {
			n.served <- err
			return
		}
		_ = c.SetDeadline(time.Now().Add(patience))
		treat(c.(*net.TCPConn))
		_ = c.Close() // the treatment has had its say
		n.served <- n.err
	}()
}

// connect is Python that connects s to the server.
func (n *network) connect() string {
	_, port, err := net.SplitHostPort(n.listener.Addr().String())
	require.NoError(n.t, err)
	return n.connectTo(port)
}

func (n *network) connectTo(port string) string {
	return fmt.Sprintf("import socket\ns = socket.socket()\ns.connect(socket.getaddrinfo(%q, %s)[0][-1])\n", n.host, port)
}

func (n *network) run(code string) string {
	n.t.Helper()
	return run(n.ctx, n.t, n.repl, n.connect()+code)
}

// raises has the board run code that ends in an OSError of one of these names;
// numbers differ from port to port.
func (n *network) raises(names, code string) {
	n.t.Helper()
	e := raises(n.ctx, n.t, n.repl, code)
	require.Equal(n.t, "OSError", e.Type, e.Traceback)
	require.NotNil(n.t, e.Errno, e.Traceback)
	got := run(n.ctx, n.t, n.repl, fmt.Sprintf("import errno\nprint([n for n in %q.split() if getattr(errno, n, 0) == %d] != [])", names, *e.Errno))
	require.Equal(n.t, "True\r\n", got, "%s, wanted %s", e, names)
}

// hear, say, check and equal are for the server's goroutine, which must not end the test.
func (n *network) hear(c net.Conn, want string) {
	got := make([]byte, max(1, len(want)))
	k, err := io.ReadFull(c, got)
	if want == "" && err == io.EOF {
		return
	}
	n.check(err)
	if !bytes.Equal(got[:k], []byte(want)) {
		n.check(fmt.Errorf("the server got %q, wanted %q", got[:k], want))
	}
}

func (n *network) say(c net.Conn, text string) {
	_, err := c.Write([]byte(text))
	n.check(err)
}

func (n *network) equal(want, got string) {
	if want != got {
		n.check(fmt.Errorf("the server got %q, wanted %q", got, want))
	}
}

func (n *network) check(err error) {
	if err != nil && n.err == nil {
		n.err = err
	}
}
