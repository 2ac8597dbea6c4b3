//go:build peers

package questions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/questions"
	"github.com/espy-hil/espy/sim/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a question may take on a loaded machine; the slowest waits
// for a second.
const patience = time.Minute

func TestPeerTheUnixPortAnswersAsVirtualBoardsDo(t *testing.T) {
	t.Parallel()
	all, err := questions.All()
	require.NoError(t, err)
	compare(t, "unix", all)
}

func TestPeerTheUnixPortSpeaksTLSAsVirtualBoardsDo(t *testing.T) {
	t.Parallel()
	all, err := questions.TLS()
	require.NoError(t, err)
	compare(t, "unix:tls", all)
}

// compare asks a unix board and virtual boards of every release, and holds what
// differs against the ledger.
func compare(t *testing.T, unixBoard string, all []questions.Question) {
	t.Helper()
	ledger, err := questions.ReadLedger()
	require.NoError(t, err)
	spec, err := unix.Parse(unixBoard)
	require.NoError(t, err)
	u, err := unix.New(t.Context(), spec, nil)
	require.NoError(t, err)
	boards := []testBoard{u}
	for _, release := range sim.Releases() {
		spec, err := sim.Parse("sim:" + release)
		require.NoError(t, err)
		b, err := sim.New(t.Context(), spec, nil)
		require.NoError(t, err)
		boards = append(boards, b)
	}
	says := make([][][]string, len(boards))
	var asking sync.WaitGroup
	for i, b := range boards {
		asking.Go(func() { says[i] = interview(t, b, all) })
	}
	asking.Wait()
	require.False(t, t.Failed())

	on := map[string][]string{} // by what is wrong, the boards
	for i, b := range boards[1:] {
		got := map[string][]questions.Difference{}
		for j, q := range all {
			if d := differences(q, says[i+1][j], says[0][j]); len(d) > 0 {
				got[q.Title] = d
			}
		}
		for _, line := range unaccounted(ledger.On(b.Name(), all), got) {
			on[line] = append(on[line], b.Name())
		}
	}
	for _, line := range slices.Sorted(maps.Keys(on)) {
		t.Errorf("%s\n  on: %v", line, on[line])
	}
	asks := 0
	for _, q := range all {
		asks += len(q.Asks())
	}
	t.Logf("%d questions, %d asks, %d boards", len(all), asks, len(boards))
}

// unaccounted tells in which the boards and the ledger do not agree, in the form in
// which the ledger is written.
func unaccounted(ledger, boards map[string][]questions.Difference) []string {
	var all []string
	report := func(what string, of, other map[string][]questions.Difference) {
		for _, title := range slices.Sorted(maps.Keys(of)) {
			left := slices.Clone(other[title])
			for _, d := range of[title] {
				if i := slices.Index(left, d); i >= 0 {
					left = slices.Delete(left, i, i+1)
					continue
				}
				all = append(all, fmt.Sprintf("%s\n    %s:\n      - {ask: %q, sim: %q, unix: %q}", what, title, d.Ask, d.Sim, d.Unix))
			}
		}
	}
	report("a difference that is not in the ledger", boards, ledger)
	report("the ledger has a difference that is no more", ledger, boards)
	return all
}

// differences compares the answers to one question.
func differences(q questions.Question, simSays, unixSays []string) []questions.Difference {
	var all []questions.Difference
	for i, ask := range append(q.Asks(), "the end") {
		if i < len(simSays) && i < len(unixSays) && simSays[i] == unixSays[i] {
			continue
		}
		d := questions.Difference{Ask: ask}
		if i < len(simSays) {
			d.Sim = simSays[i]
		}
		if i < len(unixSays) {
			d.Unix = unixSays[i]
		}
		if d.Sim != d.Unix {
			all = append(all, d)
		}
	}
	return all
}

// testBoard is what an interview needs.
type testBoard interface {
	board.Board
	board.Networked
}

// interview asks a board everything and powers it down. The answers are lines by question.
func interview(t *testing.T, b testBoard, all []questions.Question) [][]string {
	answers := make([][]string, len(all))
	err := func() error {
		globals := listen(t, b) + listenTLS(t, b) + fmt.Sprintf("OWN = '127.%d.%d.%d'\n", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254))
		uart, err := b.Open(t.Context())
		if err != nil {
			return err
		}
		defer uart.Close()
		r := repl.New(b.Name(), uart, repl.Options{})
		if err := r.Enter(t.Context()); err != nil {
			return err
		}
		for i, q := range all {
			code := q.Program(fmt.Sprintf("%sFOLDER = '/q%d'\n", globals, i))
			if answers[i], err = answer(t.Context(), r, code); err != nil {
				if err := b.Reset(t.Context()); err != nil {
					return err
				}
				if err := r.Enter(t.Context()); err != nil {
					return err
				}
			} else if err := r.SoftReset(t.Context()); err != nil {
				return fmt.Errorf("after question %q: %w", q.Title, err)
			}
		}
		return nil
	}()
	if err = errors.Join(err, b.Close()); err != nil {
		t.Errorf("asking %s: %v", b.Name(), err)
	}
	return answers
}

// answer runs a program and gives the lines of its answers; what ends it early is the last.
func answer(ctx context.Context, r *repl.REPL, code string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var out bytes.Buffer
	err := r.Exec(ctx, code, &out)
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(out.String(), "\r\n", "\n")) {
		line = strings.TrimSuffix(line, "\n")
		if said, ok := strings.CutPrefix(line, "= "); ok {
			lines = append(lines, said)
		} else if strings.HasPrefix(line, "! ") {
			lines = append(lines, line)
		} // else a program's own
	}
	var raised *repl.PythonError
	switch {
	case errors.As(err, &raised):
		return append(lines, "ended by "+raised.Type+": "+raised.Message), nil
	case errors.Is(err, repl.ErrRestarted):
		return append(lines, "the board crashes"), err
	case err != nil:
		return append(lines, "no answer: "+err.Error()), err
	}
	return lines, nil
}
