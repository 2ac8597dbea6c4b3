package compare_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

func run(o *result.Observation) *result.Run {
	return &result.Run{Client: "espy.requests", Servers: map[string]string{"main": "127.0.0.1:4000"}, Observation: *o}
}

func between(a, b *result.Run, steps ...scenarios.Step) []result.Diff {
	if len(steps) == 0 {
		steps = []scenarios.Step{{}}
	}
	return compare.Between(a, b, steps, "board sim")
}

// aWord is never empty, and never one of the words that mean something here.
var aWord = rapid.StringMatching(`[a-z]{2,6}[0-9 ]?[\x{e9}\x{4e2d}]?`)

func aHeader(t *rapid.T) [2]string {
	name := rapid.SampledFrom([]string{"Content-Type", "X-One", "X-Two", "Set-Cookie"}).Draw(t, "name")
	return [2]string{name, aWord.Draw(t, "value")}
}

func anObservation(t *rapid.T) *result.Observation {
	body := []byte(`{"id": 1, "title": "` + aWord.Draw(t, "title") + `"}`)
	return &result.Observation{
		Response: &result.Response{
			Types:      map[string]string{"text": aWord.Draw(t, "class")},
			StatusCode: rapid.IntRange(100, 599).Draw(t, "status"),
			Reason:     aWord.Draw(t, "reason"),
			Headers:    rapid.SliceOfN(rapid.Custom(aHeader), 1, 5).Draw(t, "headers"),
			Version:    "1.1", RequestVersion: "1.1",
			URL:     "http://127.0.0.1:4000/" + aWord.Draw(t, "path"),
			History: []result.Hop{{Status: 505, Version: "1.1", URL: "http://127.0.0.1:4000/"}},
			Body:    result.Body{Length: int64(len(body)), Base64: body},
			Text:    new(string(body)), JSON: body,
		},
		Raises: &result.Raises{In: "content", Type: "IncompleteRead", Errno: new(5), Message: aWord.Draw(t, "message")},
		Wire: []result.Exchange{{
			Server: "main", Connection: 1, RequestLine: "GET /" + aWord.Draw(t, "target") + " HTTP/1.1",
			Headers: rapid.SliceOfN(rapid.Custom(aHeader), 1, 3).Draw(t, "request headers"), Body: []byte(aWord.Draw(t, "request body")),
		}, {
			Server: "main", Connection: 1, RequestLine: "GET /again HTTP/1.1",
		}},
	}
}

// changes are the ways in which an observation may become another one, each with
// the field under which that is to be found.
var changes = map[string]func(*result.Observation){
	"types.text":         func(o *result.Observation) { o.Response.Types["text"] += "x" },
	"types.more":         func(o *result.Observation) { o.Response.Types["more"] = "x" },
	"status_code":        func(o *result.Observation) { o.Response.StatusCode++ },
	"reason":             func(o *result.Observation) { o.Response.Reason += "x" },
	"headers.x-new":      func(o *result.Observation) { o.Response.Headers = append(o.Response.Headers, [2]string{"X-New", "x"}) },
	"headers":            func(o *result.Observation) { o.Response.Headers[0][0] = strings.ToUpper(o.Response.Headers[0][0]) },
	"version":            func(o *result.Observation) { o.Response.Version = "1.0" },
	"request_version":    func(o *result.Observation) { o.Response.RequestVersion = "1.0" },
	"url":                func(o *result.Observation) { o.Response.URL += "x" },
	"history[0].status":  func(o *result.Observation) { o.Response.History[0].Status = 426 },
	"history[0].version": func(o *result.Observation) { o.Response.History[0].Version = "1.0" },
	"history[0].url":     func(o *result.Observation) { o.Response.History[0].URL += "x" },
	"history[0]":         func(o *result.Observation) { o.Response.History = nil },
	"content":            func(o *result.Observation) { o.Response.Body.Base64 = []byte("other") },
	"content_sha256":     func(o *result.Observation) { o.Response.Body.Truncated, o.Response.Body.SHA256 = true, "ab" },
	"text":               func(o *result.Observation) { o.Response.Text = nil },
	"json.id": func(o *result.Observation) {
		o.Response.JSON = []byte(strings.Replace(string(o.Response.JSON), "1", "2", 1))
	},
	"json":                  func(o *result.Observation) { o.Response.JSON = nil },
	"response":              func(o *result.Observation) { o.Response = nil },
	"raises.in":             func(o *result.Observation) { o.Raises.In = "json" },
	"raises.type":           func(o *result.Observation) { o.Raises.Type = "Timeout" },
	"raises.errno":          func(o *result.Observation) { o.Raises.Errno = nil },
	"raises.message":        func(o *result.Observation) { o.Raises.Message += "x" },
	"raises":                func(o *result.Observation) { o.Raises = nil },
	"wire[0].server":        func(o *result.Observation) { o.Wire[0].Server = "other" },
	"wire[1].connection":    func(o *result.Observation) { o.Wire[1].Connection = 2 },
	"wire[0].request_line":  func(o *result.Observation) { o.Wire[0].RequestLine = "x" + o.Wire[0].RequestLine },
	"wire[0].headers":       func(o *result.Observation) { o.Wire[0].Headers[0][0] = strings.ToUpper(o.Wire[0].Headers[0][0]) },
	"wire[0].headers.x-new": func(o *result.Observation) { o.Wire[0].Headers = append(o.Wire[0].Headers, [2]string{"X-New", "x"}) },
	"wire[0].body":          func(o *result.Observation) { o.Wire[0].Body = nil },
	"wire[0]":               func(o *result.Observation) { o.Wire = nil },
	"wire[1]":               func(o *result.Observation) { o.Wire = o.Wire[:1] },
	"wire[2]":               func(o *result.Observation) { o.Wire = append(o.Wire, o.Wire[0]) },
	"open_connections":      func(o *result.Observation) { o.OpenConnections++ },
	"unexpected[0]":         func(o *result.Observation) { o.Unexpected = []string{"GET / HTTP/1.1"} },
}

func TestABodyThatOneSideReportsInPartIsComparedAllTheSame(t *testing.T) {
	t.Parallel()
	const ofAll, ofOther = "sum of all", "sum of other"
	whole := result.Body{Length: 4, SHA256: ofAll, Base64: []byte("abcd")}
	part := func(length int64, sum, begins string) result.Body {
		return result.Body{Length: length, SHA256: sum, Base64: []byte(begins), Truncated: true}
	}
	for _, c := range []struct {
		name string
		got  result.Body
		want []string
	}{
		{"the same", part(4, ofAll, "ab"), nil},
		{"nothing of it", part(4, ofAll, ""), nil},
		{"another end", part(4, ofOther, "ab"), []string{"content_sha256"}},
		{"another length", part(5, ofOther, "ab"), []string{"content_length", "content_sha256"}},
		{"another beginning", part(4, ofOther, "xb"), []string{"content", "content_sha256"}},
	} {
		for _, all := range []result.Body{whole, part(4, ofAll, "abc")} {
			for _, turned := range []bool{false, true} {
				one, other := run(&result.Observation{Response: &result.Response{Body: all}}), run(&result.Observation{Response: &result.Response{Body: c.got}})
				if turned {
					one, other = other, one
				}
				var fields []string
				for _, d := range between(one, other) {
					fields = append(fields, d.Field)
				}
				require.ElementsMatch(t, c.want, fields, "%s, turned: %v", c.name, turned)
			}
		}
	}
}

func TestInWhichOrderConnectionsWereAcceptedIsNoDifference(t *testing.T) {
	t.Parallel()
	on := func(connections ...int) *result.Run {
		o := &result.Observation{}
		for i, c := range connections {
			o.Wire = append(o.Wire, result.Exchange{Server: []string{"main", "other"}[i%2], Connection: c})
		}
		return run(o)
	}
	require.Empty(t, between(on(1, 1, 2, 2), on(2, 3, 1, 1)))
	require.NotEmpty(t, between(on(1, 1, 2, 1), on(1, 1, 1, 1)))
}

func TestAnObservationNeverDiffersFromItself(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := anObservation(t)
		if d := between(run(o), run(o)); d != nil {
			t.Fatalf("it differs: %v", d)
		}
	})
}

func TestEveryChangeOfOneFieldIsFoundUnderItsName(t *testing.T) {
	t.Parallel()
	for field, change := range changes {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				draw := rapid.Custom(anObservation)
				seed := rapid.IntRange(0, 1<<20).Draw(t, "seed")
				a, b := draw.Example(seed), draw.Example(seed)
				change(b)
				for _, d := range between(run(a), run(b)) {
					if d.Field == field && d.Source == "board sim" && d.Want != d.Got {
						return
					}
				}
				t.Fatalf("not found: %s", cmp.Diff(a, b))
			})
		})
	}
}

func TestWhatTheFileSpeaksOfIsLeftToTheFile(t *testing.T) {
	t.Parallel()
	anything := expression(1, ".")
	document := jsonObject("id", jsonText(anything))
	step := scenarios.Step{
		Expect: scenarios.Expect{
			StatusCode: integer(1, 200), Reason: anything, Version: anything, RequestVersion: anything, URL: anything,
			Headers: []scenarios.HeaderMatch{{Name: "X-New", Value: *anything}}, Types: []scenarios.TypeMatch{{Name: "text", Value: *anything}},
			History: &scenarios.Ints{}, JSON: &document, OpenConnections: integer(1, 0),
			Raises: &scenarios.Raises{In: anything, Type: anything, Errno: integer(1, 1), Message: anything},
		},
		Wire: &scenarios.Wire{Items: []scenarios.WireItem{{
			Line: anything, Headers: []scenarios.HeaderMatch{{Name: "x-new", Value: *anything}}, Body: anything, Connection: integer(1, 1), Server: anything,
		}, {Connection: integer(1, 1)}}},
	}
	open := []string{"types.more", "headers", "json", "response", "raises", "wire[0]", "wire[1]", "wire[2]", "wire[0].headers", "unexpected[0]"}
	for field, change := range changes {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			draw := rapid.Custom(anObservation)
			a, b := draw.Example(1), draw.Example(1)
			change(b)
			found := slices.ContainsFunc(between(run(a), run(b), step), func(d result.Diff) bool { return d.Field == field })
			if found != slices.Contains(open, field) {
				t.Errorf("the file is silent on it: %v, yet its change is reported: %v", slices.Contains(open, field), found)
			}
		})
	}
}

func TestWhatChangesFromRunToRunIsMasked(t *testing.T) {
	t.Parallel()
	make := func(address, date string, tag string) *result.Run {
		body := []byte(`{"url": "http://` + address + `/x", "list": ["` + address + `"]}`)
		o := album()
		o.Response.URL = "http://" + address + "/albums/1"
		o.Response.Headers = [][2]string{{"Date", date}, {"Location", "http://" + address + "/"}, {"Content-Length", address[len(address)-1:]}}
		o.Response.History[0].URL = o.Response.URL
		o.Response.Body = result.Body{Length: int64(len(body)), SHA256: tag, Base64: body}
		o.Response.Text, o.Response.JSON = new(string(body)), body
		o.Raises = &result.Raises{Message: "no answer from " + address + " to <Socket object at 0x7f" + tag + ">"}
		o.Wire[0].Headers = [][2]string{{"Host", address}}
		o.Wire[0].Body = body
		o.TimingMS[compare.TotalMS] = float64(len(date))
		r := run(o)
		r.Servers = map[string]string{"main": address}
		return r
	}
	a, b := make("127.0.0.1:4001", "Mon", "a1b2"), make("esp.local:50002", "Tuesday", "c3d4")
	if d := between(a, b); d != nil {
		t.Errorf("what is volatile was compared: %v", d)
	}
	b.Servers = nil
	if d := between(a, b); len(d) < 5 {
		t.Errorf("an address that is no server's was masked: %v", d)
	}
}

func TestTheOrderOfFieldsIsComparedWhereTheFieldsAreTheSame(t *testing.T) {
	t.Parallel()
	a, b := run(album()), run(album())
	slices.Reverse(b.Response.Headers[:2])
	want := []result.Diff{{Field: "headers", Want: "Content-Type, Set-Cookie, Set-Cookie", Got: "Set-Cookie, Content-Type, Set-Cookie", Source: "board sim"}}
	if d := cmp.Diff(want, between(a, b), bare); d != "" {
		t.Errorf("diffs (-want +got):\n%s", d)
	}
	b.Response.Headers[1][1] = "text/plain"
	want = []result.Diff{{Field: "headers.content-type", Want: "application/json", Got: "text/plain", Source: "board sim"}}
	if d := cmp.Diff(want, between(a, b), bare); d != "" {
		t.Errorf("diffs (-want +got):\n%s", d)
	}
}

func TestBetweenHTTPVersionsTheVersionItselfIsNotCompared(t *testing.T) {
	t.Parallel()
	a, b := run(album()), run(album())
	a.HTTPVersion, b.HTTPVersion = "1.1", "1.0"
	b.Response.Version, b.Response.RequestVersion, b.Response.History[0].Version = "1.0", "1.0", "1.0"
	b.Response.Headers = append(b.Response.Headers, [2]string{"Connection", "close"})
	a.Response.Headers = append(a.Response.Headers, [2]string{"Transfer-Encoding", "chunked"})
	a.OpenConnections = 1
	b.Wire[0].RequestLine = "POST /albums/1 HTTP/1.0"
	b.Wire[0].Connection = 2
	if d := between(a, b); d != nil {
		t.Errorf("what the version decides was compared: %v", d)
	}
	b.Wire[0].RequestLine = "POST /albums/2 HTTP/1.0"
	want := []result.Diff{{Field: "wire[0].request_line", Want: "POST /albums/1", Got: "POST /albums/2", Source: "board sim"}}
	if d := cmp.Diff(want, between(a, b), bare); d != "" {
		t.Errorf("diffs (-want +got):\n%s", d)
	}
}

func TestStepsAreComparedOneByOne(t *testing.T) {
	t.Parallel()
	steps := make([]scenarios.Step, 2)
	a, b := run(album()), run(album())
	a.Steps = []result.Observation{*album(), *album()}
	b.Steps = []result.Observation{*album(), *album()}
	b.Steps[1].Response.StatusCode = 404
	want := []result.Diff{{Field: "steps[1].status_code", Want: "200", Got: "404", Source: "board sim"}}
	if d := cmp.Diff(want, between(a, b, steps...), bare); d != "" {
		t.Errorf("diffs (-want +got):\n%s", d)
	}
	b.Steps = b.Steps[:1]
	want = []result.Diff{{Field: "steps[1]", Want: "reached", Got: "not reached", Source: "board sim"}}
	if d := cmp.Diff(want, between(a, b, steps...), bare); d != "" {
		t.Errorf("diffs (-want +got):\n%s", d)
	}
}

// How much a board keeps of a long body is what its heap has room for: the same body kept
// to another length is the same.
func TestABodyThatWasReportedInPartIsComparedByWhatBothHave(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("caf\xc3\xa9 ", 100)
	kept := func(body string, n int) *result.Run {
		return run(&result.Observation{Response: &result.Response{StatusCode: 200, Body: result.Body{
			Length: int64(len(body)), SHA256: "of " + body[len(body)-1:], Base64: []byte(body[:n]), Truncated: n < len(body),
		}}})
	}
	for _, n := range []int{0, 4, 5, 300, len(long)} {
		require.Empty(t, between(kept(long, n), kept(long, 50)), n)
		require.Empty(t, between(kept(long, 50), kept(long, n)), n)
	}
	fields := func(a, b *result.Run) (all []string) {
		for _, d := range between(a, b) {
			all = append(all, d.Field)
		}
		return all
	}
	require.Equal(t, []string{"content_sha256"}, fields(kept(long, 50), kept(long[:len(long)-1]+"!", 60)), "behind what was kept")
	require.Equal(t, []string{"content_length", "content_sha256"}, fields(kept(long, 50), kept(long+"!", 60)))
	require.Contains(t, fields(kept(long, 50), kept("X"+long[1:], 60)), "content")

	// Of an address, which differs from run to run, half may have been kept.
	at := func(port string, n int) *result.Run {
		r := kept(strings.Repeat("-", 80)+"http://127.0.0.1:"+port+"/"+long, 80+n)
		r.Servers = map[string]string{"main": "127.0.0.1:" + port}
		return r
	}
	for n := range 40 {
		require.Empty(t, between(at("4000", 60), at("51234", n)), n)
	}
}
