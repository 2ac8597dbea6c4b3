package compare_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// replied is an album whose reply is given as bytes.
func replied(head, body string) *result.Observation {
	o := album()
	o.Wire[0].Reply = []byte(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body)
	o.Wire[0].Request = []byte("POST /albums/1 HTTP/1.1\r\nHost: 127.0.0.1:4000\r\n\r\n")
	return o
}

const albumHead = "HTTP/1.1 200 OK\nDate: Mon\nContent-Type: application/json\nSet-Cookie: a=1\nSet-Cookie: b=2\nContent-Length: 8"

func TestWhatAnUnexpectedFieldLiesIn(t *testing.T) {
	t.Parallel()
	name := func(name string, m *scenarios.Match) scenarios.Expect {
		return scenarios.Expect{Headers: []scenarios.HeaderMatch{{Name: name, Value: *m}}}
	}
	document := jsonObject("id", jsonNumber("2"))
	tests := map[string]struct {
		expect scenarios.Expect
		wire   *scenarios.Wire
		spoil  func(*result.Observation)
		want   result.Origin
	}{
		"the status that was sent":   {expect: scenarios.Expect{StatusCode: integer(1, 404)}, want: result.InReply},
		"a status that was not sent": {scenarios.Expect{StatusCode: integer(1, 200)}, nil, func(o *result.Observation) { o.Response.StatusCode = 0 }, result.InReading},
		"the reason that was sent":   {expect: scenarios.Expect{Reason: literal(1, "Fine")}, want: result.InReply},
		"a reason in UTF-8": {scenarios.Expect{Reason: literal(1, "OK")}, nil, func(o *result.Observation) {
			o.Response.Reason, o.Wire[0].Reply = "fein ✓", []byte("HTTP/1.1 200 fein ✓\r\nContent-Length: 0\r\n\r\n")
		}, result.InReply},
		"a reason in Latin-1": {scenarios.Expect{Reason: literal(1, "OK")}, nil, func(o *result.Observation) {
			o.Response.Reason, o.Wire[0].Reply = "schön", []byte("HTTP/1.1 200 sch\xf6n\r\nContent-Length: 0\r\n\r\n")
		}, result.InReply},
		"a reason that was not sent":   {scenarios.Expect{Reason: literal(1, "OK")}, nil, func(o *result.Observation) { o.Response.Reason = "" }, result.InReading},
		"the version that was sent":    {expect: scenarios.Expect{Version: literal(1, "1.0")}, want: result.InReply},
		"fields that were sent":        {expect: name("set-cookie", literal(1, "c=3")), want: result.InReply},
		"a field that was not sent":    {expect: name("x-a", literal(1, "1")), want: result.InReply},
		"a field that was lost":        {name("set-cookie", literal(1, "b=2")), nil, func(o *result.Observation) { o.Response.Headers = nil }, result.InReading},
		"the body that was sent":       {expect: scenarios.Expect{Content: literal(1, "other")}, want: result.InReply},
		"a body that was not sent":     {scenarios.Expect{Content: literal(1, `{"id":1}`)}, nil, func(o *result.Observation) { o.Response.Body.Base64 = []byte("x") }, result.InReading},
		"the document that was sent":   {expect: scenarios.Expect{JSON: &document}, want: result.InReply},
		"a document that was not sent": {scenarios.Expect{JSON: &document}, nil, func(o *result.Observation) { o.Response.JSON = []byte("3") }, result.InReading},
		"the text that was sent":       {expect: scenarios.Expect{Text: literal(1, "other")}, want: result.InReply},
		"a text of who knows what":     {scenarios.Expect{Text: literal(1, "other")}, nil, func(o *result.Observation) { o.Response.Text = new("x") }, ""},
		"a body in a coding": {scenarios.Expect{Content: literal(1, "other")}, nil, func(o *result.Observation) {
			o.Wire[0].Reply = []byte("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx")
		}, ""},
		"a body that breaks off": {scenarios.Expect{Content: literal(1, "other")}, nil, func(o *result.Observation) { o.Wire[0].Reply = o.Wire[0].Reply[:len(o.Wire[0].Reply)-1] }, ""},
		"what came after interim replies": {scenarios.Expect{StatusCode: integer(1, 404)}, nil, func(o *result.Observation) {
			o.Wire[0].Reply = append([]byte("HTTP/1.1 103 Early\r\nA: b\r\n\r\n"), o.Wire[0].Reply...)
		}, result.InReply},
		"a reply that is no HTTP": {scenarios.Expect{StatusCode: integer(1, 404)}, nil, func(o *result.Observation) { o.Wire[0].Reply = []byte("SSH-2.0\r\n") }, ""},
		"no reply":                {scenarios.Expect{StatusCode: integer(1, 404)}, nil, func(o *result.Observation) { o.Wire = nil }, ""},
		"the request":             {wire: &scenarios.Wire{Items: []scenarios.WireItem{{Line: literal(1, "GET / HTTP/1.1")}}}, want: result.InRequest},
		"a field of the request":  {wire: &scenarios.Wire{Items: []scenarios.WireItem{{Headers: []scenarios.HeaderMatch{{Name: "x", Value: *literal(1, "y")}}}}}, want: result.InRequest},
		"no request":              {wire: &scenarios.Wire{}, want: result.InRequest},
		"its connection":          {wire: &scenarios.Wire{Items: []scenarios.WireItem{{Connection: integer(1, 2)}}}, want: ""},
		"too slow":                {expect: scenarios.Expect{Within: &scenarios.Duration{Value: 1}}, want: result.InTiming},
		"a class":                 {expect: scenarios.Expect{Types: []scenarios.TypeMatch{{Name: "text", Value: *literal(1, "bytes")}}}, want: ""},
		"a timeout": {spoil: func(o *result.Observation) {
			o.Response, o.Raises = nil, &result.Raises{Type: "OSError", Errno: new(110)}
		}, want: result.InTiming},
		"no memory": {spoil: func(o *result.Observation) {
			o.Response, o.Raises = nil, &result.Raises{In: "content", Type: "MemoryError"}
		}, want: ""},
		"no timeout":              {expect: scenarios.Expect{Raises: &scenarios.Raises{Type: literal(1, "Timeout")}}, want: result.InTiming},
		"a good reply refused":    {spoil: func(o *result.Observation) { o.Response, o.Raises = nil, &result.Raises{Type: "ProtocolError"} }, want: result.InReading},
		"a good document refused": {spoil: func(o *result.Observation) { o.Raises = &result.Raises{In: "json", Type: "ValueError"} }, want: result.InReading},
		"no document": {spoil: func(o *result.Observation) {
			o.Raises, o.Wire[0].Reply = &result.Raises{In: "json", Type: "ValueError"}, []byte("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{")
		}, want: result.InReply},
		"a broken reply refused": {spoil: func(o *result.Observation) {
			o.Response, o.Raises, o.Wire[0].Reply = nil, &result.Raises{Type: "IncompleteRead"}, o.Wire[0].Reply[:len(o.Wire[0].Reply)-1]
		}, want: result.InReply},
		"an argument refused": {spoil: func(o *result.Observation) {
			o.Response, o.Raises, o.Wire = nil, &result.Raises{Type: "ValueError"}, nil
		}, want: ""},
		"another exception than x": {scenarios.Expect{Raises: &scenarios.Raises{Type: literal(1, "X")}}, nil, func(o *result.Observation) { o.Raises = &result.Raises{Type: "Y"} }, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := replied(albumHead, `{"id":1}`)
			if test.spoil != nil {
				test.spoil(got)
			}
			diffs := compare.Expected(&scenarios.Step{Request: scenarios.Request{Method: "POST"}, Expect: test.expect, Wire: test.wire}, "espy.requests", got)
			require.NotEmpty(t, diffs)
			require.Equal(t, test.want, diffs[0].Origin, "%+v", diffs[0])
		})
	}
}

func TestWhatADifferenceBetweenBoardsLiesIn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil func(*result.Observation)
		want  map[string]result.Origin // by field
	}{
		"the same reply": {
			func(o *result.Observation) { o.Response.Reason = "" },
			map[string]result.Origin{"reason": result.InReading},
		},
		"another date": {
			func(o *result.Observation) {
				o.Response.Reason, o.Wire[0].Reply = "", []byte(strings.Replace(string(o.Wire[0].Reply), "Mon", "Tuesday", 1))
			},
			map[string]result.Origin{"reason": result.InReading},
		},
		"another reply": {
			func(o *result.Observation) {
				o.Response.Reason, o.Wire[0].Reply = "", []byte(strings.Replace(string(o.Wire[0].Reply), "OK", "", 1))
			},
			map[string]result.Origin{"reason": result.InReply},
		},
		"another request": {
			func(o *result.Observation) {
				o.Response.StatusCode, o.Wire[0].RequestLine = 404, "POST /albums/2 HTTP/1.1"
			},
			map[string]result.Origin{"status_code": result.InRequest, "wire[0].request_line": result.InRequest},
		},
		"no time": {
			func(o *result.Observation) { o.Response, o.Raises = nil, &result.Raises{Type: "Timeout"} },
			map[string]result.Origin{"response": result.InTiming, "raises": result.InTiming},
		},
		"no request for want of time": {
			func(o *result.Observation) { o.Response, o.Raises, o.Wire = nil, &result.Raises{Type: "Timeout"}, nil },
			map[string]result.Origin{"response": result.InTiming, "raises": result.InTiming, "wire[0]": result.InTiming},
		},
		"one more request": {
			func(o *result.Observation) { o.Wire = append(o.Wire, o.Wire[0]) },
			map[string]result.Origin{"wire[1]": result.InRequest},
		},
		"a connection": {
			func(o *result.Observation) { o.OpenConnections = 1 },
			map[string]result.Origin{"open_connections": ""},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b := replied(albumHead, `{"id":1}`), replied(albumHead, `{"id":1}`)
			test.spoil(b)
			got := map[string]result.Origin{}
			for _, d := range between(run(a), run(b)) {
				got[d.Field] = d.Origin
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestRequestsStandSideBySide(t *testing.T) {
	t.Parallel()
	a, b := run(album()), run(album())
	a.Wire[0].Headers = [][2]string{{"Host", "127.0.0.1:4000"}, {"Accept", "*/*"}, {"Connection", "close"}}
	b.Wire[0].Headers = [][2]string{{"host", "esp.local:80"}, {"User-Agent", "x"}, {"Connection", "close"}, {"Date", "now"}}
	b.Servers = map[string]string{"main": "esp.local:80"}
	b.Response.URL, b.Response.History[0].URL = "http://esp.local:80/albums/1", "http://esp.local:80/albums/1"
	diffs := between(a, b)
	want := &result.Requests{
		Rows: [][2]string{
			{"POST /albums/1 HTTP/1.1", "POST /albums/1 HTTP/1.1"},
			{"Host: $(main.host):$(main.port)", "host: $(main.host):$(main.port)"},
			{"Accept: */*", ""},
			{"", "User-Agent: x"},
			{"Connection: close", "Connection: close"},
		},
		Differ: []int{1, 2, 3}, Byte: 0, Want: "48 6f 73 74 3a 20 24 28 …", Got: "68 6f 73 74 3a 20 24 28 …",
	}
	require.Len(t, diffs, 2)
	if d := cmp.Diff(want, diffs[0].Requests); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	require.Nil(t, diffs[1].Requests, "they are shown once")
}

func TestARequestStandsBesideWhatTheFileSaysOfIt(t *testing.T) {
	t.Parallel()
	got := album()
	got.Wire[0].Headers = [][2]string{{"Host", "127.0.0.1:4000"}, {"Accept", "*/*"}, {"Connection", "close"}}
	fields := []scenarios.HeaderMatch{
		{Name: "connection", Value: *literal(2, "close")},
		{Name: "accept", Value: *null(3)},
		{Name: "x-a", Value: *expression(4, "b+")},
	}
	wire := &scenarios.Wire{Items: []scenarios.WireItem{{Line: literal(1, "POST /albums/2 HTTP/1.1"), Headers: fields}}}
	diffs := compare.Expected(&scenarios.Step{Wire: wire}, "espy.requests", got)
	want := &result.Requests{
		Rows: [][2]string{
			{"POST /albums/2 HTTP/1.1", "POST /albums/1 HTTP/1.1"},
			{"", "Host: 127.0.0.1:4000"},
			{"accept: absent", "Accept: */*"},
			{"connection: close", "Connection: close"},
			{"x-a: ~b+", ""},
		},
		Differ: []int{0, 2, 4}, Byte: 13, Want: "32 20 48 54 54 50 2f 31 …", Got: "31 20 48 54 54 50 2f 31 …",
	}
	require.Len(t, diffs, 3)
	if d := cmp.Diff(want, diffs[0].Requests); d != "" {
		t.Errorf("requests (-want +got):\n%s", d)
	}
	require.Nil(t, diffs[1].Requests)

	wire.Items[0].Headers = nil
	require.Nil(t, compare.Expected(&scenarios.Step{Wire: wire}, "espy.requests", got)[0].Requests, "the line alone says it all")
}

func TestTextsAreShownWhereTheyPart(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 30)
	for name, test := range map[string]struct {
		want, got, shownWant, shownGot string
		at                             *result.Place
	}{
		"short":               {"OK", "Fine", "OK", "Fine", nil},
		"alike at first":      {"GET /albums/1", "GET /albums/2", "GET /albums/1", "GET /albums/2", &result.Place{Offset: 12, Line: 1, Column: 13, Shown: 12}},
		"one ends":            {"abcdef", "abcd", "abcdef", "abcd", &result.Place{Offset: 4, Line: 1, Column: 5, Shown: 4}},
		"one cannot be seen":  {"abcd\n", "abcd", `"abcd\n"`, `"abcd"`, &result.Place{Offset: 4, Line: 1, Column: 5, Shown: 5}},
		"in another line":     {"a\nb\ncd", "a\nb\nce", `"a\nb\ncd"`, `"a\nb\nce"`, &result.Place{Offset: 5, Line: 3, Column: 2, Shown: 8}},
		"long":                {long + "a" + long, long + "b", "…" + long[:30] + "a" + long[:59] + "…", "…" + long[:30] + "b", &result.Place{Offset: 300, Line: 1, Column: 301, Shown: 31}},
		"long from the start": {long, "x" + long, long[:60] + "…", "x" + long[:59] + "…", &result.Place{Line: 1, Column: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := album()
			got.Response.Body = result.Body{Length: int64(len(test.got)), Base64: []byte(test.got)}
			diffs := compare.Expected(&scenarios.Step{Expect: scenarios.Expect{Content: literal(1, test.want)}}, "espy.requests", got)
			want := []result.Diff{{Field: "content", Want: test.shownWant, Got: test.shownGot, Source: "a.yaml:1", At: test.at}}
			if d := cmp.Diff(want, diffs); d != "" {
				t.Errorf("diffs (-want +got):\n%s", d)
			}
		})
	}
}

func TestBytesAreShownWhereTheyPart(t *testing.T) {
	t.Parallel()
	got := album()
	expect := scenarios.Expect{ContentHex: &scenarios.Bytes{Pos: at(1), Value: []byte(`{"id":9}`)}}
	want := []result.Diff{{
		Field: "content_hex", Want: "7b226964223a397d", Got: "7b226964223a317d", Source: "a.yaml:1",
		At: &result.Place{Offset: 6, Line: 1, Column: 7, Shown: 12},
	}}
	if d := cmp.Diff(want, compare.Expected(&scenarios.Step{Expect: expect}, "espy.requests", got)); d != "" {
		t.Errorf("diffs (-want +got):\n%s", d)
	}
}

// Wherever two bodies part, what is shown of them parts at the caret.
func TestTheCaretStandsWhereTextsPart(t *testing.T) {
	t.Parallel()
	piece := rapid.StringOfN(rapid.RuneFrom([]rune("ab\n\x00é…\"")), 0, 300, -1)
	rapid.Check(t, func(t *rapid.T) {
		alike := piece.Draw(t, "alike")
		a, b := alike+"x"+piece.Draw(t, "a"), alike+"y"+piece.Draw(t, "b")
		o := album()
		o.Response.Reason = b
		d := compare.Expected(&scenarios.Step{Expect: scenarios.Expect{Reason: literal(1, a)}}, "espy.requests", o)[0]
		want, got := []rune(d.Want), []rune(d.Got)
		shown := 0
		if d.At != nil {
			shown = d.At.Shown
			if d.At.Offset != len([]rune(alike)) {
				t.Fatalf("they part after %d and not %d", len([]rune(alike)), d.At.Offset)
			}
		} else if len([]rune(alike)) >= 4 {
			t.Fatalf("no place: %q, %q", d.Want, d.Got)
		} else {
			return
		}
		if want[shown] != 'x' || got[shown] != 'y' || string(want[:shown]) != string(got[:shown]) {
			t.Fatalf("they do not part at %d: %q, %q", shown, d.Want, d.Got)
		}
		if len(want) > 900 {
			t.Fatalf("that is long: %q", d.Want)
		}
	})
}
