package rig_test

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/noise"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
	"github.com/espy-hil/espy/sim/unix"
)

var (
	noisyRuns = flag.Int("noisy-runs", 40, "how many runs are made over a bad line: make soak makes 2000")
	noiseSeed = flag.Uint64("noise-seed", 1, "what the bad line does follows from it")
	noisyOn   = flag.String("noisy-on", "sim", "the kind of board at the end of it")
)

// A line that hits one byte in a hundred, in bursts of 1 to 32, in both directions, costs
// time and nothing else: no verdict is another than on a clean line, but for rig, which
// says nothing on the firmware, and that is the exception. The boards are behind device
// nodes; the bad line is what leads from there to their UARTs.
func TestABadLineChangesNoVerdict(t *testing.T) {
	const boards = 8
	t.Setenv("ESPY_LEASES", t.TempDir())
	runs := (*noisyRuns + boards - 1) / boards // of each board
	files := quiet(t, runs)
	clean := verdicts(t, rig.Choice{On: []string{*noisyOn}}, files)
	require.Len(t, clean.Runs, runs)
	var bad badLines
	var names []string
	for range boards {
		names = append(names, bad.device(t))
	}
	begun := time.Now()
	noisy := verdicts(t, rig.Choice{On: names}, files)
	took := time.Since(begun)
	to, from := bad.hit()
	require.Positive(t, min(to, from), "the line was bad, both ways")
	require.Len(t, noisy.Runs, boards*runs)
	same := 0
	for i := range noisy.Runs {
		got := &noisy.Runs[i]
		want := &clean.Runs[slices.IndexFunc(clean.Runs, func(r result.Run) bool {
			return r.Scenario == got.Scenario && r.Variant == got.Variant && r.Repeat == got.Repeat
		})]
		switch got.Verdict {
		case want.Verdict:
			same++
		case result.Rig:
			t.Logf("rig: %s %s: %s", got.Scenario, got.Variant, got.Diffs[0].Got)
		default:
			t.Errorf("%s %s is %s, and on a clean line %s: %+v", got.Scenario, got.Variant, got.Verdict, want.Verdict, got.Diffs)
		}
	}
	t.Logf("%d runs in %s, %d bytes to the boards and %d from them hit: %d end as on a clean line (%.1f %%)",
		len(noisy.Runs), took.Round(time.Second), to, from, same, 100*float64(same)/float64(len(noisy.Runs)))
	require.GreaterOrEqual(t, same*100, len(noisy.Runs)*95, "at least 95 %% end as on a clean line")
}

// badLines are the lines to several boards, of a seed each.
type badLines struct {
	mu   sync.Mutex
	open []*noise.UART
}

// device is the name of a board behind a device node, with the firmware on its flash.
func (l *badLines) device(t *testing.T) string {
	t.Helper()
	s, err := publish.Power(t.Context(), func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		b, err := powered(ctx, reach)
		return badlyWired{b, l}, err
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	p, err := publish.OpenPty(filepath.Join(t.TempDir(), "board"))
	require.NoError(t, err)
	ctx, unplug := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Pty(ctx, p) }()
	t.Cleanup(func() {
		unplug()
		require.NoError(t, <-ended)
	})
	return "serial:" + p.Path()
}

// powered is a board of the kind that is asked for.
func powered(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
	files, err := rig.Firmware(ctx, firmware.FormSource, nil, false)
	if err != nil {
		return nil, err
	}
	if spec, err := sim.Parse(*noisyOn); err == nil {
		spec.Reach = reach
		return sim.New(ctx, spec, files.Files)
	}
	spec, err := unix.Parse(*noisyOn)
	if err != nil {
		return nil, err
	}
	return unix.New(ctx, spec, files.Files)
}

func (l *badLines) hit() (to, from int) {
	for _, u := range l.open {
		t, f := u.Hit()
		to, from = to+t, from+f
	}
	return to, from
}

// badlyWired is a board at the end of a bad line.
type badlyWired struct {
	board.Board
	lines *badLines
}

func (b badlyWired) Open(ctx context.Context) (board.UART, error) {
	u, err := b.Board.Open(ctx)
	if err != nil {
		return nil, err
	}
	b.lines.mu.Lock()
	defer b.lines.mu.Unlock()
	bad := noise.Line{Seed: *noiseSeed<<32 + uint64(len(b.lines.open)), Share: 0.01}.UART(u)
	b.lines.open = append(b.lines.open, bad)
	return bad, nil
}

// quiet are so many scenarios, of those that do not depend on how quick the machine is.
func quiet(t *testing.T, runs int) []*scenarios.Scenario {
	t.Helper()
	all, err := scenarios.LoadBundled()
	require.NoError(t, err)
	all, err = run.Select(all, []string{"!slow"})
	require.NoError(t, err)
	var files []*scenarios.Scenario
	for have := 0; have < runs; {
		for i := range all {
			// Spread over all, of which neighbours are alike.
			file := *all[i*37%len(all)]
			file.Variants = file.Variants[:min(len(file.Variants), runs-have)]
			if have += len(file.Variants); len(file.Variants) > 0 {
				files = append(files, &file)
			}
		}
	}
	return files
}

// verdicts runs the files on boards.
func verdicts(t *testing.T, on rig.Choice, files []*scenarios.Scenario) result.Report {
	t.Helper()
	config, err := rig.Wire(t.Context(), on)
	require.NoError(t, err)
	config.Observer = &progress{}
	return run.Scenarios(t.Context(), config, files)
}

// progress tells how far a long run is.
type progress struct{ done, planned int }

func (p *progress) Planned(r []*result.Run) { p.planned = len(r) }
func (p *progress) Started(*result.Run)     {}
func (p *progress) Finished(*result.Run) {
	if p.done++; p.done%200 == 0 {
		fmt.Printf("%d of %d\n", p.done, p.planned)
	}
}
