package html

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/espy-hil/espy/hil/result"
)

// mostItems are how many items of a list, or of a mapping, are shown.
const mostItems = 1000

// shortened is a run in which nothing is longer than limit. What was is named, by its
// path, with how long it was.
func shortened(r *result.Run, limit int) (*result.Run, map[string]int) {
	c := cutter{limit, map[string]int{}}
	own := *r
	if n := len(own.Log); n > limit {
		own.Log = tail(own.Log, limit) // of what a board printed, the last words say most
		c.long["log"] = n
	}
	own = c.value(reflect.ValueOf(own), "").Interface().(result.Run)
	return &own, c.long
}

type cutter struct {
	limit int
	long  map[string]int
}

// value is a value of its own, cut. Bytes are not copied: nobody writes to them.
func (c cutter) value(v reflect.Value, path string) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		return reflect.ValueOf(c.text(v.String(), path)).Convert(v.Type())
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		own := reflect.New(v.Type().Elem())
		own.Elem().Set(c.value(v.Elem(), path))
		return own
	case reflect.Slice:
		return c.slice(v, path)
	case reflect.Array:
		own := reflect.New(v.Type()).Elem()
		for i := range v.Len() {
			own.Index(i).Set(c.value(v.Index(i), below(path, strconv.Itoa(i))))
		}
		return own
	case reflect.Map:
		return c.mapping(v, path)
	case reflect.Struct:
		own := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			own.Field(i).Set(c.value(v.Field(i), below(path, name)))
		}
		return own
	default:
		return v
	}
}

func (c cutter) text(s, path string) string {
	if len(s) > c.limit {
		c.long[path] = len(s)
	}
	return head(s, c.limit)
}

func (c cutter) slice(v reflect.Value, path string) reflect.Value {
	if v.IsNil() {
		return v
	}
	n := v.Len()
	if raw, ok := v.Interface().(json.RawMessage); ok && n > c.limit { // half a document is none: its text is shown
		c.long[path] = n
		quoted, err := json.Marshal(head(string(raw), c.limit))
		if err != nil {
			panic(err) // a string
		}
		return reflect.ValueOf(json.RawMessage(quoted))
	}
	most := mostItems
	if v.Type().Elem().Kind() == reflect.Uint8 {
		most = c.limit
	}
	if n > most {
		c.long[path] = n
		v = v.Slice(0, most)
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return v
	}
	own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
	for i := range v.Len() {
		own.Index(i).Set(c.value(v.Index(i), below(path, strconv.Itoa(i))))
	}
	return own
}

func (c cutter) mapping(v reflect.Value, path string) reflect.Value {
	if v.IsNil() {
		return v
	}
	own := reflect.MakeMap(v.Type())
	for _, key := range v.MapKeys() {
		if own.Len() == mostItems {
			c.long[path] = v.Len()
			break
		}
		name := c.text(key.String(), path)
		own.SetMapIndex(reflect.ValueOf(name), c.value(v.MapIndex(key), below(path, name)))
	}
	return own
}

func below(path, name string) string {
	switch {
	case name == "": // an embedded struct
		return path
	case path == "":
		return name
	default:
		return path + "." + name
	}
}

// head is the beginning of a text, and no half character at its end.
func head(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

// tail is its end.
func tail(s string, limit int) string {
	from := len(s) - limit
	for from < len(s) && !utf8.RuneStart(s[from]) {
		from++
	}
	return s[from:]
}
