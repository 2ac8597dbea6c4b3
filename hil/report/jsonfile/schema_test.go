package jsonfile_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/result"
)

var update = flag.Bool("update", false, "write docs/results.schema.json anew")

// published is where other people's programs find the schema.
const published = "../../../docs/results.schema.json"

// A change of the published schema is a change of what other people's programs read: it
// is to be seen by who makes it.
func TestThePublishedSchemaIsThatOfTheTypes(t *testing.T) {
	t.Parallel()
	got, err := jsonfile.Schema()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(published, got, 0o644))
	}
	want, err := os.ReadFile(published)
	require.NoError(t, err)
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("docs/results.schema.json (-published +types):\n%s", d)
	}
}

func schema(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	text, err := os.ReadFile(published)
	require.NoError(t, err)
	var s jsonschema.Schema
	require.NoError(t, json.Unmarshal(text, &s))
	resolved, err := s.Resolve(nil)
	require.NoError(t, err)
	return resolved
}

func TestWhatIsWrittenIsAsTheSchemaSays(t *testing.T) {
	t.Parallel()
	empty := &result.Report{
		Stale: make([]result.Accepted, 1), Boards: make([]result.Board, 1),
		Runs: []result.Run{{
			Verdict: result.Rig, Diffs: []result.Diff{{Requests: &result.Requests{}}}, Steps: make([]result.Observation, 1),
			Observation: result.Observation{Response: &result.Response{}, Raises: &result.Raises{}, Wire: make([]result.Exchange, 1)},
		}},
	}
	filled := reporttest.Filled(reporttest.Hostile, 1, result.Verdicts...)
	for i := range filled.Runs {
		filled.Runs[i].Diffs[0].Origin = result.InReading
		filled.Runs[i].Response.JSON = json.RawMessage(`[1, null, {"a": true}]`)
	}
	for name, r := range map[string]*result.Report{"empty": {}, "zeros": empty, "filled": filled, "many": reporttest.Many(20, 3, "sim", "unix")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			require.NoError(t, jsonfile.Write(&b, r))
			var written any
			require.NoError(t, json.Unmarshal(b.Bytes(), &written))
			require.NoError(t, schema(t).Validate(written))
		})
	}
}

// The runs are written one by one, and the whole is what it would be at once, whatever
// is in it.
func TestWhatIsWrittenIsIndentedAsOnePiece(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*result.Report{
		"none": {Espy: "\n  \"runs\": []"}, "one": reporttest.Many(1, 1, "sim"), "many": reporttest.Many(5, 2, "sim", "unix"),
		"hostile": reporttest.Filled(reporttest.Hostile, 1, result.Verdicts...), "itself": reporttest.Filled("\n  \"runs\": []", 1, result.Verdicts...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b, whole bytes.Buffer
			require.NoError(t, jsonfile.Write(&b, r))
			require.NoError(t, json.Indent(&whole, b.Bytes(), "", "  "))
			if d := cmp.Diff(whole.String(), b.String()); d != "" {
				t.Errorf("written (-at once +one by one):\n%s", d)
			}
		})
	}
}

// A schema that takes everything says nothing.
func TestTheSchemaRefusesWhatIsNoResult(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(map[string]any){
		"another format":    func(r map[string]any) { r["format"] = 2 },
		"no boards":         func(r map[string]any) { delete(r, "boards") },
		"runs that are one": func(r map[string]any) { r["runs"] = map[string]any{} },
		"another verdict":   func(r map[string]any) { first(r)["verdict"] = "good" },
		"a list of null":    func(r map[string]any) { first(r)["wire"] = nil },
		"a header alone": func(r map[string]any) {
			first(r)["response"].(map[string]any)["headers"] = []any{[]any{"Date"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			require.NoError(t, jsonfile.Write(&b, reporttest.Many(1, 0, "sim")))
			var r map[string]any
			require.NoError(t, json.Unmarshal(b.Bytes(), &r))
			require.NoError(t, schema(t).Validate(r))
			r["later"] = "is allowed"
			require.NoError(t, schema(t).Validate(r))
			change(r)
			require.Error(t, schema(t).Validate(r))
		})
	}
}

func first(r map[string]any) map[string]any { return r["runs"].([]any)[0].(map[string]any) }
