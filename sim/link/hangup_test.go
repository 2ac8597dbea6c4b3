//go:build unix

package link

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pair is a connection: the board's end, as a socket, and its peer's.
func pair(t *testing.T) (*Socket, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	own, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	peer, err := l.Accept()
	require.NoError(t, err)
	t.Cleanup(func() { _ = peer.Close() })
	require.NoError(t, peer.SetDeadline(time.Now().Add(time.Minute)))
	return &Socket{network: &Network{}, conn: plain{own.(*net.TCPConn)}}, peer
}

// A process that is being started has every open file until its program begins.
func TestAPeerSeesAConnectionClosedThatAnotherProcessStillHas(t *testing.T) {
	t.Parallel()
	s, peer := pair(t)
	raw, err := s.conn.(plain).SyscallConn()
	require.NoError(t, err)
	held := -1
	require.NoError(t, raw.Control(func(fd uintptr) { held, err = syscall.Dup(int(fd)) }))
	require.NoError(t, err)
	defer func() { require.NoError(t, syscall.Close(held)) }()

	s.Close()
	_, err = peer.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}

func TestWhatWasNotReadMakesOfTheCloseAReset(t *testing.T) {
	t.Parallel()
	s, peer := pair(t)
	_, err := peer.Write([]byte("unread"))
	require.NoError(t, err)
	require.Eventually(t, func() bool { return unread(s.conn.(plain).TCPConn) }, time.Minute, time.Millisecond)
	s.Close()
	_, err = peer.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
}
