package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"

	"github.com/espy-hil/espy/scenarios"
)

// extent is how much of a JSON object the file speaks of.
type extent bool

const (
	subset extent = false // json: keys that the file does not name may be there; null is null, or no such key
	exact  extent = true  // json_exact: no other keys
)

// number is a JSON number in a form in which equal values are equal texts.
type number string

// json compares a JSON document with what the file expects of it.
func (c *checker) json(field string, want *scenarios.JSON, document []byte, how extent) {
	if want == nil {
		return
	}
	if document == nil {
		c.add(want.Pos, field, show(want.Text()), absent)
		return
	}
	got, err := decode(document)
	if err != nil {
		c.add(want.Pos, field, show(want.Text()), fmt.Sprintf("no JSON (%v): %s", err, show(string(document))))
		return
	}
	c.value(field, want, got, how)
}

// value compares one value and what is in it, and names the parts that differ.
func (c *checker) value(field string, want *scenarios.JSON, got any, how extent) {
	same := false
	switch want.Kind {
	case scenarios.JSONNull:
		same = got == nil
	case scenarios.JSONBool:
		same = got == want.Bool
	case scenarios.JSONNumber:
		same = got == canonical(want.Number)
	case scenarios.JSONString:
		s, ok := got.(string)
		same = ok && want.String.Matches(s, true)
	case scenarios.JSONArray:
		items, ok := got.([]any)
		if same = ok && len(items) == len(want.Array); same {
			for i := range items {
				c.value(fmt.Sprintf("%s[%d]", field, i), &want.Array[i], items[i], how)
			}
		}
	case scenarios.JSONObject:
		members, ok := got.(map[string]any)
		if same = ok; ok {
			c.members(field, want, members, how)
		}
	}
	if !same {
		c.add(want.Pos, field, showJSON(want), show(text(got)))
	}
}

// members compares the keys of an object.
func (c *checker) members(field string, want *scenarios.JSON, got map[string]any, how extent) {
	known := make(map[string]bool, len(want.Object))
	for i := range want.Object {
		m := &want.Object[i]
		known[m.Key] = true
		value, ok := got[m.Key]
		switch {
		case ok:
			c.value(field+"."+m.Key, &m.Value, value, how)
		case how == exact || m.Value.Kind != scenarios.JSONNull:
			c.add(m.Value.Pos, field+"."+m.Key, showJSON(&m.Value), absent)
		}
	}
	if how == exact {
		for _, key := range sortedKeys(got) {
			if !known[key] {
				c.add(want.Pos, field+"."+key, absent, show(text(got[key])))
			}
		}
	}
}

// decode reads one JSON document, with its numbers in canonical form.
func decode(document []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one value")
	}
	return withNumbers(v), nil
}

// withNumbers puts every number below v in canonical form.
func withNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		return canonical(v.String())
	case []any:
		for i := range v {
			v[i] = withNumbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = withNumbers(v[k])
		}
	}
	return v
}

// canonical gives numbers of one value one text: 1, 1.0 and 10e-1 are all 1. The
// exponent is never carried out, so that 1e999999999 costs nothing. A text that is
// no JSON number is left as it is.
func canonical(s string) number {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	sign := ""
	if strings.HasPrefix(mantissa, "-") {
		sign, mantissa = "-", mantissa[1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if strings.Trim(digits, "0123456789") != "" || whole == "" {
		return number(s)
	}
	if digits == "" {
		return "0"
	}
	e := new(big.Int)
	if exponent != "" {
		if _, ok := e.SetString(exponent, 10); !ok {
			return number(s)
		}
	}
	trimmed := strings.TrimRight(digits, "0")
	e.Add(e, big.NewInt(int64(len(digits)-len(trimmed)-len(fraction))))
	return number(sign + place(trimmed, e))
}

// place writes digits × 10^e as a person would, as long as that is short.
func place(digits string, e *big.Int) string {
	const short = 20 // digits of the largest 64-bit number
	point := new(big.Int).Add(e, big.NewInt(int64(len(digits))))
	switch p := point.Int64(); {
	case !point.IsInt64() || p > short || p < -short:
		return digits + "e" + e.String()
	case p <= 0:
		return "0." + strings.Repeat("0", int(-p)) + digits
	case p >= int64(len(digits)):
		return digits + strings.Repeat("0", int(p)-len(digits))
	default:
		return digits[:p] + "." + digits[p:]
	}
}

// text writes a decoded value as JSON on one line, keys in order.
func text(v any) string {
	var b strings.Builder
	writeText(&b, v)
	return b.String()
}

func writeText(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil, jsonNull:
		b.WriteString("null")
	case number:
		b.WriteString(string(v))
	case string:
		b.WriteString(strconv.Quote(v))
	case jsonString:
		b.WriteString(strconv.Quote(string(v)))
	case positions[any]:
		items := make([]any, len(v))
		for i := range items {
			items[i] = v[i]
		}
		writeText(b, items)
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			writeText(b, item)
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for i, key := range sortedKeys(v) {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, "%q: ", key)
			writeText(b, v[key])
		}
		b.WriteByte('}')
	default:
		fmt.Fprint(b, v)
	}
}
