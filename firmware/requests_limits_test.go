package firmware_test

import (
	"compress/flate"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// spend is what the board of the next test has beside scripted.
const spend = `
def spend(reply, limit, way, coded):
    global replies, served, soft, piece, operations
    replies, served, soft, piece, operations = [[reply, CLOSE, -1]], 0, False, 512, 0
    made.clear()
    turns.clear()
    options = {"headers": {"Accept-Encoding": "gzip, deflate"}} if coded else {}
    if way == 3:
        options["stream"] = True
    report = {}
    error = ""
    before = gc.mem_alloc()
    try:
        read(requests.get("http://h/x", max_body=limit, **options), way, report)
    except Exception as e:
        error = type(e).__name__
    print(error, gc.mem_alloc() - before, all(s.closed for s in made))
`

// What a reply that is beyond max_body costs the heap is the client's to say and not the
// server's: a hundred times as much takes no more. (Inside one execution this VM frees
// nothing, so that all counts that was ever taken.)
func TestWhatALimitCostsIsNotTheServersToSay(t *testing.T) {
	t.Parallel()
	const limit = 1000
	board := newFuzzed(t, "1.29")
	board.exec(spend)
	framed := map[string]func(size int) string{ // a reply with a body of that many spaces, in Python: JSON that never begins
		"length":       func(size int) string { return fmt.Sprintf(`b"Content-Length: %d\r\n\r\n" + b" " * %d`, size, size) },
		"the end":      func(size int) string { return fmt.Sprintf(`b"\r\n" + b" " * %d`, size) },
		"one chunk":    func(size int) string { return chunksOf(size, size) },
		"chunks":       func(size int) string { return chunksOf(500, size) },
		"small chunks": func(size int) string { return chunksOf(10, size) },
	}
	for name, compressor := range map[string]func(io.Writer) io.WriteCloser{
		"gzip": inGzip, "deflate, zlib": inZlib, "deflate": inDeflate,
		"deflate that looks back": func(w io.Writer) io.WriteCloser {
			z, _ := flate.NewWriter(w, flate.BestCompression)
			_, _ = io.WriteString(z, strings.Repeat(strings.Repeat(" ", 300)+strings.Repeat("\t", 300), 2))
			return z
		},
	} {
		coding, _, _ := strings.Cut(name, ",")
		coding, _, _ = strings.Cut(coding, " ")
		framed[name] = func(size int) string {
			return fmt.Sprintf("unhexlify('%x')", packed(coding, strings.Repeat(" ", size), compressor)[len(ok):])
		}
	}
	for name, body := range framed {
		for _, way := range []int{0, 1, 3, 5, 8} {
			coded := strings.Contains(name, "gzip") || strings.Contains(name, "deflate")
			if coded && way == 5 {
				continue // which is not decoded
			}
			cost := func(size int) (bytes int) {
				out := board.exec(fmt.Sprintf("spend(b'HTTP/1.1 200 OK\\r\\n' + %s, %d, %d, %s)", body(size), limit, way, map[bool]string{false: "False", true: "True"}[coded]))
				var rest string
				n, err := fmt.Sscanf(out, "TooLarge %d %s", &bytes, &rest)
				require.NoError(t, err, "%s, way %d, %d bytes: %s, %d", name, way, size, out, n)
				require.Equal(t, "True", rest, "%s, way %d, %d bytes: a socket is open", name, way, size)
				return bytes
			}
			cost(2 * limit) // which imports
			if little, much := cost(2*limit), cost(100*limit); much > little+2048 {
				t.Errorf("%s, way %d: %d bytes cost %d, and %d cost %d", name, way, 2*limit, little, 100*limit, much)
			}
		}
	}
}

// chunksOf is a body in chunks of that size, in Python.
func chunksOf(each, size int) string {
	return fmt.Sprintf(`b"Transfer-Encoding: chunked\r\n\r\n" + (b"%x\r\n" + b" " * %d + b"\r\n") * %d + b"0\r\n\r\n"`, each, each, size/each)
}
