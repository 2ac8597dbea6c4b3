package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// A record is a JSON object with its fields in order.
type record struct {
	id     int
	fields []field
}

// A field's value is compact JSON.
type field struct {
	name  string
	value json.RawMessage
}

// get returns nil where r has no such field.
func (r record) get(name string) json.RawMessage {
	for _, f := range r.fields {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// append writes r as compact JSON behind b.
func (r record) append(b []byte) []byte {
	b = append(b, '{')
	for i, f := range r.fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendName(b, f.name), ':')
		b = append(b, f.value...)
	}
	return append(b, '}')
}

// appendName writes a field's name; nearly all are plain words.
func appendName(b []byte, name string) []byte {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(b, quote(name)...)
		}
	}
	return append(append(append(b, '"'), name...), '"')
}

// quote is s as JSON, with nothing escaped that need not be.
func quote(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a string always encodes
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func integer(n int) json.RawMessage { return strconv.AppendInt(nil, int64(n), 10) }

// errNotObject is well-formed JSON of another kind than a record is.
var errNotObject = errors.New("the body is JSON, but not an object")

// parseFields reads a JSON object. Of a name that comes twice, the last value
// stays, in the place of the first.
func parseFields(body []byte) ([]field, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the body is not UTF-8")
	}
	if !json.Valid(body) {
		return nil, syntaxError(body)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if t, _ := d.Token(); t != json.Delim('{') {
		return nil, errNotObject
	}
	var fields []field
	for d.More() {
		name, _ := d.Token()
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, value); err != nil {
			return nil, err
		}
		fields = set(fields, name.(string), compact.Bytes())
	}
	return fields, nil
}

// syntaxError says where JSON breaks off or goes wrong.
func syntaxError(body []byte) error {
	var v json.RawMessage
	err := json.Unmarshal(body, &v)
	var at *json.SyntaxError
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return errors.New("the body is empty, where a JSON object was expected")
	case errors.As(err, &at):
		return fmt.Errorf("the body is not JSON: at byte %d, %w", at.Offset, err)
	case err == nil:
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("the body is not JSON: %w", err)
}

// set replaces a field's value, or adds the field.
func set(fields []field, name string, value json.RawMessage) []field {
	for i := range fields {
		if fields[i].name == name {
			fields[i].value = value
			return fields
		}
	}
	return append(fields, field{name, value})
}

// check says in a sentence which field has a value that it cannot have.
func (c *collection) check(fields []field) error {
	for _, f := range fields {
		i := c.place(f.name)
		if i == len(c.columns) {
			continue
		}
		if want := c.columns[i].kind; !want.fits(f.value) {
			return fmt.Errorf("%s must be %v, and is %s", f.name, want, f.value)
		}
	}
	return nil
}

func (k kind) fits(v json.RawMessage) bool {
	switch k {
	case number:
		_, err := strconv.Atoi(string(v))
		return err == nil
	case text:
		return v[0] == '"'
	case boolean:
		return v[0] == 't' || v[0] == 'f'
	}
	return v[0] == '{'
}

// record is a record of fields, in the order that c documents.
func (c *collection) record(id int, fields []field) record {
	fields = set(slices.Clone(fields), "id", integer(id))
	slices.SortStableFunc(fields, func(a, b field) int { return c.place(a.name) - c.place(b.name) })
	return record{id: id, fields: fields}
}
