package compare

import (
	"fmt"
	"strings"

	"github.com/espy-hil/espy/scenarios"
)

// fixed is the set of fields that a scenario speaks of. They are judged by the
// scenario alone: what satisfies it may differ from board to board.
type fixed map[string]bool

// has tells whether the scenario speaks of a field, or of one that it is part of.
func (f fixed) has(field string) bool {
	if f[field] {
		return true
	}
	for i := len(field) - 1; i > 0; i-- {
		if (field[i] == '.' || field[i] == '[') && f[field[:i]] {
			return true
		}
	}
	return false
}

// FieldsOf lists the fields that a step speaks of, for a client: those in which its
// runs are judged by the file.
func FieldsOf(step *scenarios.Step, client string) []string { return sortedKeys(fixedBy(step, client)) }

// fixedBy is what a step speaks of, for a client.
func fixedBy(step *scenarios.Step, client string) fixed {
	e := For(step, client)
	f := fixed{}
	f.when(e.StatusCode != nil, "status_code")
	f.when(e.Reason != nil, "reason")
	for _, h := range e.Headers {
		f.add("headers." + strings.ToLower(h.Name))
	}
	f.when(e.Version != nil, "version")
	f.when(e.RequestVersion != nil, "request_version")
	f.when(e.History != nil, "history")
	f.when(e.URL != nil, "url")
	for _, t := range e.Types {
		f.add("types." + t.Name)
	}
	f.when(e.OpenConnections != nil, "open_connections")
	f.raises(e.Raises)
	f.body(e)
	f.wire(step.Wire)
	return f
}

func (f fixed) add(fields ...string) {
	for _, field := range fields {
		f[field] = true
	}
}

func (f fixed) when(says bool, fields ...string) {
	if says {
		f.add(fields...)
	}
}

func (f fixed) raises(r *scenarios.Raises) {
	if r == nil {
		return
	}
	f.when(r.In != nil, "raises.in")
	f.when(r.Type != nil, "raises.type")
	f.when(r.Errno != nil, "raises.errno")
	f.when(r.Message != nil, "raises.message")
}

// body marks every form of the body: whoever speaks of one speaks of all. json:
// speaks of the keys that it names, and of the bytes only where it gives an
// expression for a value, since other bytes then satisfy it.
func (f fixed) body(e *scenarios.Expect) {
	whole := e.Text != nil || e.Content != nil || e.ContentHex != nil || e.ContentSHA256 != nil || e.JSONExact != nil
	f.when(whole, "json")
	f.when(whole || e.JSON != nil && f.json("json", e.JSON),
		"content", "content_length", "content_sha256", "text", "headers.content-length")
	f.when(e.ContentLength != nil, "content_length")
}

// json marks the values that an expected document names, and reports whether one
// of them is an expression.
func (f fixed) json(field string, j *scenarios.JSON) (expression bool) {
	switch j.Kind {
	case scenarios.JSONObject:
		for i := range j.Object {
			expression = f.json(field+"."+j.Object[i].Key, &j.Object[i].Value) || expression
		}
	case scenarios.JSONArray:
		for i := range j.Array {
			expression = f.json(fmt.Sprintf("%s[%d]", field, i), &j.Array[i]) || expression
		}
	default:
		f.add(field)
		expression = j.Kind == scenarios.JSONString && j.String.Regexp != nil
	}
	return expression
}

func (f fixed) wire(w *scenarios.Wire) {
	if w == nil {
		return
	}
	for i := range w.Items {
		item, field := &w.Items[i], fmt.Sprintf("wire[%d].", i)
		f.when(item.Line != nil, field+"request_line")
		for _, h := range item.Headers {
			f.add(field + "headers." + strings.ToLower(h.Name))
		}
		f.when(item.Body != nil || item.BodyHex != nil || item.BodySHA256 != nil || item.JSON != nil,
			field+"body", field+"headers.content-length")
		f.when(item.Connection != nil, field+"connection")
		f.when(item.Server != nil, field+"server")
	}
}
