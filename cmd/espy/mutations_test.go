package main

import (
	"fmt"
	"reflect"

	"github.com/espy-hil/espy/scenarios"
)

// A mutation is a step of which one expectation is another one: one that what the
// client did cannot have met as well.
type mutation struct {
	what string // Expect.StatusCode, Wire.Items[0].Line, …
	step scenarios.Step
	// weak says that the expectation was met by anything at all.
	weak bool
}

// impossible is a text that stands in no reply and no request.
const impossible = "\x00 this is expected of nothing"

// mutations are all mutations of a step for a client: each value that is expected,
// the exception as a whole, and the number of requests. A field that is added to
// what a file can expect is among them by itself.
func mutations(step *scenarios.Step, client string) []mutation {
	var all []mutation
	for {
		m := mutation{step: *step}
		m.step.Expect = expectOf(step, client)
		m.step.Clients = nil
		m.step.Wire = clone(step.Wire)
		v := mutator{skip: len(all), m: &m}
		v.walk("Expect", reflect.ValueOf(&m.step.Expect).Elem())
		v.walk("Wire", reflect.ValueOf(&m.step.Wire).Elem())
		if m.what == "" {
			return all
		}
		all = append(all, m)
	}
}

// expectOf is a copy of what is expected of a client.
func expectOf(step *scenarios.Step, client string) scenarios.Expect {
	if e, ok := step.Clients[client]; ok {
		return clone(e)
	}
	return clone(step.Expect)
}

// A mutator mutates the n-th value that it comes by.
type mutator struct {
	skip int
	m    *mutation
}

// turn tells whether it is a value's turn.
func (w *mutator) turn(path string) bool {
	if w.m.what != "" || w.skip > 0 {
		w.skip--
		return false
	}
	w.m.what = path
	return true
}

func (w *mutator) walk(path string, v reflect.Value) {
	if w.m.what != "" {
		return
	}
	switch at := v.Addr().Interface().(type) {
	case *scenarios.Pos:
	case *scenarios.Match:
		if w.turn(path) {
			w.m.weak = at.Regexp != nil && at.Regexp.MatchString("") && at.Regexp.MatchString(impossible)
			*at = scenarios.Match{Pos: at.Pos, Text: impossible}
		}
	case *scenarios.Int:
		if w.turn(path) {
			at.Value = -1
		}
	case *scenarios.Duration:
		if w.turn(path) {
			at.Value = -1
		}
	case *scenarios.Ints:
		if w.turn(path) {
			at.Value = append(at.Value, -1)
		}
	case *scenarios.Bytes:
		if w.turn(path) {
			at.Value = append(at.Value, 0)
		}
	case *scenarios.JSON:
		w.json(path, at)
	case **scenarios.Raises:
		if *at != nil && w.turn(path) {
			*at = nil
			return
		}
		w.fields(path, v)
	case *[]scenarios.WireItem:
		if w.turn(path) {
			*at = append(*at, scenarios.WireItem{})
			return
		}
		w.fields(path, v)
	default:
		w.fields(path, v)
	}
}

// fields walks through what a value holds.
func (w *mutator) fields(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			w.walk(path, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.walk(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				w.walk(path+"."+f.Name, v.Field(i))
			}
		}
	}
}

// json mutates a value of a document, or one that is in it.
func (w *mutator) json(path string, j *scenarios.JSON) {
	switch {
	case j.Kind == scenarios.JSONString:
		w.walk(path, reflect.ValueOf(&j.String).Elem())
		return
	case w.turn(path):
		*j = scenarios.JSON{Pos: j.Pos, Kind: scenarios.JSONString, String: scenarios.Match{Pos: j.Pos, Text: impossible}}
		return
	}
	for i := range j.Array {
		w.json(fmt.Sprintf("%s[%d]", path, i), &j.Array[i])
	}
	for i := range j.Object {
		w.json(path+"."+j.Object[i].Key, &j.Object[i].Value)
	}
}

// clone is a copy of a value that shares nothing that can be mutated.
func clone[T any](v T) T {
	from := reflect.ValueOf(&v).Elem()
	to := reflect.New(from.Type()).Elem()
	cloneInto(to, from)
	return to.Interface().(T)
}

func cloneInto(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.Pointer:
		if !from.IsNil() && from.Type().Elem().PkgPath() == reflect.TypeFor[scenarios.Expect]().PkgPath() {
			to.Set(reflect.New(from.Type().Elem()))
			cloneInto(to.Elem(), from.Elem())
			return
		}
		to.Set(from) // a compiled expression
	case reflect.Slice:
		if !from.IsNil() {
			to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
			for i := range from.Len() {
				cloneInto(to.Index(i), from.Index(i))
			}
		}
	case reflect.Struct:
		to.Set(from)
		for i := range from.NumField() {
			if from.Type().Field(i).IsExported() {
				cloneInto(to.Field(i), from.Field(i))
			}
		}
	default:
		to.Set(from)
	}
}
