package main

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/scenarios"
)

// What runs yield, of every kind, is what the published schema says.
func TestResultsOfRunsAreAsThePublishedSchemaSays(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/results.schema.json")
	require.NoError(t, err)
	var schema jsonschema.Schema
	require.NoError(t, json.Unmarshal(text, &schema))
	resolved, err := schema.Resolve(nil)
	require.NoError(t, err)

	paths, err := scenarios.Find([]string{"../../scenarios/tutorial", "../../scenarios/redirects", "../../scenarios/connection", "../../scenarios/status-line"})
	require.NoError(t, err)
	suite, err := scenarios.Load(paths)
	require.NoError(t, err)
	wrong, err := scenarios.Parse("wrong.yaml", []byte("name: wrong\nrequest: {get: /albums/1}\nexpect: {status_code: 500, reason: Other}\nwire: [GET /other HTTP/1.1]\n"))
	require.NoError(t, err)
	skipped, err := scenarios.Parse("skipped.yaml", []byte("name: skipped\nneeds: [heap]\nrequest: {get: /albums/1}\n"))
	require.NoError(t, err)
	config, err := rig.Wire(t.Context(), rig.Choice{On: []string{"sim", "sim:1.24"}, Jobs: 2})
	require.NoError(t, err)
	report := run.Scenarios(t.Context(), config, append(suite, wrong, skipped))
	require.Positive(t, report.Totals.Pass)
	require.Positive(t, report.Totals.Fail)
	require.Positive(t, report.Totals.Skip)

	var written bytes.Buffer
	require.NoError(t, jsonfile.Write(&written, &report))
	var read any
	require.NoError(t, json.Unmarshal(written.Bytes(), &read))
	require.NoError(t, resolved.Validate(read))
}
