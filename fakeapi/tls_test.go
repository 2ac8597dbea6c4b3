package fakeapi_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/certs"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// startTLS starts a server that speaks TLS, and gives the configuration of a client
// that trusts its CA.
func startTLS(t testing.TB, p plan.Server, keys io.Writer, opts ...fakeapi.Option) (*fakeapi.Server, string, *tls.Config) {
	t.Helper()
	authority, err := certs.New(time.Now())
	require.NoError(t, err)
	if p.TLS == nil {
		p.TLS = &plan.TLS{}
	}
	config, err := authority.Config(*p.TLS, keys, "127.0.0.1")
	require.NoError(t, err)
	s, address := start(t, p, append(opts, fakeapi.WithTLS(config))...)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.PEM())
	return s, address, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS10}
}

func dialTLS(t testing.TB, address string, c *tls.Config) (*tls.Conn, error) {
	t.Helper()
	secure := tls.Client(dial(t, address), c)
	err := secure.Handshake()
	return secure, err
}

const getOne = "GET /albums/1 HTTP/1.1\r\nHost: a\r\n\r\n"

func TestAnExchangeOverTLSIsSeenInPlain(t *testing.T) {
	t.Parallel()
	s, address, config := startTLS(t, plan.Server{}, nil)
	c, err := dialTLS(t, address, config)
	require.NoError(t, err)
	for n := 1; n <= 3; n++ {
		_, err = io.WriteString(c, getOne[:20])
		require.NoError(t, err)
		_, err = io.WriteString(c, getOne[20:])
		require.NoError(t, err)
		got := make([]byte, 512)
		size, err := c.Read(got)
		require.NoError(t, err)
		require.Contains(t, string(got[:size]), "HTTP/1.1 200 OK")
		wire := settled(t, s)
		require.Len(t, wire, n)
		require.Equal(t, getOne, string(wire[n-1].Request))
		require.Equal(t, string(got[:size]), string(wire[n-1].Reply))
	}
	require.Equal(t, 1, s.OpenConnections())
	require.NoError(t, c.Close())
	settled(t, s)
	require.Zero(t, s.OpenConnections())
}

func TestTheEndOfAReplyIsSaidInTLSToo(t *testing.T) {
	t.Parallel()
	_, address, config := startTLS(t, plan.Server{}, nil)
	c, err := dialTLS(t, address, config)
	require.NoError(t, err)
	_, err = io.WriteString(c, "GET /albums/1 HTTP/1.0\r\n\r\n")
	require.NoError(t, err)
	_, err = io.ReadAll(c)
	require.NoError(t, err, "and not unexpected EOF, which a missing close_notify would be")
}

func TestAClientThatVerifiesSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for cert, says := range map[string]string{
		"valid": "", "expired": "expired", "not-yet-valid": "not yet valid", "wrong-host": "cannot validate certificate for 127.0.0.1",
		"self-signed": "unknown authority", "unknown-ca": "unknown authority",
	} {
		t.Run(cert, func(t *testing.T) {
			t.Parallel()
			failures := make(chan fakeapi.Failure, 1)
			s, address, config := startTLS(t, plan.Server{TLS: &plan.TLS{Cert: cert}}, nil, fakeapi.WithObserver(fakeapi.Observer{
				Failed: func(f fakeapi.Failure) { failures <- f },
			}))
			config.MaxVersion = tls.VersionTLS12 // in 1.3 the client has done its part before the server hears of it
			c, err := dialTLS(t, address, config)
			if says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, says)
			require.NoError(t, c.NetConn().Close())
			f := <-failures
			require.Equal(t, 1, f.Connection)
			require.ErrorContains(t, f.Err, "bad certificate")
			require.Empty(t, settled(t, s))
			require.Zero(t, s.OpenConnections())
		})
	}
}

func TestTheVersionsOfTLSAreHeldTo(t *testing.T) {
	t.Parallel()
	ask := func(lowest, highest string, client uint16) (uint16, error) {
		_, address, config := startTLS(t, plan.Server{TLS: &plan.TLS{MinVersion: lowest, MaxVersion: highest}}, nil)
		config.MaxVersion = client
		c, err := dialTLS(t, address, config)
		return c.ConnectionState().Version, err
	}
	for _, c := range []struct {
		lowest, highest string
		client, want    uint16
	}{
		{"", "", tls.VersionTLS13, tls.VersionTLS13},
		{"", "1.2", tls.VersionTLS13, tls.VersionTLS12},
		{"", "1.1", tls.VersionTLS13, tls.VersionTLS11},
		{"1.0", "", tls.VersionTLS10, tls.VersionTLS10},
		{"1.0", "1.0", tls.VersionTLS13, tls.VersionTLS10},
		{"1.3", "1.3", tls.VersionTLS13, tls.VersionTLS13},
		{"1.3", "", tls.VersionTLS12, 0},
		{"", "", tls.VersionTLS11, 0},
	} {
		got, err := ask(c.lowest, c.highest, c.client)
		if c.want == 0 {
			require.ErrorContains(t, err, "protocol version not supported")
			continue
		}
		require.NoError(t, err)
		require.Equal(t, tls.VersionName(c.want), tls.VersionName(got))
	}
}

func TestCloseInHandshakeSaysNothing(t *testing.T) {
	t.Parallel()
	s, address, config := startTLS(t, plan.Server{TLS: &plan.TLS{CloseInHandshake: true}}, nil)
	_, err := dialTLS(t, address, config)
	require.ErrorIs(t, err, io.EOF)
	require.Empty(t, settled(t, s))
}

func TestAHandshakeThatDoesNotEndIsGivenUp(t *testing.T) {
	t.Parallel()
	for _, begun := range []string{"", "\x16\x03\x01\x02\x00\x01"} {
		failures := make(chan fakeapi.Failure, 1)
		s, address, _ := startTLS(t, plan.Server{}, nil, fakeapi.WithLimits(fakeapi.Limits{Read: 20 * time.Millisecond}),
			fakeapi.WithObserver(fakeapi.Observer{Failed: func(f fakeapi.Failure) { failures <- f }}))
		w := dial(t, address).send(begun)
		require.EqualError(t, (<-failures).Err, "the handshake was not complete after 20ms")
		require.Empty(t, w.all(), "and the connection is closed")
		require.NoError(t, w.Close())
		require.Empty(t, settled(t, s))
	}
}

func TestAHandshakeInWhichTheServerStopsIsNotTheClients(t *testing.T) {
	t.Parallel()
	failures := make(chan fakeapi.Failure, 1)
	s, address, _ := startTLS(t, plan.Server{}, nil,
		fakeapi.WithObserver(fakeapi.Observer{Failed: func(f fakeapi.Failure) { failures <- f }}))
	dial(t, address)
	settled(t, s)
	require.NoError(t, s.Close())
	require.EqualError(t, (<-failures).Err, "the server has stopped in the middle of the handshake")
}

func TestPlainHTTPWhereTLSIsSpokenIsToldSo(t *testing.T) {
	t.Parallel()
	s, address, _ := startTLS(t, plan.Server{}, nil)
	reply := exchange(t, address, getOne)
	require.Contains(t, reply, "HTTP/1.0 400 Bad Request\r\n")
	require.Contains(t, reply, "https://")
	require.Empty(t, settled(t, s))
}

func TestFaultsHoldOverTLS(t *testing.T) {
	t.Parallel()
	_, address, config := startTLS(t, plan.Server{Faults: []plan.Fault{{Name: "truncate_after", Amount: 17}}}, nil)
	c, err := dialTLS(t, address, config)
	require.NoError(t, err)
	_, err = io.WriteString(c, getOne)
	require.NoError(t, err)
	got, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 200 OK\r\n", string(got))

	_, address, config = startTLS(t, plan.Server{Faults: []plan.Fault{{Name: "reset_after", Amount: 17}}}, nil)
	c, err = dialTLS(t, address, config)
	require.NoError(t, err)
	_, err = io.WriteString(c, getOne)
	require.NoError(t, err)
	_, err = io.ReadAll(c)
	require.ErrorIs(t, err, syscall.ECONNRESET)
}

// A silence of the server's is a read that ends in a deadline, below TLS.
func TestAConnectionOutlivesTheSilencesOfItsReplies(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		s, address, config := startTLS(t, plan.Server{Faults: []plan.Fault{{Name: "latency", Amount: int64(5 * time.Millisecond)}, {Name: "slice", Amount: 20}}}, nil)
		config.MaxVersion = version
		c, err := dialTLS(t, address, config)
		require.NoError(t, err)
		replies := bufio.NewReader(c)
		for n := 1; n <= 3; n++ {
			_, err = io.WriteString(c, getOne)
			require.NoError(t, err)
			r, err := http.ReadResponse(replies, nil)
			require.NoError(t, err)
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			require.Contains(t, string(body), `"id":1`)
			require.Len(t, settled(t, s), n)
		}
	}
}

func TestTheKeysOfASessionAreLogged(t *testing.T) {
	t.Parallel()
	var keys lockedBuffer
	_, address, config := startTLS(t, plan.Server{}, &keys)
	client := grown(t)
	client.Transport.(*http.Transport).TLSClientConfig = config
	response, err := client.Get("https://" + address + "/albums/1")
	require.NoError(t, err)
	response.Body.Close()
	for _, label := range []string{"CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "SERVER_TRAFFIC_SECRET_0 "} {
		require.Contains(t, keys.String(), label)
	}
}

// lockedBuffer is a bytes.Buffer for several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
