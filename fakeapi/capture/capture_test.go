package capture_test

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/capture"
)

var noon = time.Date(2026, time.March, 1, 12, 0, 0, 123_456_789, time.UTC)

var plain = &capture.Conn{
	Server: "main", Number: 3,
	Client: netip.MustParseAddrPort("127.0.0.1:50312"), Listen: netip.MustParseAddrPort("127.0.0.1:8080"),
}

func event(c *capture.Conn, kind capture.Kind, text string) capture.Event {
	return capture.Event{Time: noon, Conn: c, Kind: kind, Bytes: []byte(text)}
}

func TestTheTextShowsEveryByte(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	text := capture.NewText(&b)
	for _, e := range []capture.Event{
		event(plain, capture.Opened, ""),
		event(plain, capture.Received, "GET / HTTP/1.1\r\nHost: \"a\"\r\n\r\n"),
		event(plain, capture.Sent, "HTTP/1.1 200 OK\n\x00\xff\té"),
		event(plain, capture.ServerFIN, ""),
		event(plain, capture.ClientReset, ""),
		event(plain, capture.Closed, ""),
	} {
		text.Record(e)
	}
	require.NoError(t, text.Err())
	require.Empty(t, cmp.Diff(strings.Join([]string{
		`12:00:00.123456 main 3 ← opened by 127.0.0.1:50312`,
		`12:00:00.123456 main 3 ← 29 bytes`,
		`    GET / HTTP/1.1\r\n`,
		`    Host: "a"\r\n`,
		`    \r\n`,
		`12:00:00.123456 main 3 → 21 bytes`,
		`    HTTP/1.1 200 OK\n`,
		`    \x00\xff\té`,
		`12:00:00.123456 main 3 → FIN`,
		`12:00:00.123456 main 3 ← RST`,
		"",
	}, "\n"), b.String()))
}

func TestTheTextOfTLSIsWhatItsRecordsHold(t *testing.T) {
	t.Parallel()
	secure := *plain
	secure.TLS = true
	var b bytes.Buffer
	text := capture.NewText(&b)
	for _, e := range []capture.Event{
		event(&secure, capture.Received, "\x16\x03\x01"),
		{Time: noon, Kind: capture.Secret, Bytes: []byte("CLIENT_RANDOM 00 11\n")},
		event(&secure, capture.Secured, "TLS 1.3"),
		event(&secure, capture.Deciphered, "GET /\r\n"),
		event(&secure, capture.Enciphered, "200\r\n"),
		event(&secure, capture.Failed, "tls: why not"),
	} {
		text.Record(e)
	}
	require.Empty(t, cmp.Diff(strings.Join([]string{
		`12:00:00.123456 main 3 ← 3 bytes of TLS`,
		`12:00:00.123456 main 3 ⇔ TLS 1.3`,
		`12:00:00.123456 main 3 ⇐ 7 bytes inside TLS`,
		`    GET /\r\n`,
		`12:00:00.123456 main 3 ⇒ 5 bytes inside TLS`,
		`    200\r\n`,
		`12:00:00.123456 main 3 × tls: why not`,
		"",
	}, "\n"), b.String()))
}

// full is a disk on which so many writes find room.
type full struct{ room int }

var errFull = errors.New("no space left on device")

func (f *full) Write(p []byte) (int, error) {
	if f.room--; f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFullDiskIsRemembered(t *testing.T) {
	t.Parallel()
	_, err := capture.NewPcapng(&full{0})
	require.ErrorIs(t, err, errFull)
	p, err := capture.NewPcapng(&full{1})
	require.NoError(t, err)
	p.Record(event(plain, capture.Opened, ""))
	p.Record(event(plain, capture.Sent, "x"))
	require.ErrorIs(t, p.Err(), errFull)
	require.EqualError(t, p.Err(), "writing the capture: no space left on device")

	text := capture.NewText(&full{0})
	text.Record(event(plain, capture.Sent, "x"))
	require.ErrorIs(t, text.Err(), errFull)
}

// counted is a sink that counts.
type counted struct {
	mu     sync.Mutex
	events int
	bytes  int
}

func (c *counted) Record(e capture.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events++
	c.bytes += len(e.Bytes)
}

func TestWhatIsRememberedIsBoundedAndTheLatest(t *testing.T) {
	t.Parallel()
	const most = 10_000
	recent := capture.NewRecent(most)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				recent.Record(event(plain, capture.Sent, strings.Repeat("x", 100)))
				recent.Replay(&counted{})
			}
		})
	}
	wg.Wait()
	recent.Record(event(plain, capture.Sent, "last"))
	var all counted
	var b bytes.Buffer
	recent.Replay(capture.Tee{&all, capture.NewText(&b)})
	require.LessOrEqual(t, all.bytes, most)
	require.Greater(t, all.bytes, most/4)
	require.True(t, strings.HasSuffix(b.String(), "\n    last\n"))

	recent.Record(event(plain, capture.Sent, strings.Repeat("x", 2*most)))
	var none counted
	recent.Replay(&none)
	require.Zero(t, none.events, "what is larger than all is not remembered")
}
