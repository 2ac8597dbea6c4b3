package plain_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// exchange is a request and what came back.
func exchange(connection int, line, body, reply string) result.Exchange {
	return result.Exchange{
		Server: "main", Connection: connection, RequestLine: line,
		Request: []byte(line + "\r\nHost: x\r\n\r\n" + body), Reply: []byte(reply),
	}
}

// counted is a body in which every place can be told.
func counted(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%03d,", i)
	}
	return b.String()[:n]
}

func TestWhatMattersOfAFailure(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\nX-Y: one\r\nContent-Length: 1000\r\n\r\n"
	run := &result.Run{Verdict: result.Fail, Observation: result.Observation{
		Wire:     []result.Exchange{exchange(1, "GET / HTTP/1.1", "", ""), exchange(2, "GET / HTTP/1.0", "", ok+counted(1000))},
		Response: &result.Response{Body: result.Body{Base64: []byte(counted(1000))}},
	}, Diffs: []result.Diff{
		{Field: "content", Want: "a", Got: "b", Source: "a.yaml:3", At: &result.Place{Offset: 500}},
		{Field: "headers.x-y", Want: "two", Got: "one", Source: "a.yaml:4"},
		{Field: "status_code", Want: "201", Got: "200", Source: "a.yaml:5"}, // a third place in the bytes is one too many
	}}
	want := `    > GET / HTTP/1.1  on connection 1
    < nothing
    > GET / HTTP/1.0  on connection 2
    < HTTP/1.1 200 OK  1051 bytes
    content  (a.yaml:3)
      want  a
      got   b
            ^ after 500 bytes
    headers.x-y  (a.yaml:4)
      want  two
      got   one
    status_code  (a.yaml:5)
      want  201
      got   200
    the body, as it was read
       484: 31 32 31 2c 31 32 32 2c 31 32 33 2c 31 32 34 2c  121,122,123,124,
       500: 31 32 35 2c 31 32 36 2c 31 32 37 2c 31 32 38 2c  125,126,127,128,
    the field x-y, as it was sent
        17: 58 2d 59 3a 20 6f 6e 65 0d 0a                    X-Y: one..
`
	if d := cmp.Diff(want, plain.Failure(run, 0)); d != "" {
		t.Errorf("failure (-want +got):\n%s", d)
	}
}

func TestTheBytesThatADifferenceIsOf(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\nX-Y: one\r\n\r\n"
	body := func(n int) *result.Response {
		return &result.Response{Body: result.Body{Base64: []byte(counted(n))}}
	}
	tests := map[string]struct {
		diff result.Diff
		of   result.Observation
		want string // the first of its lines; empty: none
	}{
		"the status line":             {result.Diff{Field: "reason"}, result.Observation{Wire: []result.Exchange{exchange(1, "", "", ok)}}, "the status line, as it was sent\n         0: 48 54"},
		"a field":                     {result.Diff{Field: "headers.X-y"}, result.Observation{Wire: []result.Exchange{exchange(1, "", "", ok)}}, "the field X-y, as it was sent\n        17: 58 2d"},
		"a field that is not there":   {result.Diff{Field: "headers.z"}, result.Observation{Wire: []result.Exchange{exchange(1, "", "", ok+"z: 1\r\n")}}, ""},
		"the end, for an exception":   {result.Diff{Field: "raises"}, result.Observation{Wire: []result.Exchange{exchange(1, "", "", ok+counted(100))}}, "the end of what was sent, 129 bytes\n        97: "},
		"nothing came":                {result.Diff{Field: "raises"}, result.Observation{Wire: []result.Exchange{exchange(1, "", "", "")}}, ""},
		"the body's beginning":        {result.Diff{Field: "json.id"}, result.Observation{Response: body(9)}, "the body, as it was read\n         0: 30"},
		"a body's end":                {result.Diff{Field: "content", At: &result.Place{Offset: 99}}, result.Observation{Response: body(100)}, "the body, as it was read\n        68: "},
		"a place beyond what is kept": {result.Diff{Field: "content", At: &result.Place{Offset: 5000}}, result.Observation{Response: body(100)}, "the body, as it was read\n        68: "},
		"no body":                     {result.Diff{Field: "content"}, result.Observation{Response: body(0)}, ""},
		"the body of a request": {
			result.Diff{Field: "wire[0].body", At: &result.Place{Offset: 50}},
			result.Observation{Wire: []result.Exchange{exchange(1, "POST / HTTP/1.1", counted(100), ok)}},
			"request 1, as it was sent\n        62: ",
		},
		"a request that did not come": {result.Diff{Field: "wire[3]", At: &result.Place{}}, result.Observation{}, ""},
		"a head that is shown":        {result.Diff{Field: "wire[0].headers", Requests: &result.Requests{Rows: [][2]string{{"a", "b"}}, Differ: []int{0}}}, result.Observation{Wire: []result.Exchange{exchange(1, "x", "", ok)}}, ""},
	}
	for name, test := range tests {
		got := plain.Failure(&result.Run{Observation: test.of, Diffs: []result.Diff{test.diff}}, 0)
		if test.want == "" {
			require.NotContains(t, got, "as it was", name)
			require.NotContains(t, got, "the end of what was sent", name)
			continue
		}
		require.Contains(t, got, "    "+test.want, name)

		// The same of a step.
		test.diff.Field = "steps[1]." + test.diff.Field
		stepped := &result.Run{Steps: []result.Observation{{}, test.of}, Diffs: []result.Diff{test.diff}}
		require.Contains(t, plain.Failure(stepped, 0), "    "+test.want, name)
	}
}

func TestBytesFitTheScreen(t *testing.T) {
	t.Parallel()
	for _, columns := range []int{0, 200, 80, 60, 40, 20} {
		for line := range strings.Lines(plain.Hex([]byte(counted(40)), 0, columns) + plain.Hex([]byte(counted(40)), 1037, columns)) {
			if columns > 0 {
				require.LessOrEqual(t, len(strings.TrimSuffix(line, "\n")), columns)
			}
			require.Regexp(t, `^ +\d+: (?:[0-9a-f]{2} )+ +[0-9,]+\n$`, line)
		}
	}
}
