package run_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/journal"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
)

// odd is a pool whose boards read another reason.
func odd(name string) (*stage, run.Pool) {
	s := &stage{}
	s.do = func(ctx context.Context, _ int, r agent.Request) (*agent.Record, bool, error) {
		record, err := exchange(ctx, r)
		if err == nil && record.Response != nil { // it was not cut off
			record.Response.Reason = "Odd"
		}
		return record, true, err
	}
	return s, s.pool(name, 1)
}

// killed ends the runs once so many have been written to the journal.
type killed struct {
	*journal.Journal
	left int
	kill context.CancelFunc
}

func (k *killed) Made(number int, r *result.Run) {
	k.Journal.Made(number, r)
	if k.left--; k.left == 0 {
		k.kill()
	}
}

func TestRunsThatWereCutOffAnywhereAreGoneOnWithAndNoneIsMadeTwice(t *testing.T) {
	t.Parallel()
	const post = "name: post\nrequest: {post: /albums, json: {a: 1}}\n"
	scenarios := files(t, get, post)
	plain := func() (run.Config, func() int) {
		a := &stage{}
		b, pool := odd("b")
		c, _ := config(a.pool("a", 1), pool)
		c.Repeat = 2
		return c, func() int { return a.asked + b.asked }
	}
	c, asked := plain()
	want := run.Scenarios(t.Context(), c, scenarios)
	require.Equal(t, 8, asked())
	require.Equal(t, result.Totals{Pass: 4, Diverged: 4}, want.Totals)

	for cut := 1; cut <= 8; cut++ {
		t.Run(fmt.Sprint(cut), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "out.json")
			c, before := plain()
			plan := run.Plan(c, scenarios)
			j, err := journal.Begin(path, journal.Head{Plan: plan})
			require.NoError(t, err)
			ctx, kill := context.WithCancel(t.Context())
			defer kill()
			c.Journal = &killed{j, cut, kill}
			run.Scenarios(ctx, c, scenarios)
			require.NoError(t, j.Leave())

			c, after := plain()
			j, earlier, err := journal.Resume(path)
			require.NoError(t, err)
			require.Empty(t, earlier.Head.Plan.Changed(run.Plan(c, scenarios)))
			made := len(earlier.Runs)
			require.GreaterOrEqual(t, made, cut)
			require.LessOrEqual(t, made, before())
			c.Journal, c.Earlier = j, earlier
			got := run.Scenarios(t.Context(), c, scenarios)
			require.NoError(t, j.Close(nil, got.Interrupted))
			require.Equal(t, 8-made, after(), "none that the journal has is made again")
			ignore := cmpopts.IgnoreFields(result.Run{}, "Servers")
			volatile := cmp.FilterPath(func(p cmp.Path) bool {
				last := p.Last().String()
				return last == ".TimingMS" || last == ".Wire" || last == ".Requests" || last == ".Response"
			}, cmp.Ignore())
			require.Empty(t, cmp.Diff(want, got, ignore, volatile, cmpopts.EquateEmpty()))
		})
	}
}

func TestPlanOfScenariosChangesWithWhatMatters(t *testing.T) {
	t.Parallel()
	s := &stage{}
	c, _ := config(s.pool("a", 1))
	plan := run.Plan(c, files(t, get))
	same := func(c run.Config, text string) []string { return plan.Changed(run.Plan(c, files(t, text))) }
	require.Empty(t, same(c, get))
	require.Empty(t, same(c, "# a comment\n"+get))
	require.Empty(t, same(c, get+"about: RFC 9110\n"))
	for _, text := range []string{
		"name: get\nrequest: {get: /albums/2}\nexpect: {status_code: 200}\n",
		"name: get\nrequest: {get: /albums/1}\nexpect: {status_code: 201}\n",
		"name: get\nrequest: {get: /albums/1}\nexpect: {status_code: 200, reason: ~^O}\n",
		"name: get\nserver: {faults: {latency: 1ms}}\nrequest: {get: /albums/1}\nexpect: {status_code: 200}\n",
		"name: get\nneeds: [heap]\nrequest: {get: /albums/1}\nexpect: {status_code: 200}\n",
	} {
		require.Regexp(t, "^scenario a.yaml was ", same(c, text)[0], text)
	}
	expressions := run.Plan(c, files(t, "name: get\nrequest: {get: /albums/1}\nexpect: {reason: ~^O}\n"))
	require.NotEmpty(t, expressions.Changed(run.Plan(c, files(t, "name: get\nrequest: {get: /albums/1}\nexpect: {reason: ~^K}\n"))))
	other := c
	other.Repeat = 2
	require.Equal(t, []string{"repeats was 1 and is 2"}, same(other, get))
	other = c
	other.Boards = append(other.Boards, s.pool("b", 1))
	require.Equal(t, []string{"boards was a with espy.requests and is a with espy.requests, b with espy.requests"}, same(other, get))
	other = c
	other.Firmware = result.Firmware{Hash: "1", Form: "mpy"}
	require.Len(t, same(other, get), 1)
}
