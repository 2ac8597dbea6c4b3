package fakeapi

import (
	"strings"
	"testing"
)

// Requests as clients send them, in the pieces in which they come.
func BenchmarkFraming(b *testing.B) {
	const fields = "Host: 127.0.0.1:8080\r\nUser-Agent: espy\r\nAccept: application/json\r\nConnection: close\r\n"
	for name, request := range map[string]string{
		"Get":     "GET /albums/1 HTTP/1.1\r\n" + fields + "\r\n",
		"Chunked": "POST /albums HTTP/1.1\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("40\r\n"+strings.Repeat("x", 64)+"\r\n", 64) + "0\r\n\r\n",
	} {
		b.Run(name, func(b *testing.B) {
			whole := []byte(request)
			b.SetBytes(int64(len(whole)))
			b.ReportAllocs()
			for b.Loop() {
				var f framing
				for at := 0; at < len(whole); at += 1024 {
					f.follow(whole[:min(at+1024, len(whole))])
				}
				if f.end != len(whole) || f.fault != nil {
					b.Fatalf("it ends at %d of %d: %v", f.end, len(whole), f.fault)
				}
			}
		})
	}
}
