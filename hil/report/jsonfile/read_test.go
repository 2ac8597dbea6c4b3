package jsonfile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/result"
)

// written are results as they are written.
func written(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jsonfile.Write(&b, &result.Report{Espy: "v1", Runs: []result.Run{
		{Scenario: "a", File: "a.yaml", Verdict: result.Pass, Observation: result.Observation{Response: &result.Response{History: []result.Hop{{Status: 505, Version: "1.1", URL: "/"}}}}},
		{Scenario: "b", File: "b.yaml", Verdict: result.Fail, Diffs: []result.Diff{{Field: "reason"}}},
	}}))
	return b.Bytes()
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	r, err := jsonfile.Parse(written(t))
	require.NoError(t, err)
	var again bytes.Buffer
	require.NoError(t, jsonfile.Write(&again, r))
	if d := cmp.Diff(string(written(t)), again.String()); d != "" {
		t.Error(d)
	}
}

func TestAFileThatIsNoResultsSaysWhatItIs(t *testing.T) {
	t.Parallel()
	sound := string(written(t))
	tests := map[string]struct{ text, says string }{
		"empty":               {"", "it is empty: whatever was to write it did not come to that; run espy run --json again"},
		"blank":               {" \n", "it is empty: whatever was to write it did not come to that; run espy run --json again"},
		"a newer version":     {`{"espy": "v9.1", "format": 2, "runs": {"by": "board"}}`, "they are of format 2, which espy v9.1 wrote; this espy knows formats up to 1: use one as new as that"},
		"a verdict to come":   {`{"espy": "v9.1", "format": 1, "runs": [{"verdict": "maybe"}]}`, `run 1 has the verdict "maybe", which this espy does not know: use one as new as espy v9.1, which wrote it`},
		"JSON of another":     {`{"version": 3, "tests": []}`, `it is JSON of another program: results of espy run have "espy" and "runs" at the top`},
		"a list":              {`[1, 2]`, `it is JSON of another program: results of espy run have "espy" and "runs" at the top`},
		"a number for a name": {`{"espy": 1, "runs": []}`, `it is JSON of another program: results of espy run have "espy" and "runs" at the top`},
		"no runs":             {`{"espy": "v1", "runs": null}`, `it is JSON of another program: results of espy run have "espy" and "runs" at the top`},
		"JUnit":               {`<?xml version="1.0"?><testsuites/>`, "it is not JSON: line 1, column 1: invalid character '<' looking for beginning of value; it looks like XML or HTML: name the file of --json"},
		"YAML":                {"name: x\n", "it is not JSON: line 1, column 2: invalid character 'a' in literal null (expecting 'u')"},
		"bytes of anything":   {"{\n  \x00", "it is not JSON: line 2, column 3: invalid character '\\x00' looking for beginning of object key string"},
		"two documents":       {`{"espy": "v1", "runs": []} {}`, "it is not JSON: line 1, column 28: invalid character '{' after top-level value"},
		"a journal":           {`{"journal":1,"espy":"v1"}` + "\n" + `{"made":`, "it is the journal of an espy run that was cut off before it wrote its results: espy run --resume with the file of --json, which this is called after, goes on with it and writes them"},
		"half":                {sound[:400], "it breaks off after 400 bytes, in the middle: it was cut short when it was written or copied; take all of it"},
		"a run of another":    {`{"espy": "v1", "runs": [{"verdict": 1}]}`, "they are not as espy writes them: json: cannot unmarshal number into Go struct field Run.runs.verdict of type result.Verdict"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.json")
			require.NoError(t, os.WriteFile(path, []byte(test.text), 0o600))
			_, err := jsonfile.Read(path)
			require.Error(t, err)
			require.EqualError(t, err, "reading results from "+path+": "+test.says)
		})
	}
}

func TestWhereverResultsBreakOffTheyAreSaidTo(t *testing.T) {
	t.Parallel()
	sound := bytes.TrimSpace(written(t))
	for n := 1; n < len(sound); n++ {
		_, err := jsonfile.Parse(sound[:n])
		require.ErrorContains(t, err, "it breaks off after", "%d bytes", n)
	}
}

func TestAFileThatIsNotThereSaysHowToMakeOne(t *testing.T) {
	t.Parallel()
	_, err := jsonfile.Read("none.json")
	require.EqualError(t, err, "reading results from none.json: no such file or directory; espy run --json FILE writes results")
	_, err = jsonfile.Read(".")
	require.EqualError(t, err, "reading results from .: that is a folder; name a file in it, which espy run --json has written")
}

func FuzzParse(f *testing.F) {
	f.Add(written(f))
	f.Add([]byte(`{"espy": "v1", "format": 1, "runs": []}`))
	f.Add([]byte(`{"journal":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := jsonfile.Parse(text)
		if (r == nil) == (err == nil) {
			t.Fatalf("%v, %v", r, err)
		}
	})
}
