package html

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"reflect"

	"github.com/espy-hil/espy/hil/result"
)

// What the page has of a run. A value that is longer stands there with its beginning,
// and how much there is; --json has all of it.
const (
	perBlock  = 32       // runs
	mostWrong = 32 << 10 // bytes of a value, of a run that is not as it should be
	mostRight = 4 << 10  // and of one that is
	mostFull  = 256      // and once the page is full:
	fullPage  = 10 << 20 // bytes
)

// detail is a run as the page has it.
type detail struct {
	Run  *result.Run    `json:"run"`
	Long map[string]int `json:"long,omitempty"` // how many bytes there are of what was cut, by its path in the run
}

// writeRuns writes blocks of runs.
func writeRuns(w io.Writer, runs []result.Run) error {
	written := 0
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return err
	}
	for from := 0; from < len(runs); from += perBlock {
		packed.Reset()
		zip.Reset(&packed)
		if err := pack(zip, runs[from:min(from+perBlock, len(runs))], written > fullPage); err != nil {
			return err
		}
		if err := zip.Close(); err != nil {
			return err
		}
		n, err := fmt.Fprintf(w, "<script type=\"application/gzip\" id=\"runs-%d\">%s</script>\n", from/perBlock, base64.StdEncoding.EncodeToString(packed.Bytes()))
		if err != nil {
			return err
		}
		written += n
	}
	return nil
}

// pack writes runs as a JSON array.
func pack(w io.Writer, runs []result.Run, full bool) error {
	before := byte('[')
	for i := range runs {
		limit := mostRight
		switch v := runs[i].Verdict; {
		case full:
			limit = mostFull
		case v.Wrong() || v == result.Rig:
			limit = mostWrong
		}
		text, err := packed(&runs[i], limit)
		if err != nil {
			return err
		}
		if _, err := w.Write(append([]byte{before}, text...)); err != nil {
			return err
		}
		before = ','
	}
	_, err := w.Write([]byte{']'})
	return err
}

// packed is a run as JSON, each of its values no longer than limit.
func packed(r *result.Run, limit int) ([]byte, error) {
	var long map[string]int
	if exceeds(reflect.ValueOf(r).Elem(), limit) {
		r, long = shortened(r, limit)
	}
	return json.Marshal(detail{r, long})
}

// exceeds tells whether anything in a value is longer than limit.
func exceeds(v reflect.Value, limit int) bool {
	switch v.Kind() {
	case reflect.String:
		return v.Len() > limit
	case reflect.Pointer:
		return !v.IsNil() && exceeds(v.Elem(), limit)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Len() > limit
		}
		if v.Len() > mostItems {
			return true
		}
		if k := v.Type().Elem().Kind(); k == reflect.Int || k == reflect.Float64 {
			return false
		}
		for i := range v.Len() {
			if exceeds(v.Index(i), limit) {
				return true
			}
		}
	case reflect.Map:
		for entry := v.MapRange(); entry.Next(); {
			if exceeds(entry.Key(), limit) || exceeds(entry.Value(), limit) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if exceeds(v.Field(i), limit) {
				return true
			}
		}
	}
	return false
}
