package standalone

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
)

func TestWhateverCameIsOneLineOfTheLog(t *testing.T) {
	t.Parallel()
	start := time.Now()
	for line, want := range map[string]string{
		"GET / HTTP/1.1":                    `level=WARN msg="GET / HTTP/1.1" asked=1.1 answered=nothing status=none took=1.5ms connection=7 received=3 sent=0`,
		"\x16\x03\x01\r\n":                  `level=WARN msg="\x16\x03\x01\r\n" asked=unreadable answered=nothing status=none took=1.5ms connection=7 received=3 sent=0`,
		"GET /" + strings.Repeat("ü", 9000): `level=WARN msg="GET /` + strings.Repeat("ü", 97) + `…" asked=`,
	} {
		var b bytes.Buffer
		l := &log{slog.New(slog.NewTextHandler(&b, nil)), shortened}
		l.exchange(fakeapi.Exchange{Connection: 7, RequestLine: line, Request: []byte("abc"), Start: start, End: start.Add(1500 * time.Microsecond)})
		require.Contains(t, b.String(), want)
		require.Equal(t, 1, strings.Count(b.String(), "\n"))
		require.Less(t, b.Len(), 500)
	}
	var b bytes.Buffer
	l := &log{slog.New(slog.NewTextHandler(&b, nil)), shortened}
	l.failed(fakeapi.Failure{Connection: 3, Err: errors.New("nothing has come")})
	require.Contains(t, b.String(), `level=WARN msg="no request came" connection=3 client="" why="nothing has come"`)
	l.failed(fakeapi.Failure{Err: errors.New("no more files")})
	require.Contains(t, b.String(), `level=ERROR msg="clients wait to be connected" why="no more files"`)
}

func TestAQuietLogHasTheServersOwnTroubleAlone(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	o := (&log{slog.New(slog.NewTextHandler(&b, nil)), shortened}).observer(true)
	o.Exchange(fakeapi.Exchange{Connection: 7, RequestLine: "GET / HTTP/1.1"})
	o.Failed(fakeapi.Failure{Connection: 3, Err: errors.New("nothing has come")})
	require.Empty(t, b.String())
	o.Failed(fakeapi.Failure{Err: errors.New("no more files")})
	require.Contains(t, b.String(), `level=ERROR msg="clients wait to be connected" why="no more files"`)
}

func TestALineForATerminalDoesNothingToIt(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"GET / HTTP/1.1":             "GET / HTTP/1.1",
		`GET /?q="é" HTTP/1.1`:       `GET /?q="é" HTTP/1.1`,
		"GET /\x1b[2J\x1b]0;x\a\r\n": `GET /\x1b[2J\x1b]0;x\a\r\n`,
		"\x9b31m\xff":                `\x9b31m\xff`,
		"":                           "",
	} {
		require.Equal(t, want, printable(line))
	}
}
