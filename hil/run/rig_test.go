package run_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
)

func TestWhatTheRigBreaksBeforeTheStartIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(_ context.Context, n int, _ agent.Request) (*agent.Record, bool, error) {
		return nil, n < 3, broken(false, true)
	}}
	c, w := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, []result.Verdict{result.Pass}, verdicts(report))
	require.Equal(t, 3, report.Runs[0].Attempt)
	require.Equal(t, 2, s.reset, "the board is reset between attempts")
	require.Equal(t, 3, s.opened)
	require.Equal(t, 1, w.started)
}

func TestWhatTheRigBreaksThreeTimesIsRig(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(_ context.Context, n int, _ agent.Request) (*agent.Record, bool, error) {
		return nil, n <= 3, broken(false, true)
	}}
	c, _ := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, get, strings.Replace(get, "get", "again", 1)))
	require.Equal(t, []result.Verdict{result.Rig, result.Pass}, verdicts(report), "the next run is not spoilt")
	require.Equal(t, 3, report.Runs[0].Attempt)
	require.Equal(t, "rig", report.Runs[0].Diffs[0].Field)
	require.Equal(t, "Panic\n", report.Runs[0].Log)
}

func TestWhatBreaksAfterTheStartIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rig  bool
		want result.Verdict
	}{
		"the firmware hung, reset or crashed": {false, result.Fail},
		"the rig lost the record":             {true, result.Rig},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &stage{do: func(ctx context.Context, n int, r agent.Request) (*agent.Record, bool, error) {
				if n > 1 {
					return nil, false, nil
				}
				_, err := exchange(ctx, r) // the request is out, and then nothing is heard
				return nil, true, errors.Join(err, broken(true, test.rig))
			}}
			c, _ := config(s.pool("a", 1))
			report := run.Scenarios(t.Context(), c, files(t, get, strings.Replace(get, "get", "again", 1)))
			require.Equal(t, []result.Verdict{test.want, result.Pass}, verdicts(report))
			require.Equal(t, 1, report.Runs[0].Attempt)
			require.Len(t, report.Runs[0].Wire, 1, "what the server saw is kept")
			require.Equal(t, "Panic\n", report.Runs[0].Log, "and what the board printed")
			require.Equal(t, 1, s.reset)
		})
	}
}

func TestAHungBoardIsGivenUpWhenTheScenariosTimeIsOver(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(ctx context.Context, _ int, _ agent.Request) (*agent.Record, bool, error) {
		<-ctx.Done()
		return nil, true, broken(true, false)
	}}
	c, _ := config(s.pool("a", 1))
	c.Limits.Request = time.Millisecond
	report := run.Scenarios(t.Context(), c, files(t, `
name: hangs
request: {get: /albums/1, timeout: 10ms}
`))
	require.Equal(t, []result.Verdict{result.Fail}, verdicts(report))
	require.Equal(t, "a.yaml:3", report.Runs[0].Diffs[0].Source)
	require.Equal(t, "run", report.Runs[0].Diffs[0].Field)
}

func TestABoardThatCannotBeOpenedMakesItsRunsRigAndNoOthers(t *testing.T) {
	t.Parallel()
	dead, well := &stage{open: func(context.Context, int) error { return errors.New("no prompt") }}, &stage{}
	c, _ := config(dead.pool("dead", 1), well.pool("well", 2))
	report := run.Scenarios(t.Context(), c, files(t, get, strings.Replace(get, "get", "again", 1)))
	require.Equal(t, []result.Verdict{result.Rig, result.Pass, result.Rig, result.Pass}, verdicts(report))
	require.Equal(t, 3, dead.opened, "it is not tried for ever")
	require.Equal(t, 2, dead.reset, "and reset in between")
	require.Contains(t, report.Runs[2].Diffs[0].Got, "board dead is given up after 3 attempts")
	require.Contains(t, report.Runs[2].Diffs[0].Got, "no prompt")
	require.Equal(t, []string{"dead", "well"}, []string{report.Boards[0].Name, report.Boards[1].Name})
}

func TestABoardThatOpensAtTheSecondTryIsNotGivenUp(t *testing.T) {
	t.Parallel()
	s := &stage{
		open: func(_ context.Context, n int) error {
			if n%2 == 1 {
				return errors.New("no prompt yet")
			}
			return nil
		},
		do: func(context.Context, int, agent.Request) (*agent.Record, bool, error) {
			return nil, true, broken(true, false) // so that it is opened anew each time
		},
	}
	c, _ := config(s.pool("a", 1))
	c.Repeat = 4
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, 4, report.Totals.Fail)
	require.Equal(t, 8, s.opened)
}

func TestABoardThatCannotBePoweredMakesItsRunsRig(t *testing.T) {
	t.Parallel()
	s := &stage{power: func(int) error { return errors.New("no runtime") }}
	c, _ := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, []result.Verdict{result.Rig}, verdicts(report))
	require.Contains(t, report.Runs[0].Diffs[0].Got, "no runtime")
}

func TestAServerThatCannotListenIsTheRigs(t *testing.T) {
	t.Parallel()
	s := &stage{host: "espy.test", deaf: true}
	c, _ := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, get))
	require.Equal(t, []result.Verdict{result.Rig}, verdicts(report))
	require.Equal(t, "listening for server main of board a: no port is free", report.Runs[0].Diffs[0].Got)
	require.Zero(t, s.asked)
}

// exhausted has no file to spare for its first connection.
type exhausted struct {
	net.Listener
	tried atomic.Bool
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.tried.CompareAndSwap(false, true) {
		return nil, syscall.EMFILE
	}
	return l.Listener.Accept()
}

func TestAServerThatCannotTakeAConnectionIsTheRigs(t *testing.T) {
	t.Parallel()
	s := &stage{host: "127.0.0.1", hear: func(l net.Listener) net.Listener { return &exhausted{Listener: l} }}
	c, _ := config(s.pool("a", 1))
	report := run.Scenarios(t.Context(), c, files(t, strings.Replace(get, "200", "404", 1)))
	require.Equal(t, []result.Verdict{result.Rig}, verdicts(report), "whatever else is not as it should be")
	require.Contains(t, report.Runs[0].Diffs[0].Got, "accepting a connection")
}

func TestTheOthersOfAPoolTakeOverFromABoardThatFails(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 12 {
		texts = append(texts, strings.Replace(get, "get", fmt.Sprint("n", i), 1))
	}
	s := &stage{power: func(n int) error {
		if n > 1 {
			return errors.New("only one board there is")
		}
		return nil
	}}
	c, _ := config(s.pool("a", 3))
	report := run.Scenarios(t.Context(), c, files(t, texts...))
	require.Equal(t, len(texts), report.Totals.All())
	require.LessOrEqual(t, report.Totals.Rig, 2, "one run at most for each board that fails")
}

func TestAPanicOfAWorkerReachesTheCaller(t *testing.T) {
	t.Parallel()
	s := &stage{do: func(context.Context, int, agent.Request) (*agent.Record, bool, error) { panic("a bug") }}
	c, _ := config(s.pool("a", 1))
	defer func() {
		require.Contains(t, fmt.Sprint(recover()), "a bug")
		require.Zero(t, s.alive, "the board is let go")
	}()
	run.Scenarios(t.Context(), c, files(t, get))
	t.Error("the panic was lost")
}
