package firmware_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pack is data behind a compressor.
func pack(t *testing.T, data string, compressor func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var out bytes.Buffer
	w := compressor(&out)
	_, err := io.WriteString(w, data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.String()
}

func TestABodyIsDecodedWhereThatWasAskedFor(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(`{"id": 1, "title": "an album"} `, 100) // 3,100 bytes
	gz := pack(t, text, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	zl := pack(t, text, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	raw := pack(t, text, func(w io.Writer) io.WriteCloser {
		f, err := flate.NewWriter(w, flate.DefaultCompression)
		require.NoError(t, err)
		return f
	})
	// The end of it repeats the beginning, from which 5,000 bytes of one sort part it.
	far := pack(t, "beginning"+strings.Repeat("x", 4991)+"beginning", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	json := pack(t, `{"id": 1}`, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	nul := pack(t, "[1]\x00"+strings.Repeat("x", 2000), func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	nulBroken := nul[:len(nul)-8] + "\xde\xad\xbe\xef" + nul[len(nul)-4:]
	bomb := pack(t, strings.Repeat("x", 100_000), func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	liar := bomb[:len(bomb)-4] + "\x10\x00\x00\x00"
	broken := gz[:20] + "\xff\xff\xff\xff" + gz[24:]
	long := func(coding, body string) string {
		return fmt.Sprintf("%sContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", ok, coding, len(body), body)
	}
	chunked := func(coding, body string) string {
		return fmt.Sprintf("%sContent-Encoding: %s\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", ok, coding, len(body), body)
	}
	get := "requests.get(url, headers={'Accept-Encoding': 'gzip, deflate'})"
	limited := func(limit int) string { return strings.Replace(get, "url", fmt.Sprintf("url, max_body=%d", limit), 1) }
	streamed := strings.Replace(get, "url", "url, stream=True", 1)
	seen := "len(r.content), r.content[:9], left_open()"
	whole := `(3100, b'{"id": 1,', 0)`
	pieces := "[len(p) for p in r.iter_content(1000)], left_open()"
	check(t, []row{
		{name: "gzip", reply: long("gzip", gz), call: get, see: seen, want: whole},
		{name: "in capitals, and with an x", reply: long("X-GZip", gz), call: get, see: seen, want: whole},
		{name: "asked for in capitals", reply: long("gzip", gz), call: "requests.get(url, headers={'Accept-Encoding': 'GZIP'})", see: seen, want: whole},
		{name: "asked for in bytes", reply: long("gzip", gz), call: "requests.get(url, headers=[('accept-encoding', b'Deflate, x')])", see: seen, want: whole},
		{name: "in chunks", replies: []reply{{bytes: chunked("gzip", gz), hang: true}}, call: get, see: seen, want: whole},
		{name: "until the connection ends", reply: ok + "Content-Encoding: gzip\r\n\r\n" + gz, call: get, see: seen, want: whole},
		{name: "deflate as zlib has it", reply: long("deflate", zl), call: get, see: seen, want: whole},
		{name: "deflate as it is", reply: long("deflate", raw), call: get, see: seen, want: whole},
		{name: "deflate that looks back further than a small window", reply: long("deflate", far), call: get, see: "len(r.content), r.content[:9] == r.content[-9:]", want: "(5009, True)"},
		{name: "deflate that is broken", reply: long("deflate", zl[:20]+"\xff\xff\xff"), call: get, see: seen, want: "raises "},
		{name: "deflate beyond max_body", reply: long("deflate", zl), call: limited(3099), see: seen, want: "raises TooLarge 90: a decoded body of 3100 bytes or more; the limit is 3099"},
		{name: "in pieces", replies: []reply{{bytes: long("gzip", gz), hang: true}}, call: get, see: pieces, want: "([1000, 1000, 1000, 100], 0)"},
		{name: "in pieces, from chunks", replies: []reply{{bytes: chunked("gzip", gz), hang: true}}, call: get, see: pieces, want: "([1000, 1000, 1000, 100], 0)"},
		{name: "as JSON", reply: long("gzip", json), call: get, see: "r.json()", want: "{'id': 1}"},
		{name: "as JSON that is not kept", reply: long("gzip", json), call: streamed, see: "r.json()", want: "{'id': 1}"},
		{name: "as JSON that is not kept, with a NUL", replies: []reply{{bytes: long("gzip", nul), hang: true}}, call: streamed, see: "r.json(), left_open()", want: "([1], 0)"},
		{name: "as JSON that is not kept, broken behind a NUL", replies: []reply{{bytes: long("gzip", nulBroken), hang: true}}, call: streamed, see: "r.json()", want: "raises ProtocolError 71: content-encoding: expected gzip data, and it is broken"},
		{name: "as text", reply: long("gzip", json), call: get, see: "r.text", want: `'{"id": 1}'`},
		{name: "nothing", reply: long("gzip", ""), call: get, see: "r.content", want: "b''"},
		{name: "nothing, in chunks", reply: ok + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", call: get, see: "r.content, list(r.iter_content())", want: "(b'', [])"},
		{name: "nothing, in pieces", reply: ok + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", call: get, see: "list(r.iter_content())", want: "[]"},
		{name: "raw is as it came", reply: long("gzip", json), call: get, see: "r.raw.read() == " + pyBytes(json), want: "True"},
		{name: "what was not asked for is as it came", reply: long("gzip", json), see: "r.content == " + pyBytes(json), want: "True"},
		{name: "so is a coding of another name", reply: long("br", "abc"), call: get, see: "r.content", want: "b'abc'"},
		{name: "and a body without one", reply: ok + "Content-Length: 3\r\n\r\nabc", call: get, see: "r.content", want: "b'abc'"},
		{name: "HEAD", reply: ok + "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n", call: strings.Replace(get, "get", "head", 1), see: "r.content", want: "b''"},

		{name: "beyond max_body", reply: long("gzip", gz), call: limited(3099), see: seen, want: "raises TooLarge 90: a decoded body of 3100 bytes or more; the limit is 3099"},
		{name: "beyond max_body, in pieces", reply: long("gzip", gz), call: limited(3099), see: pieces, want: "raises TooLarge 90: a decoded body of "},
		{name: "a bomb", reply: long("gzip", bomb), call: get, see: seen, want: "raises TooLarge 90: a decoded body of 100000 bytes or more; the limit is 65536"},
		{name: "a bomb, in pieces", reply: long("gzip", bomb), call: get, see: pieces, want: "raises TooLarge 90: a decoded body of 6"},
		{name: "a bomb that says it is none", reply: long("gzip", liar), call: get, see: seen, want: "raises ProtocolError 71: content-encoding: "},
		{name: "a bomb that was asked for", reply: long("gzip", bomb), call: limited(100000), see: "len(r.content)", want: "100000"},
		{name: "broken", replies: []reply{{bytes: long("gzip", broken), hang: true}}, call: get, see: seen, want: "raises ProtocolError 71: content-encoding: expected gzip data, and it is broken"},
		{name: "broken, in pieces", replies: []reply{{bytes: long("gzip", broken), hang: true}}, call: get, see: pieces, want: "raises ProtocolError 71: content-encoding: expected gzip data, and it is broken"},
		{name: "not gzip at all", reply: long("gzip", "<html>"), call: get, see: seen, want: "raises ProtocolError 71: content-encoding: expected gzip data"},
		{name: "cut off before its end", reply: long("gzip", gz[:40]), call: get, see: pieces, want: "raises IncompleteRead 104: the gzip data ended early"},
		{name: "cut off within", reply: long("gzip", gz)[:120], call: get, see: seen, want: "raises IncompleteRead 104: the body ended after"},
		{name: "cut off within, in pieces", reply: long("gzip", gz)[:120], call: get, see: pieces, want: "raises IncompleteRead 104: the body ended after"},
		{name: "with something behind it", replies: []reply{{bytes: long("gzip", gz+"junk"), hang: true}}, call: get, see: pieces, want: "raises ProtocolError 71: bytes after the end of the gzip data"},
		{name: "with something behind it, at once", replies: []reply{{bytes: long("gzip", gz+"junk"), hang: true}}, call: get, see: seen, want: "raises "},
	})
}

// pyBytes is s as Python writes it.
func pyBytes(s string) string { return fmt.Sprintf("__import__('binascii').unhexlify('%x')", s) }
