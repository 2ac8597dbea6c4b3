package jsonfile

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/espy-hil/espy/hil/result"
)

// Schema is the JSON Schema (draft 2020-12) of what [Write] writes, made of the types of
// package result. Keys that it does not know are allowed: a newer Espy may write more.
func Schema() ([]byte, error) {
	list := func(items ...*jsonschema.Schema) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "array", PrefixItems: items, MinItems: new(len(items)), MaxItems: new(len(items))}
	}
	text := &jsonschema.Schema{Type: "string"}
	root, err := jsonschema.For[result.Report](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[[]byte]():          {Type: "string", ContentEncoding: "base64"},
		reflect.TypeFor[json.RawMessage](): {},
		reflect.TypeFor[result.Hop]():      list(&jsonschema.Schema{Type: "integer"}, text, text),
		reflect.TypeFor[[2]string]():       list(text, text),
		reflect.TypeFor[result.Verdict]():  {Type: "string", Enum: anyOf(result.Verdicts)},
		reflect.TypeFor[result.Origin]():   {Type: "string", Enum: anyOf([]result.Origin{result.InRequest, result.InReply, result.InReading, result.InTiming})},
	}})
	if err != nil {
		return nil, fmt.Errorf("making the schema of results: %w", err)
	}
	opened(root)
	root.Schema, root.Title = "https://json-schema.org/draft/2020-12/schema", "The results of espy run"
	root.Description = "What espy run --json writes, in format 1. docs/results.md says what each key means."
	root.Properties["format"].Const = new(any(result.Format))
	written, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema of results: %w", err)
	}
	return append(written, '\n'), nil
}

func anyOf[T any](all []T) (values []any) {
	for _, v := range all {
		values = append(values, v)
	}
	return values
}

// opened allows what is not described, and no list that is null.
func opened(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if len(s.Types) == 2 && s.Types[0] == "null" && s.Types[1] == "array" {
		s.Type, s.Types = "array", nil
	}
	if len(s.Properties) > 0 {
		s.AdditionalProperties = nil
	}
	for _, p := range s.Properties {
		opened(p)
	}
	opened(s.Items)
	if len(s.Properties) == 0 {
		opened(s.AdditionalProperties)
	}
}
