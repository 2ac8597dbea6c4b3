package redact_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/hil/redact"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/hil/result"
)

// encodings are what a secret may go through on its way into a file.
var encodings = map[string]func(string) string{
	"raw":        func(s string) string { return s },
	"Go":         strconv.Quote,
	"Go, ASCII":  strconv.QuoteToASCII,
	"Go, twice":  func(s string) string { return strconv.Quote(strconv.Quote(s)) },
	"JSON":       func(s string) string { text, _ := json.Marshal(s); return string(text) },
	"Python":     repl.Quote,
	"XML":        func(s string) string { var b bytes.Buffer; _ = xml.EscapeText(&b, []byte(s)); return b.String() },
	"query":      url.QueryEscape,
	"path":       url.PathEscape,
	"every byte": func(s string) string { return percent(s, "%%%02X") },
	"lower case": func(s string) string { return percent(s, "%%%02x") },
	"hex":        func(s string) string { return hex.EncodeToString([]byte(s)) },
	"Basic":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte("user:" + s)) },
	"Base64 of JSON": func(s string) string {
		text, _ := json.Marshal(map[string]string{"k": s})
		return base64.StdEncoding.EncodeToString(text)
	},
}

func percent(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

func TestSecretIsFoundHoweverItIsEncoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringOfN(rapid.RuneFrom([]rune("abz09 &<>\"'\\/+=%ü€😀-_.~")), 8, 20, -1).Draw(t, "secret")
		before := rapid.StringOfN(rapid.RuneFrom([]rune("xyz :")), 0, 4, -1).Draw(t, "before")
		after := rapid.StringOfN(rapid.RuneFrom([]rune("xyz :")), 0, 4, -1).Draw(t, "after")
		name := rapid.SampledFrom([]string{"raw", "Go", "Go, ASCII", "JSON", "Python", "XML", "query", "path", "every byte", "lower case", "hex", "Basic"}).Draw(t, "encoding")
		text := encodings[name](before + secret + after)
		clean := redact.New(secret).String(text)
		if !strings.Contains(clean, redact.Mark) {
			t.Fatalf("%s: %q is still %q", name, text, clean)
		}
	})
}

func TestBase64IsFoundAtEachAlignmentInBothAlphabets(t *testing.T) {
	t.Parallel()
	const secret = "correct horse ÿþ?>battery"
	r := redact.New(secret)
	for before := range 9 {
		for after := range 4 {
			for _, e := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding} {
				text := e.EncodeToString([]byte(strings.Repeat("x", before) + secret + strings.Repeat("y", after)))
				clean := r.String(text)
				require.Contains(t, clean, redact.Mark)
				require.LessOrEqual(t, len(clean), 2+(before+after+4)*4/3+len(redact.Mark), "all of it is gone: %s", clean)
			}
		}
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	t.Parallel()
	r := redact.New("correct horse", "abc")
	for _, text := range []string{"", "abc", "correct house", "correcthorse", strings.Repeat("correct ", 100)} {
		require.Equal(t, text, r.String(text))
	}
	require.Equal(t, "correct horse", (*redact.Redactor)(nil).String("correct horse"))
	require.Nil(t, redact.New("", "abc"))
}

func TestWriterFindsASecretThatComesInPieces(t *testing.T) {
	t.Parallel()
	r := redact.New("correct horse")
	var out bytes.Buffer
	w, end := r.Writer(&out)
	for _, c := range "it is correct horse\nand correct hor" + "se" {
		_, err := w.Write([]byte(string(c)))
		require.NoError(t, err)
	}
	require.Equal(t, "it is [redacted]\n", out.String())
	require.NoError(t, end())
	require.Equal(t, "it is [redacted]\nand [redacted]", out.String())
}

func TestRunHoldsNoSecretAnyMore(t *testing.T) {
	t.Parallel()
	const secret = "correct horse"
	shared := []byte("GET /?" + secret)
	run := &result.Run{
		Log: secret, Servers: map[string]string{secret: secret}, Diffs: []result.Diff{{Got: "Basic " + base64.StdEncoding.EncodeToString([]byte("u:"+secret))}},
		Observation: result.Observation{
			Response: &result.Response{Headers: [][2]string{{"a", secret}}, Body: result.Body{Base64: []byte(`{"a": "` + secret + `"}`)}, JSON: json.RawMessage(`"correct\u0020horse"`)},
			Wire:     []result.Exchange{{Request: shared, Body: shared, RequestLine: "GET /?correct+horse"}},
		},
		Steps: []result.Observation{{Raises: &result.Raises{Message: secret}}},
	}
	redact.New(secret).Run(run)
	text, err := json.Marshal(run)
	require.NoError(t, err)
	require.Equal(t, string(text), redact.New(secret).String(string(text)), "it has been found everywhere")
	require.Equal(t, "GET /?*************", string(run.Wire[0].Body))
	require.Equal(t, "GET /?"+secret, string(shared), "what others hold is theirs")
}

func TestSecretsAreThoseOfTheEnvironment(t *testing.T) {
	t.Parallel()
	env := map[string]string{redact.Password: "correct horse", redact.More: "TOKEN, OTHER", "TOKEN": "0123456789", "HOME_WIFI": "battery staple", "PATH": "/usr/bin"}
	r := redact.FromEnvironment(func(name string) string { return env[name] }, "HOME_WIFI")
	require.Equal(t, "[redacted] [redacted] [redacted] /usr/bin", r.String("correct horse 0123456789 battery staple /usr/bin"))
	require.Nil(t, redact.FromEnvironment(func(string) string { return "" }))
}

// kept is a sink that keeps what it is told.
type kept []capture.Event

func (k *kept) Record(e capture.Event) { *k = append(*k, e) }

func TestCaptureHoldsNoSecretInHoweverManyPieces(t *testing.T) {
	t.Parallel()
	var got kept
	s := redact.New("correct horse").Sink(&got)
	a, b := &capture.Conn{Number: 1}, &capture.Conn{Number: 2}
	say := func(c *capture.Conn, kind capture.Kind, text string) {
		s.Record(capture.Event{Conn: c, Kind: kind, Bytes: []byte(text)})
	}
	say(a, capture.Opened, "")
	say(a, capture.Received, "GET /?correct")
	say(b, capture.Opened, "")
	say(b, capture.Received, " horse")
	s.Record(capture.Event{Kind: capture.Secret, Bytes: []byte("CLIENT_RANDOM")})
	say(a, capture.Sent, "no")
	say(a, capture.Received, "%20ho")
	say(a, capture.Received, "rse HTTP/1.1")
	require.Empty(t, got)
	say(a, capture.Closed, "")
	var text []string
	for _, e := range got {
		require.Same(t, a, e.Conn)
		text = append(text, string(e.Bytes))
	}
	require.Equal(t, []string{"", "GET /?*******", "no", "*****", "*** HTTP/1.1", ""}, text)
	say(b, capture.Closed, "")
	require.Equal(t, " horse", string(got[len(got)-2].Bytes))
	require.Nil(t, (*redact.Redactor)(nil).Sink(nil))
}
