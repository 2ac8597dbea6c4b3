//go:build unix

package hostclient

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A process that is being started has every open file until its program begins.
func TestAServerSeesAConnectionClosedThatAnotherProcessStillHas(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	var all connections
	own, err := all.dial(t.Context(), "tcp", l.Addr().String())
	require.NoError(t, err)
	peer, err := l.Accept()
	require.NoError(t, err)
	defer peer.Close()
	raw, err := own.(*connection).SyscallConn()
	require.NoError(t, err)
	held := -1
	require.NoError(t, raw.Control(func(fd uintptr) { held, err = syscall.Dup(int(fd)) }))
	require.NoError(t, err)
	defer func() { require.NoError(t, syscall.Close(held)) }()

	require.NoError(t, own.Close())
	all.awaitClosed(t.Context())
	require.NoError(t, peer.SetDeadline(time.Now().Add(time.Minute)))
	_, err = peer.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}
