package firmware_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// send is what the fuzzer's board runs beside scripted: a request with whatever was made
// up, and what went out for it.
const send = `
def send(method, path, fields, auth, data, version):
    global replies, served, soft, piece, operations
    replies, served, soft, piece, operations = GOOD, 0, False, 512, 0
    made.clear()
    turns.clear()
    try:
        kw = {}
        if data is not None:
            kw["data"] = data
        if auth is not None:
            kw["auth"] = tuple(auth)
        requests.request(method, "http://h:81" + path, headers=[tuple(f) for f in fields], http_version=version, **kw).content
        outcome = "sent"
    except Exception as e:
        outcome = type(e).__name__
    print(json.dumps([outcome, [in_hex(t.sent) for t in turns]]))
`

// Whatever a caller asks for goes out as one request that says just that, or it is a
// ValueError and nothing goes out.
func TestNoArgumentSplitsARequest(t *testing.T) {
	t.Parallel()
	board := newFuzzed(t, "1.29")
	board.exec(send)
	text := rapid.StringOf(rapid.OneOf(
		rapid.RuneFrom([]rune("aZ09-_.~:/?#[]@!$&'()*+,;=% \"<>\\^`{|}")), rapid.RuneFrom([]rune("\r\n\x00\t\x7f\x1b")), rapid.RuneFrom([]rune("é€𝄞\u0085\u2028")),
	))
	plain := rapid.StringMatching(`[A-Za-z0-9-]{1,8}`)
	mostly := func(good *rapid.Generator[string]) *rapid.Generator[string] {
		return rapid.OneOf(good, good, good, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		method := mostly(rapid.SampledFrom([]string{"GET", "POST", "HEAD", "DELETE", "PUT", "X-Y"})).Draw(t, "method")
		path := rapid.SampledFrom([]string{"/", "?", "#", "/?"}).Draw(t, "root") + mostly(plain).Draw(t, "path")
		fields := [][2]string{}
		for range rapid.IntRange(0, 2).Draw(t, "fields") {
			fields = append(fields, [2]string{mostly(plain).Draw(t, "name"), mostly(plain).Draw(t, "value")})
		}
		var auth *[2]string
		if rapid.Bool().Draw(t, "has auth") {
			auth = &[2]string{mostly(plain).Draw(t, "user"), mostly(plain).Draw(t, "password")}
		}
		data := rapid.Ptr(text, true).Draw(t, "data")
		version := rapid.SampledFrom([]string{"1.0", "1.1"}).Draw(t, "version")
		args, err := json.Marshal([]any{method, path, fields, auth, data, version})
		require.NoError(t, err)
		out := board.exec(fmt.Sprintf("send(*json.loads(unhexlify('%x')))", args))
		var outcome string
		var sent []string
		require.NoError(t, json.Unmarshal([]byte(out), &[]any{&outcome, &sent}), "%s", out)
		if outcome != "sent" {
			if outcome != "ValueError" || len(sent) > 0 {
				t.Fatalf("%s ended in %s, and sent %q", args, outcome, sent)
			}
			return
		}
		require.Len(t, sent, 1)
		raw, err := hex.DecodeString(sent[0])
		require.NoError(t, err)
		if wrong := unlike(raw, method, fields, auth, data, version); wrong != "" {
			t.Fatalf("%s\nfor %s it sent %q", wrong, args, raw)
		}
	})
}

// unlike says in what a request differs from what was asked for.
func unlike(raw []byte, method string, fields [][2]string, auth *[2]string, data *string, version string) string {
	in := bufio.NewReader(bytes.NewReader(raw))
	r, err := http.ReadRequest(in)
	if err != nil {
		return fmt.Sprintf("Go cannot read it: %v", err)
	}
	body, err := io.ReadAll(r.Body)
	rest, _ := io.ReadAll(in)
	want := ""
	if data != nil {
		want = *data
	}
	user, password, hasAuth := r.BasicAuth()
	own := 1 // Connection
	for _, name := range []string{"Authorization", "Content-Length"} {
		if r.Header.Get(name) != "" {
			own++
		}
	}
	switch {
	case err != nil || string(body) != want:
		return fmt.Sprintf("its body is %q: %v", body, err)
	case len(rest) > 0:
		return fmt.Sprintf("behind it is %q", rest)
	case r.Method != method || r.Proto != "HTTP/"+version || r.Host != "h:81":
		return fmt.Sprintf("it is %s %s to %s", r.Method, r.Proto, r.Host)
	case hasAuth != (auth != nil) || hasAuth && (user != auth[0] || password != auth[1]):
		return fmt.Sprintf("its user is %q %q", user, password)
	case strings.ContainsFunc(r.RequestURI, func(c rune) bool { return c <= ' ' || c > '~' }):
		return fmt.Sprintf("its target is %q", r.RequestURI)
	}
	lines := strings.Split(strings.SplitN(string(raw), "\r\n\r\n", 2)[0], "\r\n")
	for _, f := range fields {
		if !slices.Contains(lines[1:], f[0]+": "+f[1]) {
			return fmt.Sprintf("the field %q is not in it", f)
		}
	}
	if most := 1 + 1 + own + len(fields); len(lines) > most {
		return fmt.Sprintf("it has %d lines, and %d were asked for", len(lines), most)
	}
	return ""
}
