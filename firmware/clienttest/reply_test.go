package clienttest

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
)

// FuzzRead compares the reader with Go's own client: where both find a reply, it is the same
// one, and ends at the same byte. (Go's takes some that are not to be taken, leaves interim
// answers to its caller, and reads no chunks in a 1.0 reply, which is a choice.)
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi, and more",
		"HTTP/1.0 404 \nX: a\n b\n\nuntil the end",
		"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2;x=y\r\nhi\r\n00\r\nT: v\r\n\r\nand more",
		"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nand more",
		"HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\ncontent-length: 3\r\n\r\nabcd",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
		"HTTP/1.1 302 Go\r\nLocation: /y\r\nX:\r\n\r\n",
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, head bool) {
		ours := Read(data, Close, Terms{Head: head, MaxBody: -1})
		method := map[bool]string{true: "HEAD", false: "GET"}[head]
		in := bytes.NewReader(data)
		buffered := bufio.NewReader(in)
		theirs, err := http.ReadResponse(buffered, &http.Request{Method: method})
		if err != nil || ours.InHead || theirs.StatusCode != ours.Status && theirs.StatusCode < 200 || ours.Version == "1.0" && ours.Chunks {
			return
		}
		body, err := io.ReadAll(theirs.Body)
		if err != nil || len(ours.Errors) > 0 {
			return
		}
		if theirs.StatusCode != ours.Status || !bytes.Equal(body, ours.Body) {
			t.Errorf("%d %q; Go's is %d %q", ours.Status, ours.Body, theirs.StatusCode, body)
		}
		if end := len(data) - in.Len() - buffered.Buffered(); end != ours.EndAt {
			t.Errorf("it ends at %d; Go's at %d", ours.EndAt, end)
		}
	})
}
