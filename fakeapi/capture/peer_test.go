//go:build peers

package capture_test

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/fakeapi/certs"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// tshark reads a capture and gives what it prints, one line for each packet.
func tshark(t *testing.T, file string, args ...string) []string {
	t.Helper()
	// Debian's tshark as root would complain about Lua; a home of its own keeps other
	// people's preferences out.
	cmd := exec.CommandContext(t.Context(), "tshark", append([]string{"-n", "-r", file}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &stderr)
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
}

// A recording is a server with a capture in a file.
type recording struct {
	t       *testing.T
	file    string // the capture
	keys    string // the key log of TLS sessions
	address string
	client  *http.Client
	stop    func()
}

// record starts a server for p whose capture goes to a file.
func record(t *testing.T, network string, p plan.Server) *recording {
	t.Helper()
	dir := t.TempDir()
	r := &recording{t: t, file: filepath.Join(dir, "out.pcapng"), keys: filepath.Join(dir, "keys.txt")}
	f, err := os.Create(r.file)
	require.NoError(t, err)
	sink, err := capture.NewPcapng(f)
	require.NoError(t, err)
	host := map[string]string{"tcp4": "127.0.0.1", "tcp6": "::1"}[network]
	l, err := net.Listen(network, net.JoinHostPort(host, "0"))
	require.NoError(t, err)
	options := []fakeapi.Option{fakeapi.WithCapture(sink)}
	transport := &http.Transport{}
	if p.TLS != nil {
		authority, err := certs.New(time.Now())
		require.NoError(t, err)
		keys, err := os.Create(r.keys)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, keys.Close()) })
		config, err := authority.Config(*p.TLS, keys, host)
		require.NoError(t, err)
		options = append(options, fakeapi.WithTLS(config))
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(authority.PEM())
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	s := fakeapi.Start(l, "main", p, options...)
	r.address, r.client = l.Addr().String(), &http.Client{Transport: transport, Timeout: time.Minute}
	r.stop = func() {
		transport.CloseIdleConnections()
		s.Settle(t.Context())
		require.NoError(t, s.Close())
		require.NoError(t, sink.Err())
		require.NoError(t, f.Close())
	}
	return r
}

func (r *recording) get(url string) string {
	r.t.Helper()
	response, err := r.client.Get(url)
	require.NoError(r.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(r.t, err)
	return string(body)
}

// flawless says that tshark finds nothing wrong with any packet: expert items of
// the level of a warning or an error, such as malformed packets, lost segments and
// wrong checksums.
func flawless(t *testing.T, file string) {
	t.Helper()
	checked := []string{"-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"}
	require.NotEmpty(t, tshark(t, file, checked...))
	bad := tshark(t, file, append(checked, "-Y",
		"_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0 || _ws.expert.severity >= 6291456 && !(tcp.flags.reset == 1)", // a reset is a warning by itself
		"-T", "fields", "-e", "frame.number", "-e", "_ws.col.Info", "-e", "_ws.expert.message")...)
	require.Empty(t, bad)
}

// dissected is the HTTP that tshark finds, stream by stream: its number, then a
// request line or an answer.
func dissected(t *testing.T, file string, args ...string) []string {
	t.Helper()
	lines := tshark(t, file, append(args, "-Y", "http", "-T", "fields", "-E", "occurrence=f", "-e", "tcp.stream",
		"-e", "http.request.method", "-e", "http.request.uri", "-e", "http.request.version",
		"-e", "http.response.version", "-e", "http.response.code", "-e", "http.content_type")...)
	for i := range lines {
		lines[i] = strings.Join(strings.Fields(lines[i]), " ")
	}
	slices.SortStableFunc(lines, func(a, b string) int { return cmp.Compare(a[0], b[0]) })
	return lines
}

// flags are the TCP flags of every packet of a stream that has other ones than ACK
// and PSH, with the side that sent it.
func flags(t *testing.T, r *recording, stream string) []string {
	t.Helper()
	_, port, err := net.SplitHostPort(r.address)
	require.NoError(t, err)
	var all []string
	for _, line := range tshark(t, r.file, "-Y", "tcp.stream=="+stream, "-T", "fields",
		"-e", "tcp.srcport", "-e", "tcp.flags.syn", "-e", "tcp.flags.fin", "-e", "tcp.flags.reset", "-e", "tcp.len") {
		words := strings.Fields(line)
		says := map[string]string{"1 0 0": "SYN", "0 1 0": "FIN", "0 0 1": "RST"}[strings.Join(words[1:4], " ")]
		if says == "" && words[4] != "0" {
			says = words[4]
		}
		side := "client"
		if words[0] == port {
			side = "server"
		}
		if says != "" {
			all = append(all, side+" "+says)
		}
	}
	return all
}

// say dials, sends text, and gives the connection.
func (r *recording) say(text string) *net.TCPConn {
	r.t.Helper()
	c, err := net.Dial("tcp", r.address)
	require.NoError(r.t, err)
	_, err = io.WriteString(c, text)
	require.NoError(r.t, err)
	require.NoError(r.t, c.SetReadDeadline(time.Now().Add(time.Minute)))
	return c.(*net.TCPConn)
}

func TestPeerTsharkFollowsTheStreamsAndReadsTheHTTP(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"tcp4", "tcp6"} {
		t.Run(network, func(t *testing.T) {
			t.Parallel()
			r := record(t, network, plan.Server{})
			album := r.get("http://" + r.address + "/albums/1")
			r.get("http://" + r.address + "/photos") // larger than a segment
			c, err := net.Dial("tcp", r.address)
			require.NoError(t, err)
			_, err = io.WriteString(c, "GET /none HTTP/1.0\r\n\r\n")
			require.NoError(t, err)
			_, err = io.Copy(io.Discard, c)
			require.NoError(t, err)
			require.NoError(t, c.Close())
			r.stop()

			flawless(t, r.file)
			require.Equal(t, []string{
				"0 GET /albums/1 HTTP/1.1", "0 HTTP/1.1 200 application/json; charset=utf-8",
				"0 GET /photos HTTP/1.1", "0 HTTP/1.1 200 application/json; charset=utf-8",
				"1 GET /none HTTP/1.0", "1 HTTP/1.1 404 application/json; charset=utf-8",
			}, dissected(t, r.file))
			followed := strings.Join(tshark(t, r.file, "-q", "-z", "follow,tcp,ascii,0"), "\n")
			require.Contains(t, followed, "GET /albums/1 HTTP/1.1")
			require.Contains(t, followed, album)
			require.NotContains(t, followed, "/none", "which is another stream")
		})
	}
}

func TestPeerTsharkSeesHowConnectionsEnd(t *testing.T) {
	t.Parallel()
	reply := plan.Reply{Parts: []plan.Part{{Bytes: []byte("HTTP/1.1 200 OK\r\n\r\n")}}}
	cut, hang := reply, reply
	cut.Close, hang.Close = plan.CloseReset, plan.CloseHang
	r := record(t, "tcp4", plan.Server{Raw: []plan.Reply{reply, cut, hang, hang, reply}})
	const request = "GET / HTTP/1.1\r\n\r\n"

	c := r.say(request) // the server closes first
	_, err := io.ReadAll(c)
	require.NoError(t, err)
	require.NoError(t, c.Close())
	c = r.say(request) // the server resets
	_, err = io.ReadAll(c)
	require.ErrorIs(t, err, syscall.ECONNRESET)
	require.NoError(t, c.Close())
	c = r.say(request) // the client closes first
	_, err = io.ReadFull(c, make([]byte, 19))
	require.NoError(t, err)
	require.NoError(t, c.CloseWrite())
	d := r.say(request) // the client resets
	_, err = io.ReadFull(d, make([]byte, 19))
	require.NoError(t, err)
	require.NoError(t, d.SetLinger(0))
	require.NoError(t, d.Close())
	e := r.say("GET / HTT") // half a request, and then the client has closed
	require.NoError(t, e.Close())
	r.stop() // the third is closed by the server now
	require.NoError(t, c.Close())

	flawless(t, r.file)
	for stream, want := range [][]string{
		{"client SYN", "server SYN", "client 18", "server 19", "server FIN", "client FIN"},
		{"client SYN", "server SYN", "client 18", "server 19", "server RST"},
		{"client SYN", "server SYN", "client 18", "server 19", "client FIN", "server FIN"},
		{"client SYN", "server SYN", "client 18", "server 19", "client RST"},
		{"client SYN", "server SYN", "client 9", "client FIN", "server FIN"},
	} {
		require.Equal(t, want, flags(t, r, strconv.Itoa(stream)), "stream %d", stream)
	}
}

func TestPeerTsharkDecryptsTLS(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.2", "1.3"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			r := record(t, "tcp4", plan.Server{TLS: &plan.TLS{MinVersion: version, MaxVersion: version}})
			album := r.get("https://" + r.address + "/albums/1")
			r.get("https://" + r.address + "/photos")
			r.stop()
			flawless(t, r.file)
			require.Equal(t, []string{
				"0 GET /albums/1 HTTP/1.1", "0 HTTP/1.1 200 application/json; charset=utf-8",
				"0 GET /photos HTTP/1.1", "0 HTTP/1.1 200 application/json; charset=utf-8",
			}, dissected(t, r.file))
			followed := strings.Join(tshark(t, r.file, "-q", "-z", "follow,tls,ascii,0"), "\n")
			require.Contains(t, followed, album)

			// The key log is as good as the keys in the file, and nothing else will do.
			locked := filepath.Join(t.TempDir(), "locked.pcapng")
			out, err := exec.CommandContext(t.Context(), "editcap", "--discard-all-secrets", r.file, locked).CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Empty(t, dissected(t, locked))
			require.Equal(t, dissected(t, r.file), dissected(t, locked, "-o", "tls.keylog_file:"+r.keys))
		})
	}
}

func TestPeerTsharkReadsAHandshakeThatFailed(t *testing.T) {
	t.Parallel()
	r := record(t, "tcp4", plan.Server{TLS: &plan.TLS{Cert: "expired"}})
	_, err := r.client.Get("https://" + r.address + "/albums/1")
	require.ErrorContains(t, err, "expired")
	r.stop()
	flawless(t, r.file)
	require.NotEmpty(t, tshark(t, r.file, "-Y", "tls.handshake.type == 1"), "the client's hello")
}

func TestPeerTsharkReadsACaptureThatIsNotClosed(t *testing.T) {
	t.Parallel()
	r := record(t, "tcp4", plan.Server{})
	r.get("http://" + r.address + "/albums/1")
	flawless(t, r.file)
	require.Len(t, dissected(t, r.file), 2)
	r.stop()
}

func TestPeerTsharkReadsWhatIsRememberedOfAConnection(t *testing.T) {
	t.Parallel()
	const room = 8 << 10
	recent := capture.NewRecent(room)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := fakeapi.Start(l, "main", plan.Server{}, fakeapi.WithCapture(recent))
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	for range 100 {
		response, err := client.Get("http://" + l.Addr().String() + "/albums/1")
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(t, err)
		response.Body.Close()
	}
	client.CloseIdleConnections()
	s.Settle(t.Context())
	require.NoError(t, s.Close())

	var b bytes.Buffer
	sink, err := capture.NewPcapng(&b)
	require.NoError(t, err)
	recent.Replay(sink)
	require.NoError(t, sink.Err())
	file := filepath.Join(t.TempDir(), "recent.pcapng")
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
	require.Less(t, b.Len(), 3*room, "a packet has headers, and an acknowledgement, beside its bytes")
	flawless(t, file)
	require.NotEmpty(t, dissected(t, file))
}
