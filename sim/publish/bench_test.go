package publish_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
)

// counted is a UART that counts the bytes of both directions.
type counted struct {
	board.UART
	moved atomic.Int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.UART.Write(p)
	c.moved.Add(int64(n))
	return n, err
}

const size88 = 88 << 10

// The upload of 88 KB over a UART of 115200 baud, in parts of what the line could move
// in that time: the file's own bytes, and all that went to the board. Source, and
// random bytes, of which one in thirteen needs an escape.
func BenchmarkUploadAt115200Baud(b *testing.B) {
	b.Run("source", func(b *testing.B) { uploadSlowly(b, source()) })
	b.Run("random", func(b *testing.B) {
		content := make([]byte, size88)
		_, _ = rand.NewChaCha8([32]byte{}).Read(content)
		uploadSlowly(b, content)
	})
}

// source is so much of the firmware, over and over.
func source() (text []byte) {
	files := firmware.Source().Files
	for len(text) < size88 {
		for _, name := range slices.Sorted(maps.Keys(files)) {
			text = append(text, files[name]...)
		}
	}
	return text[:size88]
}

func uploadSlowly(b *testing.B, content []byte) {
	const baud = 115200
	spec, err := sim.Parse("sim:esp32+baud=115200")
	require.NoError(b, err)
	for b.Loop() {
		b.StopTimer()
		v, err := sim.New(context.Background(), spec, nil)
		require.NoError(b, err)
		uart, err := v.Open(context.Background())
		require.NoError(b, err)
		line := &counted{UART: uart}
		r := repl.New("b", line, repl.Options{Wait: time.Minute, Reply: time.Minute})
		require.NoError(b, r.Enter(context.Background()))
		files := deploy.Files{Hash: "0123456789abcdef", Form: "py", Files: map[string][]byte{"/lib/espy/big.bin": content}}
		before := line.moved.Load()
		b.StartTimer()
		begun := time.Now()
		_, err = deploy.Put(context.Background(), r, files)
		took := time.Since(begun)
		b.StopTimer()
		require.NoError(b, err)
		could := took.Seconds() * baud / 10
		b.ReportMetric(100*size88/could, "%line-file")
		b.ReportMetric(100*float64(line.moved.Load()-before)/could, "%line-all")
		require.NoError(b, uart.Close())
		require.NoError(b, v.Close())
		b.StartTimer()
	}
}
