package rig_test

import (
	"context"
	"flag"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/noise"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
)

var (
	noisyRuns = flag.Int("noisy-runs", 40, "how many runs are made over a bad line: make soak makes 2000")
	noiseSeed = flag.Uint64("noise-seed", 1, "what the bad line does follows from it")
	noisyOn   = flag.String("noisy-on", "sim", "the kind of board at the end of it")
)

// A line that hits one byte in a hundred, in bursts of 1 to 32, in both directions, costs
// time and nothing else: no verdict is another than on a clean line, but for rig, which
// says nothing on the firmware, and that is the exception.
func TestABadLineChangesNoVerdict(t *testing.T) {
	if testing.Short() {
		*noisyRuns = 20
	}
	files := quiet(t, *noisyRuns)
	clean := verdicts(t, files, func(b board.Board) board.Board { return b })
	var bad badLines
	begun := time.Now()
	noisy := verdicts(t, files, bad.behind)
	took := time.Since(begun)
	to, from := bad.hit()
	require.Positive(t, min(to, from), "the line was bad, both ways")
	require.Len(t, noisy.Runs, len(clean.Runs))
	same := 0
	for i := range noisy.Runs {
		want, got := &clean.Runs[i], &noisy.Runs[i]
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

func (l *badLines) behind(b board.Board) board.Board { return &badlyWired{b, b.(board.Networked), l} }

func (l *badLines) hit() (to, from int) {
	for _, u := range l.open {
		t, f := u.Hit()
		to, from = to+t, from+f
	}
	return to, from
}

// badlyWired is a board at the end of a bad line. It has no checkpoints: every byte that
// a run needs goes through the line.
type badlyWired struct {
	board.Board
	board.Networked
	lines *badLines
}

func (b *badlyWired) Open(ctx context.Context) (board.UART, error) {
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

// verdicts runs the files on boards that are changed so.
func verdicts(t *testing.T, files []*scenarios.Scenario, change func(board.Board) board.Board) result.Report {
	t.Helper()
	config, err := rig.Wire(t.Context(), rig.Choice{On: []string{*noisyOn}, Jobs: 8})
	require.NoError(t, err)
	for i := range config.Boards {
		p := &config.Boards[i]
		power := p.Power
		p.Power = func(ctx context.Context) (board.Board, error) {
			b, err := power(ctx)
			if err != nil {
				return nil, err
			}
			return change(b), nil
		}
	}
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
