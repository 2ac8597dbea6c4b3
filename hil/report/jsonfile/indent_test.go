package jsonfile

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// It is what json.Indent makes of the same JSON, whatever that is.
func FuzzIndented(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `""`, `-1.5e3`, `{"a":[],"b":{},"c":[1,[2,{"d":null}]]}`, `["\"","\\","{[,:]}\\\""]`, `{"\u2028<&>":"é\ud800"}`, `[[[[]]],{"":{"":{}}}]`,
	} {
		f.Add([]byte(text), "    ")
	}
	f.Fuzz(func(t *testing.T, text []byte, prefix string) {
		var compact bytes.Buffer
		if json.Compact(&compact, text) != nil {
			return // it is no JSON
		}
		var want bytes.Buffer
		require.NoError(t, json.Indent(&want, compact.Bytes(), prefix, "  "))
		got := indented([]byte("before"), compact.Bytes(), prefix)
		if d := cmp.Diff("before"+want.String(), string(got)); d != "" {
			t.Error(d)
		}
	})
}
