package agent

import (
	"fmt"
	"strings"
	"testing"
)

// What a board prints for one request, as it comes off a UART: 64 bytes at a time,
// with a program's own lines between the frames.
func BenchmarkScanFrames(b *testing.B) {
	framed := func(seq int, payload string) string {
		text := fmt.Sprintf("%d %s", seq, payload)
		return frameMark + text + " " + checksum(text) + "\r\n"
	}
	said := []byte(framed(1, `{"frame": "start", "crc": "0badcafe"}`) + "connecting...\r\n" +
		framed(2, `{"frame": "record", "response": {"text": "`+strings.Repeat("x", 1500)+`"}}`))
	b.SetBytes(int64(len(said)))
	b.ReportAllocs()
	for b.Loop() {
		var s scanner
		found := 0
		for at := 0; at < len(said); at += 64 {
			found += len(s.push(said[at:min(at+64, len(said))]))
		}
		if found != 2 || s.damaged != 0 {
			b.Fatalf("%d frames, %d damaged", found, s.damaged)
		}
	}
}
