package fakeapi_test

import (
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(crowdAddress); address != "" { // this is a helper of a test
		crowd(address)
		return
	}
	goleak.VerifyTestMain(m)
}

// noon is what the tests' clock shows, and the Date field that it makes.
var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

const noonField = "Date: Sun, 01 Mar 2026 12:00:00 GMT\r\n"

// patience is how long a test waits for what must come; it never passes in a test
// that succeeds.
const patience = time.Minute

func start(t testing.TB, p plan.Server, opts ...fakeapi.Option) (*fakeapi.Server, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	opts = append([]fakeapi.Option{fakeapi.WithClock(func() time.Time { return noon })}, opts...)
	s := fakeapi.Start(l, "main", p, opts...)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s, l.Addr().String()
}

// wire is a client made of nothing but a connection.
type wire struct {
	t testing.TB
	*net.TCPConn
}

func dial(t testing.TB, address string) wire {
	t.Helper()
	c, err := net.Dial("tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(patience)))
	return wire{t, c.(*net.TCPConn)}
}

func (w wire) send(text string) wire {
	w.t.Helper()
	_, err := io.WriteString(w, text)
	require.NoError(w.t, err)
	return w
}

// all reads until the server closes its side.
func (w wire) all() string {
	w.t.Helper()
	b, err := io.ReadAll(w)
	require.NoError(w.t, err)
	return string(b)
}

// next reads as many bytes as want has, and no more.
func (w wire) next(want string) wire {
	w.t.Helper()
	b := make([]byte, len(want))
	n, err := io.ReadFull(w, b)
	require.NoError(w.t, err, "got %q", b[:n])
	require.Equal(w.t, want, string(b))
	return w
}

// exchange sends one request over its own connection, and returns all that comes.
func exchange(t testing.TB, address, request string) string {
	t.Helper()
	w := dial(t, address).send(request)
	defer w.Close()
	return w.all()
}

func settled(t testing.TB, s *fakeapi.Server) []fakeapi.Exchange {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s.Settle(ctx)
	return s.Wire()
}

// lines are the request lines of a wire.
func lines(wire []fakeapi.Exchange) []string {
	all := []string{}
	for _, e := range wire {
		all = append(all, e.RequestLine)
	}
	return all
}

// crlf makes a message of lines: each is ended with CR LF.
func crlf(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

// text is a plan's reason phrase.
func text(s string) *string { return &s }
