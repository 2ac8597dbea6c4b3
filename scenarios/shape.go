package scenarios

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// A shape says in JSON Schema what a reader takes, so that the schema and the
// loader are one table. It never refuses what its reader takes; what a schema
// cannot say (keys that exclude each other, what a reply can mean) is the reader's
// alone. Wherever a value can stand, so can a variable: see [variableForm].
//
// Its patterns are of the kind that RE2 and ECMA-262 have in common, since editors
// are written in JavaScript.
type shape func(s *shapes) *jsonschema.Schema

// shapes gathers the objects of a schema, each once, under its own name.
type shapes struct{ defs map[string]*jsonschema.Schema }

const (
	// variableForm is a text that is nothing but a variable, which may be filled
	// in with a value of any type.
	variableForm = `^\$\([A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)?\)$`
	// templateForm is a text that holds a variable somewhere.
	templateForm = `\$\(`
)

// Schema is the JSON Schema (draft 2020-12) of a scenario file, for editors.
func Schema() ([]byte, error) {
	return schemaOf(scenarioFile.what, scenarioFile.shape, "An Espy scenario", "One exchange: what the server does, what the client asks, and what it should get.")
}

// schemaOf is the schema of a file that is read by one reader.
func schemaOf(what string, of shape, title, description string) ([]byte, error) {
	s := &shapes{defs: map[string]*jsonschema.Schema{}}
	root := *s.definition(of(s))
	delete(s.defs, definitionName(what))
	root.Schema, root.Title, root.Defs = "https://json-schema.org/draft/2020-12/schema", title, s.defs
	root.Description = description
	root.Type, root.Types, root.Pattern, root.Extra = "object", nil, "", nil // a whole file is no variable
	text, err := json.MarshalIndent(&root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the schema of %s: %w", what, err)
	}
	return append(text, '\n'), nil
}

// definition is the object that a reference is to.
func (s *shapes) definition(reference *jsonschema.Schema) *jsonschema.Schema {
	return s.defs[strings.TrimPrefix(reference.Ref, "#/$defs/")]
}

// definitionName is what an object is called in the schema: "a raw reply" is raw-reply.
func definitionName(what string) string {
	for _, article := range []string{"a ", "an "} {
		what = strings.TrimPrefix(what, article)
	}
	return strings.ReplaceAll(strings.TrimSuffix(what, ":"), " ", "-")
}

// kinds are the types of JSON Schema as a scenario's author knows them.
var kinds = map[string]string{
	"object": "a mapping", "array": "a list", "integer": "a number", "boolean": "true or false",
}

// valueShape is a value of one type, or a variable in its place.
func valueShape(value jsonschema.Schema) shape {
	return func(*shapes) *jsonschema.Schema {
		v := value
		v.Types, v.Type, v.Pattern = []string{value.Type, "string"}, "", variableForm
		// What editors show in place of the pattern.
		v.Extra = map[string]any{"patternErrorMessage": "expected " + kinds[value.Type] + ", or a variable such as $(name)"}
		return &v
	}
}

// textShape is any scalar but null: it is read as it is written.
func textShape(*shapes) *jsonschema.Schema {
	return &jsonschema.Schema{Types: []string{"string", "number", "boolean"}}
}

// matchShape is a text, or null for one that is absent.
func matchShape(*shapes) *jsonschema.Schema {
	return &jsonschema.Schema{Types: []string{"string", "number", "boolean", "null"}}
}

// jsonShape is anything.
func jsonShape(*shapes) *jsonschema.Schema { return &jsonschema.Schema{} }

// patternShape is a text of which the whole has a form. YAML may take it for a
// number or a truth value, if there are some of that form.
func patternShape(form string) shape {
	if form == "" {
		return textShape
	}
	return func(*shapes) *jsonschema.Schema {
		whole := regexp.MustCompile(`^(` + form + `)$`)
		v := jsonschema.Schema{Types: []string{"string"}, Pattern: whole.String() + "|" + templateForm}
		switch {
		case whole.MatchString("1.5"):
			v.Types = append(v.Types, "number")
		case whole.MatchString("10"):
			v.Types = append(v.Types, "integer")
		}
		if whole.MatchString("true") {
			v.Types = append(v.Types, "boolean")
		}
		if len(v.Types) > 1 && !whole.MatchString("-10") {
			v.Minimum = new(0.0)
		}
		return &v
	}
}

// wordShape is one of a few words. One that looks like a number may be one.
func wordShape(words []string) shape {
	return func(*shapes) *jsonschema.Schema {
		var all []any
		for _, w := range words {
			all = append(all, w)
			if f, err := strconv.ParseFloat(w, 64); err == nil {
				all = append(all, f)
			}
		}
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Enum: all}, {Type: "string", Pattern: templateForm}}}
	}
}

// listShape is a list of items of one shape.
func listShape(item shape) shape {
	return func(s *shapes) *jsonschema.Schema {
		return valueShape(jsonschema.Schema{Type: "array", Items: item(s)})(s)
	}
}

// mapShape is a mapping with free keys.
func mapShape(item shape) shape {
	return func(s *shapes) *jsonschema.Schema {
		return valueShape(jsonschema.Schema{Type: "object", AdditionalProperties: item(s)})(s)
	}
}

// anyShape is one of several.
func anyShape(several ...shape) shape {
	return func(s *shapes) *jsonschema.Schema {
		var all []*jsonschema.Schema
		for _, one := range several {
			v := one(s)
			if v.AnyOf != nil && v.Ref == "" {
				all = append(all, v.AnyOf...)
				continue
			}
			all = append(all, v)
		}
		return &jsonschema.Schema{AnyOf: all}
	}
}

// objectShape is a mapping with known keys, which stands in the schema once and is
// referred to. A key that holds a variable may turn out to be any of them.
func objectShape[S any](what string, keys []key[S]) shape {
	return func(s *shapes) *jsonschema.Schema {
		name := definitionName(what)
		object := jsonschema.Schema{
			Type:                 "object",
			Properties:           map[string]*jsonschema.Schema{},
			PatternProperties:    map[string]*jsonschema.Schema{templateForm: {}},
			AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}},
		}
		for _, k := range keys {
			v := *k.shape(s)
			v.Description = describe(k.says, k.what)
			object.Properties[k.name] = &v
			object.PropertyOrder = append(object.PropertyOrder, k.name)
			if k.required {
				object.Required = append(object.Required, k.name)
			}
		}
		made := valueShape(object)(s)
		if before, ok := s.defs[name]; ok && !reflect.DeepEqual(before, made) {
			panic(fmt.Sprintf("two objects of the format are called %s, and are not the same", name))
		}
		s.defs[name] = made
		return &jsonschema.Schema{Ref: "#/$defs/" + name}
	}
}

// describe is what an editor shows beside a key: what it says, and what it takes
// where that is shown by an example.
func describe(says, what string) string {
	if strings.ContainsAny(what, `0123456789"~`) {
		return says + " (" + what + ")"
	}
	return says
}

// loopShape is for:, a map of lists or a list of rows.
func loopShape(*shapes) *jsonschema.Schema {
	name := &jsonschema.Schema{Pattern: `^[A-Za-z_][A-Za-z0-9_-]*$`}
	one := 1
	return &jsonschema.Schema{
		Types: []string{"object", "array"}, PropertyNames: name,
		MinProperties: &one, AdditionalProperties: &jsonschema.Schema{Type: "array", MinItems: &one},
		MinItems: &one, Items: &jsonschema.Schema{Type: "object", PropertyNames: name, MinProperties: &one},
	}
}
