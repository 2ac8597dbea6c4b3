package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// JSON is an expected JSON value, each part with its place. Exactly one of the
// forms is set, by Kind.
type JSON struct {
	Pos    Pos
	Kind   JSONKind
	Bool   bool
	Number string // as written
	String Match  // a string, or a regular expression that a string must satisfy
	Array  []JSON
	Object []JSONMember
}

// JSONMember is one key of an expected object.
type JSONMember struct {
	Key   string
	Value JSON
}

// JSONKind tells the forms of JSON apart.
type JSONKind int

// The kinds of JSON.
const (
	JSONNull JSONKind = iota
	JSONBool
	JSONNumber
	JSONString
	JSONArray
	JSONObject
)

// Object is a JSON object with its keys in the order of the file.
type Object []Member

// Member is one key of an Object.
type Member struct {
	Key   string
	Value any
}

// MarshalJSON keeps the order of the keys.
func (o Object) MarshalJSON() ([]byte, error) { return appendJSON(nil, o) }

// appendJSON appends the JSON text of a request's value, compact, keys in order.
func appendJSON(b []byte, v any) ([]byte, error) {
	var err error
	switch v := v.(type) {
	case Object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendJSON(b, m.Key); err != nil {
				return nil, err
			}
			if b, err = appendJSON(append(b, ':'), m.Value); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendJSON(b, item); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	default:
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false) // bytes on the wire stay as the file has them
		if err := enc.Encode(v); err != nil {
			return nil, err
		}
		return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...), nil
	}
}

// Text is the expected value as a scenario file would write it on one line.
func (j JSON) Text() string {
	switch j.Kind {
	case JSONBool:
		return fmt.Sprint(j.Bool)
	case JSONNumber:
		return j.Number
	case JSONString:
		return fmt.Sprintf("%q", j.String.String())
	case JSONArray:
		items := make([]string, len(j.Array))
		for i, item := range j.Array {
			items[i] = item.Text()
		}
		return "[" + strings.Join(items, ", ") + "]"
	case JSONObject:
		items := make([]string, len(j.Object))
		for i, m := range j.Object {
			items[i] = m.Key + ": " + m.Value.Text()
		}
		return "{" + strings.Join(items, ", ") + "}"
	default:
		return "null"
	}
}
