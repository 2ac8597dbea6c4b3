package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestWordsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for name, w := range map[string]plan.Words{
		"a plain server": {},
		"one version":    {Accept: []string{"1.0"}, Refuse: "505", Answer: "1.0"},
		"a close":        {Accept: []string{"1.1"}, Refuse: "close"},
		"a personality":  {Personality: "nginx"},
		"faults":         {Faults: map[string]string{"latency": "50ms", "slice": "1", "refuse_connection": "false", "fail_first": "2"}},
	} {
		var p plan.Server
		require.NoError(t, w.Apply(&p), name)
		if w.Accept == nil {
			w.Accept = []string{}
		}
		if w.Faults == nil {
			w.Faults = map[string]string{}
		}
		require.Empty(t, cmp.Diff(w, plan.WordsOf(p)), name)
	}
}

func TestWordsTakeOutWhatTheyDoNotSay(t *testing.T) {
	t.Parallel()
	var p plan.Server
	require.NoError(t, plan.Words{Accept: []string{"1.0"}, Faults: map[string]string{"slice": "1"}}.Apply(&p))
	require.NoError(t, plan.Words{}.Apply(&p))
	require.Equal(t, plan.Server{}, p)
}

func TestWordsThatAreWrongAreASentenceAndChangeNothing(t *testing.T) {
	t.Parallel()
	for want, w := range map[string]plan.Words{
		`accept: there is no version "2"; there are 1.0 and 1.1`:                                {Accept: []string{"2"}},
		`answer: "1.2" is none of same, 1.0 and 1.1`:                                            {Answer: "1.2"},
		"refuse: nothing is refused where both versions are accepted: accept one of them alone": {Refuse: "505"},
		`refuse: "200" is neither close nor a status from 400 to 599`:                           {Accept: []string{"1.0"}, Refuse: "200"},
		"personality: it decides on versions by itself: leave out accept, refuse and answer":    {Personality: "nginx", Accept: []string{"1.0"}},
		"fault: slice: it must be 1 or more; expected a size such as 512, 4KiB or 1MiB":         {Faults: map[string]string{"slice": "0"}},
		"fault: fail_first and refuse_connection cannot stand beside each other":                {Faults: map[string]string{"refuse_connection": "", "fail_first": "1"}},
		`fault: latency: "" is not a duration; expected a duration such as 50ms or 2s`:          {Faults: map[string]string{"latency": ""}},
	} {
		p := plan.Server{Faults: []plan.Fault{{Name: "slice", Amount: 3}}}
		require.EqualError(t, w.Apply(&p), want)
		require.Len(t, p.Faults, 1)
	}
	require.ErrorContains(t, plan.Words{Personality: "iis"}.Apply(&plan.Server{}), "personality: ")
}

func TestWordsAreOneLine(t *testing.T) {
	t.Parallel()
	require.Equal(t, "accepts HTTP/1.0 and HTTP/1.1", plan.Words{}.String())
	require.Equal(t, "accepts HTTP/1.1 alone, refuses others with 426, answers in same, latency 1s, slice 1",
		plan.Words{Accept: []string{"1.1"}, Refuse: "426", Answer: "same", Faults: map[string]string{"slice": "1", "latency": "1s"}}.String())
}
