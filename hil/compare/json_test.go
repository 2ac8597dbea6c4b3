package compare_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

func jsonNumber(s string) scenarios.JSON {
	return scenarios.JSON{Pos: at(2), Kind: scenarios.JSONNumber, Number: s}
}

func jsonText(m *scenarios.Match) scenarios.JSON {
	return scenarios.JSON{Pos: at(2), Kind: scenarios.JSONString, String: *m}
}

func jsonObject(key string, v scenarios.JSON) scenarios.JSON {
	return scenarios.JSON{Pos: at(1), Kind: scenarios.JSONObject, Object: []scenarios.JSONMember{{Key: key, Value: v}}}
}

func jsonArray(items ...scenarios.JSON) scenarios.JSON {
	return scenarios.JSON{Pos: at(3), Kind: scenarios.JSONArray, Array: items}
}

func jsonDiffs(expect scenarios.Expect, document string) []result.Diff {
	o := album()
	if o.Response.JSON = []byte(document); document == "" {
		o.Response.JSON = nil
	}
	return compare.Expected(&scenarios.Step{Expect: expect}, "espy.requests", o)
}

func TestJSONIsComparedValueByValue(t *testing.T) {
	t.Parallel()
	nothing := scenarios.JSON{Pos: at(2), Kind: scenarios.JSONNull}
	tests := map[string]struct {
		want     scenarios.JSON
		document string
		subset   []result.Diff // of json:
		exact    []result.Diff // of json_exact:
	}{
		"equal":               {jsonObject("a", jsonNumber("1")), `{"a": 1}`, nil, nil},
		"numbers by value":    {jsonObject("a", jsonNumber("1")), `{"a": 1.0}`, nil, nil},
		"exponents":           {jsonNumber("1500"), `15e2`, nil, nil},
		"a huge exponent":     {jsonNumber("1"), `1e999999999999`, diff("json", "1", "1e999999999999", 2), diff("json", "1", "1e999999999999", 2)},
		"another number":      {jsonObject("a", jsonNumber("1")), `{"a": 2}`, diff("json.a", "1", "2", 2), diff("json.a", "1", "2", 2)},
		"a text is no number": {jsonObject("a", jsonNumber("1")), `{"a": "1"}`, diff("json.a", "1", `"1"`, 2), diff("json.a", "1", `"1"`, 2)},
		"a number is no text": {jsonText(literal(2, "1")), `1`, diff("json", `"1"`, "1", 2), diff("json", `"1"`, "1", 2)},
		"expression":          {jsonText(expression(2, "^a.c$")), `"abc"`, nil, nil},
		"other keys":          {jsonObject("a", jsonNumber("1")), `{"a": 1, "b": null}`, nil, diff("json.b", "absent", "null", 1)},
		"key missing":         {jsonObject("a", jsonNumber("1")), `{}`, diff("json.a", "1", "absent", 2), diff("json.a", "1", "absent", 2)},
		"null may be absent":  {jsonObject("a", nothing), `{}`, nil, diff("json.a", "null", "absent", 2)},
		"null is null":        {jsonObject("a", nothing), `{"a": null}`, nil, nil},
		"null is not false":   {jsonObject("a", nothing), `{"a": false}`, diff("json.a", "null", "false", 2), diff("json.a", "null", "false", 2)},
		"arrays in full":      {jsonArray(jsonNumber("1")), `[1, 2]`, diff("json", "[1]", "[1, 2]", 3), diff("json", "[1]", "[1, 2]", 3)},
		"inside of arrays":    {jsonArray(jsonObject("a", jsonNumber("1"))), `[{"a": 2, "b": 3}]`, diff("json[0].a", "1", "2", 2), append(diff("json[0].a", "1", "2", 2), diff("json[0].b", "absent", "3", 1)...)},
		"an object wanted":    {jsonObject("a", jsonNumber("1")), `[]`, diff("json", "{a: 1}", "[]", 1), diff("json", "{a: 1}", "[]", 1)},
		"no document":         {jsonNumber("1"), ``, diff("json", "1", "absent", 2), diff("json", "1", "absent", 2)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(test.subset, jsonDiffs(scenarios.Expect{JSON: &test.want}, test.document), bare); d != "" {
				t.Errorf("json: diffs (-want +got):\n%s", d)
			}
			if d := cmp.Diff(test.exact, jsonDiffs(scenarios.Expect{JSONExact: &test.want}, test.document), bare); d != "" {
				t.Errorf("json_exact: diffs (-want +got):\n%s", d)
			}
		})
	}
}

func diff(field, want, got string, line int) []result.Diff {
	return []result.Diff{{Field: field, Want: want, Got: got, Source: fmt.Sprintf("a.yaml:%d", line)}}
}

func TestNumbersAreEqualExactlyWhenTheirValuesAre(t *testing.T) {
	t.Parallel()
	numbers := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?([eE][+-]?[0-9])?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := numbers.Draw(t, "a"), numbers.Draw(t, "b")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		want := jsonNumber(a)
		same := len(jsonDiffs(scenarios.Expect{JSON: &want}, b)) == 0
		if same != (x.Cmp(y) == 0) {
			t.Fatalf("%s and %s: taken for equal: %v", a, b, same)
		}
	})
}

func FuzzNoDocumentIsTooStrangeToCompare(f *testing.F) {
	for _, seed := range []string{`{"a":[1,null,"x"]}`, `1e99999999999999999999`, `{`, `"\ud800"`, `-0.0`, `[[[[]]]]`, "\xff"} {
		f.Add([]byte(seed))
	}
	want := jsonObject("a", jsonArray(jsonNumber("1")))
	f.Fuzz(func(_ *testing.T, document []byte) {
		jsonDiffs(scenarios.Expect{JSON: &want}, string(document))
		o := album()
		o.Response.JSON = document
		run := result.Run{Observation: *o}
		if d := compare.Between(&run, &run, []scenarios.Step{{}}, "board x"); d != nil {
			panic(fmt.Sprint("a document differs from itself: ", d))
		}
	})
}
