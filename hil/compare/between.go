package compare

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// Between compares a run with the run that it is measured by, in the fields that
// the scenario leaves open. Source names the latter in the diffs. Where the two
// were made in different HTTP versions, what the version itself decides is left out.
func Between(reference, got *result.Run, steps []scenarios.Step, source string) []result.Diff {
	want, have := reference.Observations(), got.Observations()
	var diffs []result.Diff
	for i := range max(len(want), len(have)) {
		prefix := ""
		if len(steps) > 1 {
			prefix = StepPrefix(i)
		}
		if i >= len(want) || i >= len(have) {
			diffs = append(diffs, result.Diff{
				Field: fmt.Sprintf("steps[%d]", i), Want: reached(i < len(want)), Got: reached(i < len(have)), Source: source,
			})
			break
		}
		from := lens{anyVersion: reference.HTTPVersion != got.HTTPVersion, mask: newMask(reference.Servers)}
		to := lens{anyVersion: from.anyVersion, mask: newMask(got.Servers)}
		fixed := fixedBy(&steps[i], got.Client)
		before, after := from.view(&want[i]), to.view(&have[i])
		inPart(before.Response, after.Response, want[i].Response, have[i].Response)
		found := slices.DeleteFunc(differences(before, after), func(d result.Diff) bool {
			return fixed.has(d.Field) || from.ignores(d.Field)
		})
		if len(found) == 0 {
			continue
		}
		origin := originBetween(from, to, &want[i], &have[i], &before, &after)
		heads := headsBeside(from, to, &want[i], &have[i])
		for _, d := range found {
			switch {
			case sent.MatchString(d.Field):
				d.Origin = cmp.Or(onlyTiming(origin), result.InRequest)
				d.Requests = takeHeads(heads, d.Field)
			case !elsewhere.MatchString(d.Field):
				d.Origin = origin
			}
			d.Field, d.Source = prefix+d.Field, source
			diffs = append(diffs, d)
		}
	}
	return diffs
}

// StepPrefix is what stands before the fields of a step, in a scenario of several.
func StepPrefix(i int) string { return fmt.Sprintf("steps[%d].", i) }

func reached(yes bool) string {
	if yes {
		return "reached"
	}
	return "not reached"
}

// differences are the fields in which two views differ.
func differences(want, got view) []result.Diff {
	r := reporter{}
	gocmp.Equal(want, got, gocmp.Reporter(&r))
	return withoutOrder(r.diffs)
}

// withoutOrder drops the diff of the order of header fields where one of the
// fields themselves differs: the order then differs for that reason alone.
func withoutOrder(diffs []result.Diff) []result.Diff {
	var kept []result.Diff
	for _, d := range diffs {
		below := func(other result.Diff) bool { return strings.HasPrefix(other.Field, d.Field+".") }
		if strings.HasSuffix(d.Field, "headers") && slices.ContainsFunc(diffs, below) {
			continue
		}
		kept = append(kept, d)
	}
	return kept
}

// reporter gathers the leaves in which go-cmp finds a difference.
type reporter struct {
	path  gocmp.Path
	diffs []result.Diff
}

// PushStep, Report and PopStep are called by go-cmp on its way through the views.
func (r *reporter) PushStep(s gocmp.PathStep) { r.path = append(r.path, s) }

// PopStep is the way back from PushStep.
func (r *reporter) PopStep() { r.path = r.path[:len(r.path)-1] }

// Report takes down a leaf that is not equal.
func (r *reporter) Report(rs gocmp.Result) {
	if rs.Equal() {
		return
	}
	want, got := r.path.Last().Values()
	field := fieldName(r.path)
	if a, b := textOf(want), textOf(got); a != nil && b != nil {
		r.diffs = append(r.diffs, parted(field, *a, *b, ""))
		return
	}
	r.diffs = append(r.diffs, result.Diff{Field: field, Want: showValue(want), Got: showValue(got)})
}

// fieldName is the name that a scenario file has for a place in a view.
func fieldName(path gocmp.Path) string {
	var b strings.Builder
	for i, step := range path {
		switch step := step.(type) {
		case gocmp.StructField:
			f, _ := path[i-1].Type().FieldByName(step.Name())
			if name := f.Tag.Get("field"); name != "" {
				if b.Len() > 0 {
					b.WriteByte('.')
				}
				b.WriteString(name)
			}
		case gocmp.MapIndex:
			if key := step.Key(); key.Kind() == reflect.Int {
				fmt.Fprintf(&b, "[%d]", key.Int())
			} else {
				b.WriteString("." + key.String())
			}
		}
	}
	if b.Len() == 0 {
		return "response"
	}
	return b.String()
}

// textOf is a text of a view, or nil. A string in a document is shown as JSON has it.
func textOf(v reflect.Value) *string {
	for v.IsValid() && v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if !v.IsValid() || v.Type() != reflect.TypeFor[string]() {
		return nil
	}
	return new(v.String())
}

// showValue writes one side of a difference; one that is not there is absent.
func showValue(v reflect.Value) string {
	for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
		v = v.Elem()
	}
	if !v.IsValid() {
		return absent
	}
	switch v := v.Interface().(type) {
	case string:
		return show(v)
	case responseView:
		return fmt.Sprintf("a Response with status_code %d", v.StatusCode)
	case raisesView:
		return showRaises(&result.Raises{In: v.In, Type: v.Type, Errno: v.Errno, Message: v.Message})
	case requestView:
		return show(v.Line)
	case hopView:
		return fmt.Sprintf("%d %s", v.Status, v.URL)
	default:
		return show(text(v))
	}
}
