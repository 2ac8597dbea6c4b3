//go:build peers

package publish_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
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
// that belongs to it: finding the raw REPL, writing, seeing that it came whole.
func BenchmarkPeerUpload(b *testing.B) {
	for _, c := range []struct{ baud, size int }{{0, 88 << 10}, {921600, 88 << 10}, {115200, 88 << 10}} {
		b.Run(fmt.Sprint(c.baud), func(b *testing.B) {
			r := onPacedRemote(b, "1.29", c.baud)
			content := noise(c.size)
			files := maps.Clone(firmware.Source().Files)
			upload(b, r, files) // of which only what differs is sent from now on
			files["/lib/espy/upload.bin"] = content
			var espy, mpremote time.Duration
			for b.Loop() {
				content[0]++ // or it would be found to be there
				begun := time.Now()
				upload(b, r, files)
				espy += time.Since(begun)
				write(b, r.dir, "file.bin", content)
				begun = time.Now()
				r.do("fs", "cp", "file.bin", ":/lib/mpremote.bin")
				mpremote += time.Since(begun)
			}
			kib := float64(b.N*c.size) / 1024
			b.ReportMetric(kib/espy.Seconds(), "espy-KiB/s")
			b.ReportMetric(kib/mpremote.Seconds(), "mpremote-KiB/s")
			if c.baud > 0 { // ten bits carry a byte
				b.ReportMetric(kib*1024/espy.Seconds()*10/float64(c.baud)*100, "espy-%-of-line")
				b.ReportMetric(kib*1024/mpremote.Seconds()*10/float64(c.baud)*100, "mpremote-%-of-line")
			}
		})
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
