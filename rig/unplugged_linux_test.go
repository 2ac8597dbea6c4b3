package rig_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
)

// cable is a virtual board that can be plugged in and pulled.
type cable struct {
	t     testing.TB
	stand *publish.Stand
	pull  func()
}

func newCable(t testing.TB) *cable {
	t.Helper()
	return newCableTo(t, "sim", nil)
}

// newCableTo is a cable to a board with files on it.
func newCableTo(t testing.TB, name string, files map[string][]byte) *cable {
	t.Helper()
	s, err := publish.Power(t.Context(), func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		spec, err := sim.Parse(name)
		if err != nil {
			return nil, err
		}
		spec.Reach = reach
		return sim.New(ctx, spec, files)
	})
	require.NoError(t, err)
	c := &cable{t: t, stand: s, pull: func() {}}
	t.Cleanup(func() {
		c.pull()
		require.NoError(t, s.Close())
	})
	return c
}

// plug publishes the board at a link, which is gone when the cable is pulled.
func (c *cable) plug(link string) {
	p, err := publish.OpenPty(link)
	require.NoError(c.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.stand.Pty(ctx, p) }()
	c.pull = sync.OnceFunc(func() {
		cancel()
		require.NoError(c.t, <-ended)
	})
}

// after does something when so many runs of a board have begun.
type after struct {
	board string
	runs  int
	do    func()
}

func (a *after) Planned([]*result.Run) {}
func (a *after) Finished(*result.Run)  {}
func (a *after) Started(r *result.Run) {
	if r.Board == a.board {
		if a.runs--; a.runs == 0 {
			go a.do()
		}
	}
}

// counts are the verdicts of a board's runs.
func counts(report *result.Report, name string) map[result.Verdict]int {
	n := map[result.Verdict]int{}
	for _, r := range report.Runs {
		if r.Board == name {
			n[r.Verdict]++
		}
	}
	return n
}

func TestARunGoesOnWhenItsBoardIsPluggedInAgain(t *testing.T) {
	byID := t.TempDir()
	t.Setenv(serial.ByIDVariable, byID)
	t.Setenv("ESPY_LEASES", t.TempDir())
	files := quiet(t, 40)
	c := newCable(t)
	link := filepath.Join(byID, "usb-Silicon_Labs_CP2102_Bridge_0001-if00-port0")
	c.plug(link)
	name := "serial:" + link
	config, err := rig.Wire(t.Context(), rig.Choice{On: []string{name}})
	require.NoError(t, err)
	config.Observer = &after{name, 10, func() {
		c.pull()
		c.plug(filepath.Join(byID, "usb-Silicon_Labs_CP2102_Bridge_0001-if00-port7")) // another socket
	}}
	report := run.Scenarios(t.Context(), config, files)
	n := counts(&report, name)
	require.LessOrEqual(t, n[result.Rig], 1, "the run that was under way, at most")
	require.Zero(t, n[result.Fail])
	require.Equal(t, len(report.Runs), n[result.Rig]+n[result.Pass]+n[result.Skip]+n[result.Known])
	require.Greater(t, n[result.Pass], 30)
}

func TestABoardThatStaysAwayStopsNoOther(t *testing.T) {
	byID := t.TempDir()
	t.Setenv(serial.ByIDVariable, byID)
	t.Setenv("ESPY_LEASES", t.TempDir())
	files := quiet(t, 30)
	c := newCable(t)
	link := filepath.Join(byID, "usb-Silicon_Labs_CP2102_Bridge_0001-if00-port0")
	c.plug(link)
	name := "serial:" + link
	config, err := rig.Wire(t.Context(), rig.Choice{On: []string{"sim", name}})
	require.NoError(t, err)
	config.Observer = &after{name, 10, func() { c.pull() }}
	report := run.Scenarios(t.Context(), config, files)
	n := counts(&report, name)
	require.GreaterOrEqual(t, n[result.Rig], 15)
	require.Zero(t, n[result.Fail])
	require.Contains(t, report.Runs[len(report.Runs)-1].Diffs[0].Got, "the board is not there")
	require.Zero(t, counts(&report, "sim")[result.Rig])
}
