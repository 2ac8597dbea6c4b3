package scenarios

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func labels(s *Scenario) []string {
	var list []string
	for _, v := range s.Variants {
		list = append(list, v.Label)
	}
	return list
}

func TestAMapMakesEveryCombinationTheLastNameFastest(t *testing.T) {
	t.Parallel()
	s := parse(t, "name: x\nfor: {how: [505, 426], method: [GET, POST]}\nrequest: {method: $(method), url: /status/$(how)}\n")
	require.Equal(t, []string{"how=505 method=GET", "how=505 method=POST", "how=426 method=GET", "how=426 method=POST"}, labels(s))
	last := s.Variants[3].Steps[0].Request
	require.Equal(t, "POST", last.Method)
	require.Equal(t, "/status/426", last.URL)
}

func TestAListMakesEachRowARun(t *testing.T) {
	t.Parallel()
	s := parse(t, `
name: x
for:
  - {method: GET, how: 505}
  - {how: "a b", method: POST}
request: {method: $(method), url: /, data: $(how)}
`)
	require.Equal(t, []string{"method=GET how=505", `method=POST how="a b"`}, labels(s))
}

func TestWithoutForThereIsOneRunWithoutALabel(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{""}, labels(parse(t, "name: x\nrequest: {get: /}\n")))
}

func TestAVariableAloneIsWhatItsValueIs(t *testing.T) {
	t.Parallel()
	s := parse(t, `
name: x
for:
  - {policy: {accept: ["1.0"], refuse: 426}, status: 426, body: [1, {a: null}], lines: [GET / HTTP/1.0]}
server: {versions: $(policy)}
request: {get: /, json: $(body)}
expect: {status_code: $(status), reason: "$(status)", json: {n: $(status), t: "$(status)"}}
wire: $(lines)
`)
	v := s.Variants[0]
	require.Equal(t, 426, v.Servers[0].Plan.Versions.Refuse.Status)
	require.Equal(t, []any{int64(1), Object{{"a", nil}}}, v.Steps[0].Request.JSON)
	require.Equal(t, int64(426), v.Steps[0].Expect.StatusCode.Value)
	require.Equal(t, "426", v.Steps[0].Expect.Reason.Text)
	require.Equal(t, `{n: 426, t: "426"}`, v.Steps[0].Expect.JSON.Text(), "quoted, it is text")
	require.Equal(t, Pos{"x.yaml", 7, 23}, v.Steps[0].Expect.StatusCode.Pos, "the place is where the variable stands")
	require.Len(t, v.Steps[0].Wire.Items, 1)
}

func TestAVariableMayStandInAKey(t *testing.T) {
	t.Parallel()
	s := parse(t, "name: x\nfor: {field: [reason, text]}\nrequest: {get: /}\nexpect: {types: {$(field): str}}\n")
	require.Equal(t, "text", s.Variants[1].Steps[0].Expect.Types[0].Name)
}

func TestLongValuesAreCutInLabelsAndStayApart(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1000)
	s := parse(t, fmt.Sprintf("name: x\nfor: {a: [%s1, %s2]}\nrequest: {get: /$(a)}\n", long, long))
	require.Less(t, len(s.Variants[0].Label), 100)
	require.NotEqual(t, s.Variants[0].Label, s.Variants[1].Label)
}

func TestTenThousandRunsAreTheMost(t *testing.T) {
	t.Parallel()
	file := "name: x\nfor: {a: [%s], b: [%s]}\nrequest: {get: /$(a)/$(b)}\n"
	numbers := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint(i)
		}
		return strings.Join(list, ",")
	}
	require.Len(t, parse(t, fmt.Sprintf(file, numbers(100), numbers(100))).Variants, 10_000)
	require.Contains(t, problems(t, fmt.Sprintf(file, numbers(100), numbers(101))), "more than 10000 runs")
}

// Whatever text a variable holds, a file that takes it whole and one that has it
// inside another text give that text back.
func TestTextsSurviveVariables(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		printable := rapid.StringOf(rapid.RuneFrom([]rune(`ab $()~\"'{}[]:,#&*!|>%@-é→`)))
		values := rapid.SliceOfNDistinct(printable, 1, 5, rapid.ID).Draw(t, "values")
		quoted := make([]string, len(values))
		for i, v := range values {
			quoted[i] = fmt.Sprintf("%q", escapeTemplate(v))
		}
		s, err := Parse("x.yaml", []byte(
			"name: x\nfor: {v: ["+strings.Join(quoted, ", ")+"]}\n"+
				"request: {get: /, data: $(v), headers: {x: \"<$(v)>\"}}\n"))
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Variants) != len(values) {
			t.Fatalf("%d variants of %d values", len(s.Variants), len(values))
		}
		for i, v := range s.Variants {
			v, err := v.Expand(nil)
			if err != nil {
				t.Fatal(err)
			}
			r := v.Steps[0].Request
			if *r.Data != values[i] || r.Headers[0].Value != "<"+values[i]+">" {
				t.Fatalf("%q became %q and %q", values[i], *r.Data, r.Headers[0].Value)
			}
		}
	})
}

// The number of runs is the product of the lists, and each combination is there once.
func TestCombinationsAreComplete(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.IntRange(1, 6), 1, 4).Draw(t, "sizes")
		var file, url strings.Builder
		want := 1
		file.WriteString("name: x\nfor:\n")
		for i, size := range sizes {
			want *= size
			fmt.Fprintf(&file, "  v%d: [", i)
			for j := range size {
				fmt.Fprintf(&file, "%d,", j)
			}
			file.WriteString("]\n")
			fmt.Fprintf(&url, "/$(v%d)", i)
		}
		s, err := Parse("x.yaml", []byte(file.String()+"request: {get: "+url.String()+"}\n"))
		if err != nil {
			t.Fatal(err)
		}
		urls := map[string]bool{}
		for _, v := range s.Variants {
			urls[v.Steps[0].Request.URL] = true
		}
		if len(s.Variants) != want || len(urls) != want {
			t.Fatalf("%d runs of %d URLs, and not %d", len(s.Variants), len(urls), want)
		}
	})
}
