package html

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/result"
)

func TestNothingOfARunIsLongerThanTheLimitAndTheRunItselfStaysWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(8, 64).Draw(t, "limit")
		text := rapid.StringN(limit+1, 3*limit, -1).Draw(t, "text")
		run := &reporttest.Filled(text, 1, result.Fail).Runs[0]
		whole := reporttest.Filled(text, 1, result.Fail).Runs[0]
		for _, r := range []*result.Run{run, &whole} { // what is quoted is a little longer
			r.Response.JSON, r.Steps[0].Response.JSON = json.RawMessage(`"short"`), json.RawMessage(`"short"`)
		}
		short, long := shortened(run, limit)
		require.False(t, exceeds(reflect.ValueOf(short).Elem(), limit))
		require.Empty(t, cmp.Diff(&whole, run))
		for _, path := range []string{"scenario", "log", "diffs.0.want", "response.reason", "response.headers.0.1", "wire.0.request_base64", "raises.message"} {
			require.Equal(t, len(text), long[path], path)
		}
		require.True(t, strings.HasPrefix(text, short.Response.Reason))
		require.True(t, strings.HasSuffix(text, short.Log), "of the log, the end")
		require.True(t, utf8.ValidString(short.Response.Reason) || !utf8.ValidString(text))
	})
}

func TestADocumentThatIsTooLongIsShownAsItsText(t *testing.T) {
	t.Parallel()
	run := &result.Run{Observation: result.Observation{Response: &result.Response{JSON: json.RawMessage(`{"a": "` + strings.Repeat("x", 100) + `"}`)}}}
	short, long := shortened(run, 10)
	require.JSONEq(t, `"{\"a\": \"xxx"`, string(short.Response.JSON))
	require.Equal(t, 109, long["response.json"])
}

func TestAListThatIsTooLongIsShownWithItsBeginning(t *testing.T) {
	t.Parallel()
	run := &result.Run{Observation: result.Observation{Wire: make([]result.Exchange, 5000)}}
	require.True(t, exceeds(reflect.ValueOf(run).Elem(), 10))
	short, long := shortened(run, 10)
	require.Len(t, short.Wire, mostItems)
	require.Equal(t, 5000, long["wire"])
	require.Len(t, run.Wire, 5000)
}
