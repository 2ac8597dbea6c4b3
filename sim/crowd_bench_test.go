package sim_test

import (
	"bytes"
	"context"
	"os"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/sim"
)

// resident is the memory of this process, in MB of a million bytes.
func resident(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip("only Linux tells what is resident: ", err)
	}
	pages, err := strconv.Atoi(string(bytes.Fields(text)[1]))
	require.NoError(b, err)
	return float64(pages*os.Getpagesize()) / 1e6
}

// A thousand boards with the firmware on them, alive in one process, each of which
// makes a GET over its own UART: how long all of these take, and what is resident then.
func BenchmarkAThousandBoards(b *testing.B) {
	const boards = 1000
	files := clientFiles(b)
	for b.Loop() {
		b.StopTimer()
		first, p := start(b, files)
		p.run("from espy._prepare import prepare\nprepare('espy.requests')\nimport espy.requests as r")
		require.NoError(b, first.Checkpoint(context.Background(), "crowd"))
		spec, err := sim.Parse("sim")
		require.NoError(b, err)
		type member struct {
			*program
			get string
		}
		crowd := make([]member, boards)
		begun := time.Now()
		for i := range crowd {
			board, err := sim.New(context.Background(), spec, files)
			require.NoError(b, err)
			defer board.Close()
			uart, err := board.Open(context.Background())
			require.NoError(b, err)
			require.NoError(b, board.Rollback(context.Background(), "crowd"))
			l, _, err := board.Listen(context.Background(), "main")
			require.NoError(b, err)
			server := fakeapi.Start(l, "main", plan.Server{})
			defer server.Close()
			crowd[i] = member{&program{b: b, uart: uart}, "r.get('http://" + l.Addr().String() + "/albums/1').text"}
		}
		powered := time.Since(begun)
		b.StartTimer()
		begun = time.Now()
		var all errgroup.Group
		for _, m := range crowd {
			all.Go(func() error { m.run(m.get); return nil })
		}
		require.NoError(b, all.Wait())
		b.ReportMetric(time.Since(begun).Seconds(), "s/GETs")
		b.StopTimer()
		b.ReportMetric(powered.Seconds(), "s/power-on")
		b.ReportMetric(resident(b), "MB-at-once")
		time.Sleep(100 * time.Millisecond) // each board rests when it has had nothing to do for 50 ms
		debug.FreeOSMemory()
		b.ReportMetric(resident(b), "MB-resident")
		b.StartTimer()
	}
}

// A board whose program never ends: how much later than its deadline it is at its
// prompt again, having been noticed and reset.
func BenchmarkAHungBoardIsReset(b *testing.B) {
	const limit = 50 * time.Millisecond
	board, p := start(b, nil)
	var late time.Duration
	n := 0
	for b.Loop() {
		_, err := p.uart.Write([]byte("while True: pass\x04"))
		require.NoError(b, err)
		begun := time.Now()
		require.NoError(b, p.uart.SetReadDeadline(begun.Add(limit)))
		for err == nil {
			_, err = p.uart.Read(p.buf[:])
		}
		require.ErrorIs(b, err, os.ErrDeadlineExceeded)
		require.NoError(b, board.Reset(context.Background()))
		late = max(late, time.Since(begun)-limit)
		p.send("\x01", "raw REPL; CTRL-B to exit\r\n>")
		n++
	}
	b.ReportMetric(float64(late.Microseconds())/1000, "worst-ms-late")
}
