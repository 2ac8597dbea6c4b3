package fakeapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

const (
	crowdSize    = 10_000
	crowdAddress = "FAKEAPI_TEST_CROWD" // has this test's program be the crowd, which asks there
)

// crowd opens its connections, asks over each once all are open, says how many got
// their answer, and lets go of them when it is told to. It is a process of its own,
// since a process has not file descriptors enough for both ends.
func crowd(address string) {
	conns := make([]net.Conn, crowdSize)
	each := func(do func(i int) error) (done int) {
		var all sync.WaitGroup
		var mu sync.Mutex
		turns := make(chan struct{}, 100) // at a time
		for i := range conns {
			turns <- struct{}{}
			all.Go(func() {
				defer func() { <-turns }()
				err := do(i)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					done++
				} else if i == 0 {
					fmt.Fprintln(os.Stderr, err)
				}
			})
		}
		all.Wait()
		return done
	}
	fmt.Println(each(func(i int) (err error) {
		c, err := net.DialTimeout("tcp", address, patience)
		if err != nil {
			return err
		}
		conns[i] = c
		return c.(*net.TCPConn).SetLinger(0) // a reset leaves no port waiting, of which the tests beside this one need some
	}))
	fmt.Println(each(func(i int) error {
		if conns[i] == nil {
			return net.ErrClosed
		}
		conns[i].SetDeadline(time.Now().Add(patience))
		if _, err := io.WriteString(conns[i], "GET /albums/1 HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
			return err
		}
		status, err := bufio.NewReader(conns[i]).ReadString('\n')
		if err == nil && status != "HTTP/1.1 200 OK\r\n" {
			err = fmt.Errorf("%q", status)
		}
		return err
	}))
	io.Copy(io.Discard, os.Stdin)
}

// It runs alone, so that it can count what the process holds.
func TestTenThousandConnectionsAtOnceAreAnsweredAndLeaveNothing(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	first, err := net.Listen("tcp", "127.0.0.1:0") // what the first of a process opens stays open
	require.NoError(t, err)
	require.NoError(t, first.Close())
	before := openFiles(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := fakeapi.Start(l, "main", plan.Server{})
	defer s.Close()

	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), crowdAddress+"="+l.Addr().String())
	cmd.Stderr = os.Stderr
	stop, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said := bufio.NewReader(out)
	for _, what := range []string{"connected", "answered"} {
		n, err := said.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(crowdSize), strings.TrimSpace(n), "%s; this needs as many file descriptors: see ulimit -n", what)
	}
	require.Equal(t, crowdSize, s.OpenConnections())
	require.Len(t, s.Wire(), crowdSize)

	require.NoError(t, stop.Close())
	require.NoError(t, cmd.Wait())
	settled(t, s)
	require.Zero(t, s.OpenConnections())
	require.NoError(t, s.Close())
	goleak.VerifyNone(t, ignore)
	require.Equal(t, before, openFiles(t), "file descriptors")
}
