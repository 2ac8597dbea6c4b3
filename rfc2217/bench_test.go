package rfc2217_test

import (
	"bytes"
	"testing"

	"github.com/espy-hil/espy/rfc2217"
)

// 4 KiB of data with an escape in every 256th byte, and a notice of the line's state.
func BenchmarkDecode(b *testing.B) {
	data := bytes.Repeat([]byte("0123456789abcde\n"), 256)
	for at := 0; at < len(data); at += 256 {
		data[at] = 255
	}
	wire := append(rfc2217.Escape(nil, data), rfc2217.Subnegotiation(44, 107, 48)...)
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		var d rfc2217.Decoder
		n, events := 0, 0
		d.Decode(wire, func(p []byte) { n += len(p) }, func(rfc2217.Event) { events++ })
		if n != len(data) || events != 1 {
			b.Fatalf("%d bytes of %d, %d events", n, len(data), events)
		}
	}
}
