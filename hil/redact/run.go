package redact

import (
	"reflect"

	"github.com/espy-hil/espy/hil/result"
)

// Run takes secrets out of all that a run has learnt. It changes r.
func (r *Redactor) Run(run *result.Run) {
	if r != nil {
		r.walk(reflect.ValueOf(run).Elem())
	}
}

// Report takes secrets out of a report. It changes it.
func (r *Redactor) Report(report *result.Report) {
	if r != nil {
		r.walk(reflect.ValueOf(report).Elem())
	}
}

// walk goes through a value that holds nothing which leads back to itself.
func (r *Redactor) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if clean := r.String(v.String()); clean != v.String() {
			v.SetString(clean)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			r.walk(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.walk(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			r.bytes(v)
			return
		}
		for i := range v.Len() {
			r.walk(v.Index(i))
		}
	case reflect.Map:
		r.walkMap(v)
	}
}

// bytes gives v bytes of its own: others may hold them too.
func (r *Redactor) bytes(v reflect.Value) {
	if v.Kind() == reflect.Slice && r.forms.Match(v.Bytes()) {
		clean := append([]byte{}, v.Bytes()...)
		r.Bytes(clean)
		v.SetBytes(clean)
	}
}

func (r *Redactor) walkMap(v reflect.Value) {
	if v.IsNil() {
		return
	}
	clean := reflect.MakeMapWithSize(v.Type(), v.Len())
	for _, key := range v.MapKeys() {
		k, value := reflect.New(key.Type()).Elem(), reflect.New(v.Type().Elem()).Elem()
		k.Set(key)
		value.Set(v.MapIndex(key))
		r.walk(k)
		r.walk(value)
		clean.SetMapIndex(k, value)
	}
	v.Set(clean)
}
