package plan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/fakeapi/plan"
)

func parse(t require.TestingT, text string) plan.Fault {
	f, err := plan.ParseFault(text)
	require.NoError(t, err)
	return f
}

// delivered is what the faults make of a reply that would leave in these writes.
func delivered(faults []plan.Fault, writes ...string) []plan.Step {
	return slices.Collect(plan.Deliver(faults, 1, func(yield func(plan.Step) bool) {
		for _, w := range writes {
			if !yield(plan.Step{Bytes: []byte(w)}) {
				return
			}
		}
	}))
}

func TestEachKindIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]plan.Fault{
		"latency=50ms":           {Name: "latency", Amount: int64(50 * time.Millisecond)},
		"bandwidth=10KiB":        {Name: "bandwidth", Amount: 10 << 10},
		"slice=1":                {Name: "slice", Amount: 1},
		"drip=5ms":               {Name: "drip", Amount: int64(5 * time.Millisecond)},
		"truncate_after=17":      {Name: "truncate_after", Amount: 17},
		"reset_after=0":          {Name: "reset_after", Amount: 0},
		"garbage_after=1MiB":     {Name: "garbage_after", Amount: 1 << 20},
		"refuse_connection":      {Name: "refuse_connection", Amount: 1},
		"no_answer=true":         {Name: "no_answer", Amount: 1},
		"no_answer=false":        {Name: "no_answer", Amount: 0},
		"fail_first=3":           {Name: "fail_first", Amount: 3},
		"fail_first=2147483647":  {Name: "fail_first", Amount: 1<<31 - 1},
		"latency=1h":             {Name: "latency", Amount: int64(time.Hour)},
		"truncate_after=999999B": {Name: "truncate_after", Amount: 999_999},
	} {
		require.Equal(t, want, parse(t, text), text)
	}
}

func TestAFaultThatCannotBeReadIsASentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                "there is no fault \"\"; there are bandwidth, drip, fail_first, garbage_after, latency, no_answer, refuse_connection, reset_after, slice, truncate_after",
		"latncy=5ms":      `there is no fault "latncy"`,
		"latency":         `latency: "" is not a duration; expected a duration such as 50ms or 2s`,
		"latency=5":       "latency: the duration 5 has no unit: 5s is seconds, 5ms thousandths",
		"latency=2h":      "latency: the duration 2h is longer than an hour",
		"latency=-1s":     "latency: the duration -1s is negative",
		"slice=0":         "slice: it must be 1 or more; expected a size",
		"bandwidth=fast":  `bandwidth: "fast" is not a size`,
		"slice=9999999GB": `slice: "9999999GB" is not a size`,
		"fail_first=-1":   `fail_first: "-1" is not a number; expected a number`,
		"no_answer=1":     `no_answer: "1" is neither true nor false; expected true or false`,
	} {
		_, err := plan.ParseFault(text)
		require.ErrorContains(t, err, want)
	}
}

func TestFaultsWorkTogetherWhateverTheirOrder(t *testing.T) {
	t.Parallel()
	end := plan.CloseFIN
	a, b, c := parse(t, "latency=5ms"), parse(t, "truncate_after=3"), parse(t, "slice=2")
	want := []plan.Step{
		{Wait: 5 * time.Millisecond},
		{Bytes: []byte("he")},
		{Bytes: []byte("l")},
		{End: &end},
	}
	for _, order := range [][]plan.Fault{{a, b, c}, {c, b, a}, {b, a, c}} {
		require.Empty(t, cmp.Diff(want, delivered(order, "hello", "world")))
	}
}

func TestABandwidthSpreadsTheBytesOverTheirTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Int64Range(1, 1<<30).Draw(t, "rate")
		size := rapid.IntRange(0, 5000).Draw(t, "size")
		var sent int
		var took time.Duration
		for _, s := range delivered([]plan.Fault{{Name: "bandwidth", Amount: rate}}, strings.Repeat("x", size), "y") {
			sent += len(s.Bytes)
			took += s.Wait
			require.LessOrEqual(t, int64(len(s.Bytes)), max(1, rate/100), "more at once than a hundredth of a second's")
		}
		require.Equal(t, size+1, sent)
		require.InDelta(t, float64(size+1)/float64(rate), took.Seconds(), 1e-8)
	})
}

// When nothing is late, any second of a long reply has its bandwidth to 5 %, and to a
// byte where that is less than one.
func TestAnySecondHasItsBandwidth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Int64Range(1, 1<<20).Draw(t, "rate")
		from := rapid.Float64Range(0, 2).Draw(t, "from")
		reply := strings.Repeat("x", int(3*rate+1))
		var at time.Duration
		var within int
		for _, s := range delivered([]plan.Fault{{Name: "bandwidth", Amount: rate}}, reply[:rate], reply[rate:]) {
			if at += s.Wait; at.Seconds() >= from && at.Seconds() < from+1 {
				within += len(s.Bytes)
			}
		}
		require.InDelta(t, float64(rate), float64(within), max(1, float64(rate)*0.05))
	})
}

func TestALatencyIsAsLongAsItSays(t *testing.T) {
	t.Parallel()
	require.Empty(t, cmp.Diff([]plan.Step{
		{Wait: 50 * time.Millisecond}, {Bytes: []byte("a")}, {Bytes: []byte("b")},
	}, delivered([]plan.Fault{parse(t, "latency=50ms")}, "a", "b")))
}

func TestADripIsSilentBetweenItsBytesAlone(t *testing.T) {
	t.Parallel()
	require.Empty(t, cmp.Diff([]plan.Step{
		{Bytes: []byte("a")},
		{Wait: time.Millisecond, Even: true},
		{Bytes: []byte("b")},
		{Wait: time.Millisecond, Even: true},
		{Bytes: []byte("c")},
	}, delivered([]plan.Fault{parse(t, "drip=1ms")}, "ab", "c")))
}

func TestADeliveryCanStopAtAnyStepAndBeGoneThroughAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var all []plan.Fault
		for _, k := range plan.FaultKinds() {
			if k.Deliver != nil && rapid.Bool().Draw(t, k.Name) {
				all = append(all, plan.Fault{Name: k.Name, Amount: rapid.Int64Range(k.Least, 20).Draw(t, "amount")})
			}
		}
		reply := plan.Deliver(all, 7, slices.Values([]plan.Step{
			{Bytes: []byte("0123456789")}, {Wait: 1}, {Bytes: []byte("abc")},
		}))
		whole := slices.Collect(reply)
		require.Empty(t, cmp.Diff(whole, slices.Collect(reply)))
		stop := rapid.IntRange(0, len(whole)).Draw(t, "stop")
		begun := []plan.Step{}
		for s := range reply {
			if len(begun) == stop {
				break
			}
			begun = append(begun, s)
		}
		require.Empty(t, cmp.Diff(whole[:stop], begun))
		for i, s := range whole {
			require.True(t, s.End == nil || i == len(whole)-1, "something follows the end")
		}
	})
}

func TestAFaultThatIsOffDoesNothing(t *testing.T) {
	t.Parallel()
	_, dropped := plan.Drops([]plan.Fault{parse(t, "no_answer=false")}, 1)
	require.False(t, dropped)
	require.False(t, plan.Unreachable([]plan.Fault{parse(t, "refuse_connection=false")}))
}

func TestWhatLeavesNothingToDoExcludesTheRest(t *testing.T) {
	t.Parallel()
	refuse, silent, first, slow := parse(t, "refuse_connection"), parse(t, "no_answer"), parse(t, "fail_first=1"), parse(t, "latency=1ms")
	require.True(t, plan.Excludes(first, refuse))
	require.True(t, plan.Excludes(slow, silent))
	require.False(t, plan.Excludes(first, silent))
	require.False(t, plan.Excludes(first, slow))
	end, dropped := plan.Drops([]plan.Fault{silent, first}, 1)
	require.True(t, dropped)
	require.Equal(t, plan.CloseReset, end, "the first connections fail, and the rest hear nothing")
	end, _ = plan.Drops([]plan.Fault{silent, first}, 2)
	require.Equal(t, plan.CloseHang, end)
}
