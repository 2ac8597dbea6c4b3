package fakeapi_test

import (
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// exhausted is a listener that has no file descriptors a few times.
type exhausted struct {
	net.Listener
	left atomic.Int32
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.left.Add(-1) >= 0 {
		return nil, syscall.EMFILE
	}
	return l.Listener.Accept()
}

func TestThatNoConnectionCanBeTakenInIsToldOnce(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	short := &exhausted{Listener: l}
	short.left.Store(3)
	told := make(chan fakeapi.Failure, 3)
	s := fakeapi.Start(short, "main", plan.Server{}, fakeapi.WithObserver(fakeapi.Observer{
		Exchange: func(fakeapi.Exchange) { close(told) },
		Failed:   func(f fakeapi.Failure) { told <- f },
	}))
	defer s.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Write([]byte("GET /albums/1 HTTP/1.1\r\nHost: a\r\n\r\n"))
	require.NoError(t, err)

	var all []fakeapi.Failure
	late := time.After(time.Minute)
	for open := true; open; {
		var f fakeapi.Failure
		select {
		case f, open = <-told:
			all = append(all, f)
		case <-late:
			t.Fatal("it is not answered")
		}
	}
	require.Equal(t, []fakeapi.Failure{{Err: syscall.EMFILE}, {}}, all, "the second is the answer")
	require.ErrorIs(t, s.Trouble(), syscall.EMFILE)
}
