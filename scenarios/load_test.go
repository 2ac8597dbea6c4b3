package scenarios

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// parse reads a scenario that must be sound.
func parse(t *testing.T, file string) *Scenario {
	t.Helper()
	s, err := Parse("x.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// problems is what is wrong with a scenario, as a user sees it.
func problems(t *testing.T, file string) string {
	t.Helper()
	_, err := Parse("x.yaml", []byte(file))
	require.Error(t, err)
	return err.Error()
}

// unplaced compares values without their places in the file.
var unplaced = cmp.Options{cmpopts.IgnoreTypes(Pos{}), cmpopts.EquateEmpty(), cmp.Comparer(func(a, b Match) bool { return a.String() == b.String() })}

func requireEqual(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, unplaced); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

func TestEveryBundledScenarioLoads(t *testing.T) {
	t.Parallel()
	list, err := LoadBundled()
	if err != nil {
		t.Fatal(err)
	}
	suites := map[string]int{}
	for _, s := range list {
		suites[filepath.Dir(s.File)]++
		require.NotEmpty(t, s.Tags, s.File)
		require.Empty(t, s.Warnings, s.File)
		for _, v := range s.Variants {
			addresses := map[string]string{"server": "http://127.0.0.1:1"}
			for _, server := range v.Servers {
				addresses[server.Name] = "http://127.0.0.1:1"
				addresses[server.Name+".host"], addresses[server.Name+".port"] = "127.0.0.1", "1"
			}
			_, err := v.Expand(addresses)
			require.NoError(t, err, s.File)
		}
	}
	for _, suite := range []string{"tutorial", "version", "limits", "timeouts", "tls"} {
		require.Contains(t, suites, "scenarios/"+suite)
	}
}

func TestTheTutorialLeavesTheVersionOpen(t *testing.T) {
	t.Parallel()
	list, err := LoadBundled()
	require.NoError(t, err)
	for _, s := range list {
		if strings.HasPrefix(s.File, "scenarios/tutorial/") {
			require.Empty(t, s.Variants[0].Steps[0].Request.HTTPVersion, s.File)
		}
	}
}

func TestAScenarioIsReadWhole(t *testing.T) {
	t.Parallel()
	s := parse(t, `
name: a whole scenario
about: RFC 9110
tags: [version, "505"]
needs: [tls]
server:
  versions: {accept: ["1.0"], refuse: {status: 505, reason: "", headers: {upgrade: null, x: [a, b]}, body: no}, answer: same}
  routes:
    - {on: GET /x?y=1, times: 2, status: 503, json: {b: [1, 2.5, true, null], a: "<"}}
    - {on: /any, body_hex: "24 28 41"}
  faults: {slice: 1KiB, latency: 2ms, no_answer: false}
request:
  post: /albums
  http_version: 1.0
  headers: {accept: text/plain, x: [a, b]}
  data: text
  timeout: 2s
  max_body: 4KiB
  allow_redirects: false
  read: {iter_content: 512}
expect:
  status_code: 201
  reason: \~literal
  headers: {x: null, y: ~^z}
  json: {id: 1, title: ~x, list: [1.50, null]}
  history: [505]
  types: {text: str}
  raises: {in: iter, type: IncompleteRead, errno: 104}
  within: 50ms
  allocates: {at_most: 2KiB}
wire:
  - POST /albums HTTP/1.0
  - {line: ~^POST, connection: 2, body_hex: 0aff}
`)
	requireEqual(t, []Need{{Name: "tls"}}, s.Needs)
	require.Equal(t, Pos{"x.yaml", 2, 7}, s.Pos)
	v := s.Variants[0]
	empty := ""
	requireEqual(t, []Server{{Name: "main", Plan: plan.Server{
		Versions: &plan.Versions{Accept: []string{"1.0"}, Answer: "same", Refuse: plan.Refusal{
			Status: 505, Reason: &empty, Body: []byte("no"),
			Headers: []plan.Header{{Name: "upgrade", Absent: true}, {Name: "x", Value: "a"}, {Name: "x", Value: "b"}},
		}},
		Routes: []plan.Route{
			{Method: "GET", Path: "/x?y=1", Times: 2, Status: 503, JSON: true, Body: []byte(`{"b":[1,2.5,true,null],"a":"<"}`)},
			{Path: "/any", Body: []byte("$$(A")},
		},
		Faults: []plan.Fault{{Name: "slice", Amount: 1024}, {Name: "latency", Amount: 2_000_000}, {Name: "no_answer"}},
	}}}, v.Servers)
	data, timeout, redirects, most := "text", 2*time.Second, false, int64(4096)
	requireEqual(t, Request{
		Method: "POST", URL: "/albums", HTTPVersion: "1.0", Data: &data, Timeout: &timeout, MaxBody: &most, AllowRedirects: &redirects,
		Headers: []HeaderField{{"accept", "text/plain"}, {"x", "a"}, {"x", "b"}}, Read: Read{"iter_content", 512},
	}, v.Steps[0].Request)
	e := v.Steps[0].Expect
	require.Equal(t, &Int{Pos{"x.yaml", 22, 16}, 201}, e.StatusCode)
	require.Equal(t, "~literal", e.Reason.Text)
	require.True(t, e.Headers[0].Value.Absent)
	require.Equal(t, `{id: 1, title: "~x", list: [1.50, null]}`, e.JSON.Text())
	require.Equal(t, []int64{505}, e.History.Value)
	require.Equal(t, int64(104), e.Raises.Errno.Value)
	require.Equal(t, 50*time.Millisecond, e.Within.Value)
	require.Equal(t, int64(2048), e.Allocates.Value)
	require.Equal(t, []byte{0x0a, 0xff}, v.Steps[0].Wire.Items[1].BodyHex.Value)
	require.Equal(t, "POST /albums HTTP/1.0", v.Steps[0].Wire.Items[0].Line.String())
}

func TestRawRepliesAreBytes(t *testing.T) {
	t.Parallel()
	v := parse(t, `
name: raw
server:
  raw:
    - [{read: body}, "HTTP/1.1 200\xe9\r\n", {hex: "00 ff"}, {wait: 50ms}, {repeat: {bytes: {hex: "0a"}, times: 3}}, {close: reset}]
    - [{read: 17}]
    - []
request: {get: /}
`).Variants[0]
	requireEqual(t, []plan.Reply{
		{Read: plan.Read{Until: plan.ReadBody}, Close: plan.CloseReset, Parts: []plan.Part{
			{Bytes: []byte("HTTP/1.1 200\xe9\r\n")},
			{Bytes: []byte{0, 0xff}},
			{Wait: int64(50 * time.Millisecond)},
			{Repeat: &plan.Repeat{Bytes: []byte("\n"), Times: 3}},
		}},
		{Read: plan.Read{Until: plan.ReadBytes, Bytes: 17}},
		{},
	}, v.Servers[0].Plan.Raw)
	none := parse(t, "name: none\nserver: {raw: []}\nrequest: {get: /}\nwire: []\n").Variants[0]
	require.NotNil(t, none.Servers[0].Plan.Raw, "no replies is not the same as no raw:")
	require.NotNil(t, none.Steps[0].Wire)
}

func TestAnEmptyListOfVersionsAcceptsNone(t *testing.T) {
	t.Parallel()
	v := parse(t, "name: none\nserver: {versions: {accept: []}}\nrequest: {get: /}\n").Variants[0]
	require.NotNil(t, v.Servers[0].Plan.Versions.Accept)
	require.Empty(t, v.Servers[0].Plan.Versions.Accept)
}

func TestTextIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"1.0", "010", "0x10", "yes", "2001-01-01", "1e3", "true"} {
		s := parse(t, "name: text\nrequest: {get: /, data: "+written+"}\n")
		require.Equal(t, written, *s.Variants[0].Steps[0].Request.Data)
	}
}

func TestTwoScenariosOfOneNameAreAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var paths []string
	for _, name := range []string{"a.yaml", "b.yaml", "c.yaml"} {
		p := filepath.Join(dir, name)
		scenario := "name: one and the same\nrequest: {get: /}\n"
		if name == "c.yaml" {
			scenario = "nam: c\n"
		}
		require.NoError(t, os.WriteFile(p, []byte(scenario), 0o600))
		paths = append(paths, p)
	}
	list, err := Load(paths)
	require.Len(t, list, 2)
	require.ErrorContains(t, err, paths[1]+":1:7: another scenario has this name")
	require.ErrorContains(t, err, "= it stands in "+paths[0]+":1")
	require.ErrorContains(t, err, "did you mean name?")
	var wrong *FileError
	require.ErrorAs(t, err, &wrong)
	require.Equal(t, paths[2], wrong.File)
}

func TestAFileThatCannotBeReadIsNoFileError(t *testing.T) {
	t.Parallel()
	_, err := LoadFile(filepath.Join(t.TempDir(), "missing.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = LoadFile(t.TempDir())
	require.Error(t, err)
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/errors/*.yaml", "tutorial/*.yaml", "version/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(f, err)
		for _, file := range files {
			data, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(data)
		}
	}
	editor := schema(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		s, err := Parse("x.yaml", data)
		require.Less(t, time.Since(start), time.Minute)
		if err == nil {
			require.NotEmpty(t, s.Variants)
			require.NotEmpty(t, s.Name)
			verdict, ok := validate(t, editor, "x.yaml", data)
			require.True(t, ok)
			require.NoError(t, verdict, "the schema refuses what the loader takes")
			return
		}
		var wrong *FileError
		require.ErrorAs(t, err, &wrong)
		requireInside(t, wrong, data)
		require.False(t, bytes.Contains([]byte(err.Error()), []byte{0}))
	})
}

// The whole suite is read before anything else happens, so it must not be noticed:
// well under 50 ms.
func BenchmarkLoadBundled(b *testing.B) {
	for b.Loop() {
		if _, err := LoadBundled(); err != nil {
			b.Fatal(err)
		}
	}
}

// The whole suite is run often, so that no scenario may make it wait: more than 200 ms
// in all is for those that are tagged slow.
func TestBundledScenariosWaitLittle(t *testing.T) {
	t.Parallel()
	list, err := LoadBundled()
	require.NoError(t, err)
	for _, s := range list {
		for _, v := range s.Variants {
			if w := waits(&v); w > 200*time.Millisecond && !slices.Contains(s.Tags, "slow") {
				t.Errorf("%s [%s] waits %v, and is not tagged slow", s.File, v.Label, w)
			}
		}
	}
}

// waits is how long a variant is silent on purpose.
func waits(v *Variant) (all time.Duration) {
	for _, s := range v.Servers {
		for _, reply := range s.Plan.Raw {
			for _, p := range reply.Parts {
				all += time.Duration(p.Wait)
			}
		}
	}
	for _, s := range v.Steps {
		all += s.Wait
		r := s.Request
		if e := s.Expect.Raises; e != nil && e.Type != nil && e.Type.Matches("Timeout", true) {
			switch {
			case r.Deadline != nil:
				all += *r.Deadline
			case r.Timeout != nil:
				all += *r.Timeout
			}
		}
	}
	return all
}
