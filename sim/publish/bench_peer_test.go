//go:build peers

package publish_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/recovery"
)

// noise is n bytes that do not compress.
func noise(n int) []byte {
	all := make([]byte, n)
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range all {
		all[i] = byte(chance.Uint32())
	}
	return all
}

// onPtyBoard is a board on a pty, as the harness opens one.
type onPtyBoard struct {
	board.Board
	link string
}

func (b onPtyBoard) Name() string { return b.link }

func (b onPtyBoard) Open(context.Context) (board.UART, error) {
	return os.OpenFile(b.link, os.O_RDWR, 0)
}

// upload puts files on a published board, as the harness does it.
func upload(b *testing.B, r remote, files map[string][]byte) {
	b.Helper()
	uart, repl, err := recovery.Open(b.Context(), onPtyBoard{link: r.link})
	require.NoError(b, err)
	done, err := deploy.Put(b.Context(), repl, deploy.Files{Form: "py", Files: files})
	require.NoError(b, err)
	require.NotZero(b, done.Bytes, "the board had it already")
	require.NoError(b, uart.Close())
}

// The same bytes to the same board by espy and by mpremote fs cp, in turns, with all
// that belongs to it: finding the raw REPL, writing, seeing that it came whole. They are
// source, as firmware is, and bytes that do not compress. Where there is no mpremote,
// espy is alone.
func BenchmarkPeerUpload(b *testing.B) {
	of := map[string][]byte{"source": source(), "noise": noise(size88)}
	for _, c := range []struct {
		what string
		baud int
	}{{"source", 0}, {"noise", 0}, {"source", 921600}, {"source", 115200}} {
		b.Run(fmt.Sprintf("%s-%d", c.what, c.baud), func(b *testing.B) {
			files := maps.Clone(firmware.Source().Files)
			r := pacedRemote(b, mpremoteIfAny(b), "1.29", c.baud, files)
			content := slices.Clone(of[c.what])
			files["/lib/espy/upload.bin"] = content // of all files, what the board has not
			var espy, mpremote time.Duration
			for b.Loop() {
				content[0]++ // or it would be found to be there
				begun := time.Now()
				upload(b, r, files)
				espy += time.Since(begun)
				if r.exe != "" {
					write(b, r.dir, "file.bin", content)
					begun = time.Now()
					r.do("fs", "cp", "file.bin", ":/lib/mpremote.bin")
					mpremote += time.Since(begun)
				}
			}
			reportRate(b, "espy", len(content), c.baud, espy)
			if r.exe != "" {
				reportRate(b, "mpremote", len(content), c.baud, mpremote)
			}
		})
	}
}

// reportRate reports how fast all rounds together were and, of a line with a rate, which
// part of it the content's own bytes had: ten bits carry a byte.
func reportRate(b *testing.B, who string, size, baud int, took time.Duration) {
	b.Helper()
	bytes := float64(b.N*size) / took.Seconds()
	b.ReportMetric(bytes/1024, who+"-KiB/s")
	if baud > 0 {
		b.ReportMetric(bytes*10/float64(baud)*100, who+"-%-of-line")
	}
}

// One GET with the client on a published board that has the firmware, by mpremote
// exec: from the start of mpremote to the status that it prints.
func BenchmarkPeerMpremoteExec(b *testing.B) {
	r := onRemote(b, "1.29")
	bundle := firmware.Source()
	upload(b, r, bundle.Files)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(b, err)
	server := fakeapi.Start(l, "main", plan.Server{})
	b.Cleanup(func() { server.Close() })
	program := "from espy import requests; print(requests.get('http://" + l.Addr().String() + "/albums/1').status_code)"
	for b.Loop() {
		require.Equal(b, "200\n", r.do("exec", program))
	}
}
