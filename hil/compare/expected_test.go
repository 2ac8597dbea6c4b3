package compare_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// bare compares diffs by what differs, and not by how that is explained: see
// explained_test.go.
var bare = cmpopts.IgnoreFields(result.Diff{}, "Origin", "At", "Requests")

func at(line int) scenarios.Pos { return scenarios.Pos{File: "a.yaml", Line: line, Column: 3} }

func literal(line int, s string) *scenarios.Match { return &scenarios.Match{Pos: at(line), Text: s} }

func expression(line int, s string) *scenarios.Match {
	return &scenarios.Match{Pos: at(line), Text: s, Regexp: regexp.MustCompile(s)}
}

func null(line int) *scenarios.Match { return &scenarios.Match{Pos: at(line), Absent: true} }

func integer(line int, n int64) *scenarios.Int { return &scenarios.Int{Pos: at(line), Value: n} }

// album is what GET /albums/1 yields.
func album() *result.Observation {
	return &result.Observation{
		Response: &result.Response{
			Types:      map[string]string{"response": "Response", "text": "str"},
			StatusCode: 200,
			Reason:     "OK",
			Headers:    [][2]string{{"Content-Type", "application/json"}, {"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}},
			Version:    "1.1", RequestVersion: "1.1",
			URL:     "http://127.0.0.1:4000/albums/1",
			History: []result.Hop{{Status: 505, Version: "1.1", URL: "http://127.0.0.1:4000/albums/1"}},
			Body:    result.Body{Length: 8, SHA256: "4cde7bb6", Base64: []byte(`{"id":1}`)},
			Text:    new(`{"id":1}`),
			JSON:    []byte(`{"id":1}`),
		},
		Wire: []result.Exchange{{
			Server: "main", Connection: 1, RequestLine: "POST /albums/1 HTTP/1.1", BodySHA256: "ab",
			Headers: [][2]string{{"Host", "127.0.0.1:4000"}}, Body: []byte(`{"a":1}`),
		}},
		TimingMS: map[string]float64{compare.TotalMS: 12.5},
		Memory:   map[string]int64{compare.Allocated: 2048},
	}
}

func TestWhatAScenarioExpectsIsComparedFieldByField(t *testing.T) {
	t.Parallel()
	whole := scenarios.Expect{
		StatusCode: integer(1, 200), Reason: literal(2, "OK"),
		Headers: []scenarios.HeaderMatch{
			{Name: "content-TYPE", Value: *expression(3, "^application/json")},
			{Name: "set-cookie", Value: *literal(4, "b=2")}, // any of several
			{Name: "Set-Cookie", Value: *literal(4, "a=1, b=2")},
			{Name: "x-none", Value: *null(5)},
		},
		Text: literal(6, `{"id":1}`), Content: expression(7, "id"), ContentHex: &scenarios.Bytes{Pos: at(8), Value: []byte(`{"id":1}`)},
		ContentLength: integer(9, 8), ContentSHA256: expression(10, "^4cde"),
		Version: literal(11, "1.1"), RequestVersion: literal(12, "1.1"),
		History: &scenarios.Ints{Pos: at(13), Value: []int64{505}}, URL: expression(14, "/albums/1$"),
		Types:  []scenarios.TypeMatch{{Name: "text", Value: *literal(15, "str")}},
		Within: &scenarios.Duration{Pos: at(16), Value: 13 * time.Millisecond}, Allocates: integer(17, 2048), OpenConnections: integer(18, 0),
	}
	tests := map[string]struct {
		expect scenarios.Expect
		spoil  func(*result.Observation)
		want   []result.Diff
	}{
		"all as expected":       {expect: whole},
		"nothing expected":      {},
		"another status":        {scenarios.Expect{StatusCode: integer(3, 201)}, nil, []result.Diff{{Field: "status_code", Want: "201", Got: "200", Source: "a.yaml:3"}}},
		"another reason":        {scenarios.Expect{Reason: literal(3, "Fine")}, nil, []result.Diff{{Field: "reason", Want: "Fine", Got: "OK", Source: "a.yaml:3"}}},
		"expression":            {scenarios.Expect{Reason: expression(3, "^X")}, nil, []result.Diff{{Field: "reason", Want: "~^X", Got: "OK", Source: "a.yaml:3"}}},
		"empty reason":          {scenarios.Expect{Reason: literal(3, "OK")}, func(o *result.Observation) { o.Response.Reason = "" }, []result.Diff{{Field: "reason", Want: "OK", Got: `""`, Source: "a.yaml:3"}}},
		"header missing":        {scenarios.Expect{Headers: []scenarios.HeaderMatch{{Name: "X-A", Value: *literal(4, "1")}}}, nil, []result.Diff{{Field: "headers.x-a", Want: "1", Got: "absent", Source: "a.yaml:4"}}},
		"header too many":       {scenarios.Expect{Headers: []scenarios.HeaderMatch{{Name: "set-cookie", Value: *null(4)}}}, nil, []result.Diff{{Field: "headers.set-cookie", Want: "absent", Got: "a=1, b=2", Source: "a.yaml:4"}}},
		"type":                  {scenarios.Expect{Types: []scenarios.TypeMatch{{Name: "text", Value: *literal(2, "bytes")}}}, nil, []result.Diff{{Field: "types.text", Want: "bytes", Got: "str", Source: "a.yaml:2"}}},
		"type not told":         {scenarios.Expect{Types: []scenarios.TypeMatch{{Name: "json", Value: *literal(2, "dict")}}}, nil, []result.Diff{{Field: "types.json", Want: "dict", Got: "absent", Source: "a.yaml:2"}}},
		"history":               {scenarios.Expect{History: &scenarios.Ints{Pos: at(7), Value: []int64{}}}, nil, []result.Diff{{Field: "history", Want: "[]", Got: "[505]", Source: "a.yaml:7"}}},
		"too slow":              {scenarios.Expect{Within: &scenarios.Duration{Pos: at(2), Value: 12 * time.Millisecond}}, nil, []result.Diff{{Field: "within", Want: "at most 12ms", Got: "12.5ms", Source: "a.yaml:2"}}},
		"too hungry":            {scenarios.Expect{Allocates: integer(2, 2047)}, nil, []result.Diff{{Field: "allocates", Want: "at most 2047 bytes", Got: "2048 bytes", Source: "a.yaml:2"}}},
		"memory not measured":   {scenarios.Expect{Allocates: integer(2, 9)}, func(o *result.Observation) { o.Memory = nil }, []result.Diff{{Field: "allocates", Want: "at most 9 bytes", Got: "not measured by this board", Source: "a.yaml:2"}}},
		"a connection left":     {scenarios.Expect{OpenConnections: integer(2, 0)}, func(o *result.Observation) { o.OpenConnections = 1 }, []result.Diff{{Field: "open_connections", Want: "0", Got: "1", Source: "a.yaml:2"}}},
		"an unexpected request": {scenarios.Expect{}, func(o *result.Observation) { o.Unexpected = []string{"GET /2 HTTP/1.1"} }, []result.Diff{{Field: "wire", Want: "no request beyond the raw replies", Got: "GET /2 HTTP/1.1", Source: "a.yaml:90"}}},
		"bytes shown in hex":    {scenarios.Expect{ContentHex: &scenarios.Bytes{Pos: at(2), Value: []byte{0xff}}}, nil, []result.Diff{{Field: "content_hex", Want: "ff", Got: "7b226964223a317d", Source: "a.yaml:2"}}},
		"control characters":    {scenarios.Expect{Reason: literal(3, "OK")}, func(o *result.Observation) { o.Response.Reason = "\x1b[31m" }, []result.Diff{{Field: "reason", Want: "OK", Got: `"\x1b[31m"`, Source: "a.yaml:3"}}},
		"a body in part": {
			scenarios.Expect{Content: literal(2, "abcd")},
			func(o *result.Observation) {
				o.Response.Body = result.Body{Length: 4, SHA256: "1", Base64: []byte("ab"), Truncated: true}
			},
			[]result.Diff{{Field: "content", Want: "abcd", Got: "ab (the first 2 of 4 bytes)", Source: "a.yaml:2"}},
		},
		"a body in part, judged by its digest": {
			scenarios.Expect{Content: literal(2, "abcd")},
			func(o *result.Observation) {
				o.Response.Body = result.Body{Length: 4, SHA256: "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589", Base64: []byte("ab"), Truncated: true}
			}, nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := album()
			if test.spoil != nil {
				test.spoil(got)
			}
			step := scenarios.Step{Request: scenarios.Request{Pos: at(90)}, Expect: test.expect}
			if d := cmp.Diff(test.want, compare.Expected(&step, "espy.requests", got), bare); d != "" {
				t.Errorf("diffs (-want +got):\n%s", d)
			}
		})
	}
}

func TestAnExceptionIsAFailUnlessItIsExpected(t *testing.T) {
	t.Parallel()
	timeout := &result.Raises{In: "request", Type: "Timeout", Errno: new(110), Message: "no answer within 2 s"}
	tests := map[string]struct {
		expect   *scenarios.Raises
		got      *result.Raises
		response bool
		want     []result.Diff
	}{
		"not expected": {
			nil, timeout, false,
			[]result.Diff{{Field: "raises", Want: "no exception", Got: "Timeout (errno 110) in request: no answer within 2 s", Source: "a.yaml:90"}},
		},
		"expected and absent": {
			&scenarios.Raises{Pos: at(5), Type: literal(5, "Timeout"), In: literal(6, "request"), Errno: integer(7, 110)}, nil, true,
			[]result.Diff{{Field: "raises", Want: "Timeout (errno 110) in request", Got: "no exception, status_code 200", Source: "a.yaml:5"}},
		},
		"as expected": {&scenarios.Raises{Type: expression(5, "Time"), In: literal(6, "request"), Errno: integer(7, 110), Message: expression(8, "2 s")}, timeout, true, nil},
		"another one": {
			&scenarios.Raises{Type: literal(5, "IncompleteRead"), Errno: integer(7, 5)}, timeout, true,
			[]result.Diff{
				{Field: "raises.type", Want: "IncompleteRead", Got: "Timeout", Source: "a.yaml:5"},
				{Field: "raises.errno", Want: "5", Got: "110", Source: "a.yaml:7"},
			},
		},
		"the 200 before it is missing": {
			&scenarios.Raises{Type: literal(5, "Timeout")}, timeout, false,
			[]result.Diff{{Field: "status_code", Want: "200", Got: "absent", Source: "a.yaml:1"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := album()
			got.Raises = test.got
			if !test.response {
				got.Response = nil
			}
			step := scenarios.Step{Request: scenarios.Request{Pos: at(90)}, Expect: scenarios.Expect{StatusCode: integer(1, 200), Raises: test.expect}}
			if d := cmp.Diff(test.want, compare.Expected(&step, "espy.requests", got), bare); d != "" {
				t.Errorf("diffs (-want +got):\n%s", d)
			}
		})
	}
}

func TestTheWireIsEveryRequestInOrder(t *testing.T) {
	t.Parallel()
	post := scenarios.WireItem{
		Pos: at(5), Line: literal(5, "POST /albums/1 HTTP/1.1"), Connection: integer(6, 1), Server: literal(7, "main"),
		Headers: []scenarios.HeaderMatch{{Name: "HOST", Value: *expression(8, `^127\.`)}}, Body: literal(9, `{"a":1}`),
		JSON: &scenarios.JSON{Pos: at(10), Kind: scenarios.JSONObject, Object: []scenarios.JSONMember{{Key: "a", Value: scenarios.JSON{Pos: at(11), Kind: scenarios.JSONNumber, Number: "1.0"}}}},
	}
	other := scenarios.WireItem{
		Pos: at(5), Line: literal(5, "POST /albums/1 HTTP/1.0"), Connection: integer(6, 2),
		Headers: []scenarios.HeaderMatch{{Name: "user-agent", Value: *literal(8, "espy")}}, BodySHA256: literal(9, "cd"),
	}
	tests := map[string]struct {
		wire *scenarios.Wire
		want []result.Diff
	}{
		"not checked": {nil, nil},
		"as listed":   {&scenarios.Wire{Items: []scenarios.WireItem{post}}, nil},
		"nothing was to be sent": {
			&scenarios.Wire{Pos: at(4)},
			[]result.Diff{{Field: "wire[0]", Want: "no further request", Got: "POST /albums/1 HTTP/1.1", Source: "a.yaml:4"}},
		},
		"one is missing": {
			&scenarios.Wire{Pos: at(4), Items: []scenarios.WireItem{post, other}},
			[]result.Diff{{Field: "wire[1]", Want: "POST /albums/1 HTTP/1.0", Got: "no further request", Source: "a.yaml:5"}},
		},
		"another request": {
			&scenarios.Wire{Pos: at(4), Items: []scenarios.WireItem{other}},
			[]result.Diff{
				{Field: "wire[0].request_line", Want: "POST /albums/1 HTTP/1.0", Got: "POST /albums/1 HTTP/1.1", Source: "a.yaml:5"},
				{Field: "wire[0].headers.user-agent", Want: "espy", Got: "absent", Source: "a.yaml:8"},
				{Field: "wire[0].body_sha256", Want: "cd", Got: "ab", Source: "a.yaml:9"},
				{Field: "wire[0].connection", Want: "2", Got: "1", Source: "a.yaml:6"},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(test.want, compare.Expected(&scenarios.Step{Wire: test.wire}, "espy.requests", album()), bare); d != "" {
				t.Errorf("diffs (-want +got):\n%s", d)
			}
		})
	}
}

func TestAnotherClientMayHaveItsOwnExpectations(t *testing.T) {
	t.Parallel()
	step := scenarios.Step{
		Expect:  scenarios.Expect{StatusCode: integer(1, 505)},
		Clients: map[string]scenarios.Expect{"requests": {StatusCode: integer(9, 200)}},
	}
	if got := compare.Expected(&step, "requests", album()); len(got) != 0 {
		t.Errorf("the expectations for requests are met, yet it differs: %v", got)
	}
	if got := compare.Expected(&step, "espy.requests", album()); len(got) != 1 {
		t.Errorf("the file's own expectations are not met, yet the diffs are %v", got)
	}
}
