package run

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/journal"
	"github.com/espy-hil/espy/scenarios"
)

// Plan is everything on which it depends which runs there are, in which order, and what
// they yield, as far as it is known before the boards are: two calls of [Scenarios] with
// one plan number their runs alike.
func Plan(c Config, files []*scenarios.Scenario) journal.Plan {
	c = c.withDefaults()
	p := journal.Plan{
		{What: "firmware", Is: strings.TrimSpace(c.Firmware.Hash + " " + c.Firmware.Form)},
		{What: "HTTP versions", Is: strings.Join(c.HTTPVersions, ", ")},
		{What: "repeats", Is: fmt.Sprint(c.Repeat)},
		{What: "body limit", Is: fmt.Sprint(c.BodyLimit)},
	}
	var boards []string
	for _, b := range c.Boards {
		text := b.Name + " with " + strings.Join(b.Clients, " and ")
		if b.Reference != "" {
			text += " beside " + b.Reference
		}
		boards = append(boards, text)
	}
	p = append(p, journal.Part{What: "boards", Is: strings.Join(boards, ", ")})
	for _, f := range files {
		p = append(p, journal.Part{What: "scenario " + f.File, Is: digest(f.Name, f.Needs, f.Variants)})
	}
	return p
}

// digest is a hash of what a scenario asks for, files that it names included. Where in
// its file something stands is not in it: a comment changes nothing.
func digest(values ...any) string {
	h := sha256.New()
	for _, v := range values {
		walk(h, reflect.ValueOf(v))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// walk hashes a value of a scenario, which holds nothing that leads back to itself.
func walk(h hash.Hash, v reflect.Value) {
	if !v.IsValid() {
		fmt.Fprint(h, "nil;")
		return
	}
	switch v.Type() {
	case reflect.TypeFor[scenarios.Pos]():
		return
	case reflect.TypeFor[regexp.Regexp]():
		fmt.Fprintf(h, "%q;", v.FieldByName("expr").String())
		return
	}
	fmt.Fprintf(h, "%s ", v.Kind())
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		walk(h, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			walk(h, v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(h, "%d ", v.Len())
		for i := range v.Len() {
			walk(h, v.Index(i))
		}
	case reflect.Map:
		walkMap(h, v)
	case reflect.String:
		fmt.Fprintf(h, "%q;", v.String())
	case reflect.Func, reflect.Chan:
		fmt.Fprint(h, ";") // says nothing that a file could
	default:
		fmt.Fprintf(h, "%v;", v)
	}
}

func walkMap(h hash.Hash, v reflect.Value) {
	keys := map[string]reflect.Value{}
	for _, key := range v.MapKeys() {
		keys[fmt.Sprint(key)] = key
	}
	fmt.Fprintf(h, "%d ", len(keys))
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		fmt.Fprintf(h, "%q:", name)
		walk(h, v.MapIndex(keys[name]))
	}
}
