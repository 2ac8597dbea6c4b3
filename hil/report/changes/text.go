package changes

import (
	"fmt"
	"io"
	"strings"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// How many changes of a kind are listed; --json has all of them.
const (
	mostOfAKind   = 50
	mostElsewhere = 10 // of those that one report has not
)

// Text writes changes for a person, in lines of columns at most as far as it can be
// helped; 0: any number.
func (c *Changes) Text(w io.Writer, before, after string, columns int) error {
	var b strings.Builder
	list(&b, c.New, mostOfAKind, func(x *Change) {
		fmt.Fprintf(&b, "new       %s  %s, was %s\n%s", name(&x.Name), x.After, was(x.Before), plain.Differences(x.Diffs, columns))
	})
	list(&b, c.Still, mostOfAKind, func(x *Change) {
		fmt.Fprintf(&b, "still     %s  %s%s\n", name(&x.Name), x.After, turned(x))
	})
	list(&b, c.Mended, mostOfAKind, func(x *Change) {
		fmt.Fprintf(&b, "mended    %s  %s, was %s\n", name(&x.Name), x.After, x.Before)
	})
	list(&b, c.Silent, mostOfAKind, func(x *Change) {
		fmt.Fprintf(&b, "silent    %s  %s, was %s: %s\n", name(&x.Name), x.After, x.Before, plain.Fit(plain.Printable(x.Why), longestReason))
	})
	list(&b, c.Slower, mostOfAKind, func(x *Cost) {
		fmt.Fprintf(&b, "slower    %s  %.0f ms, was %.0f\n", name(&x.Name), x.After, x.Before)
	})
	list(&b, c.Hungrier, mostOfAKind, func(x *Cost) {
		fmt.Fprintf(&b, "hungrier  %s  %.0f %s, were %.0f\n", name(&x.Name), x.After, x.What, x.Before)
	})
	for _, p := range c.Boards {
		fmt.Fprintf(&b, "slower    all runs on %s took %.1f times as long, in the middle: the machine, or everything\n", plain.Printable(p.Board), p.Times)
	}
	list(&b, c.OnlyBefore, mostElsewhere, func(x *Name) { fmt.Fprintf(&b, "gone      %s  only in %s\n", name(x), plain.Printable(before)) })
	list(&b, c.OnlyAfter, mostElsewhere, func(x *Name) { fmt.Fprintf(&b, "added     %s  only in %s\n", name(x), plain.Printable(after)) })
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	b.WriteString(c.sum() + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

const longestReason = 300 // characters

// list shows the first of many.
func list[T any](b *strings.Builder, all []T, most int, show func(*T)) {
	for i := range all[:min(len(all), most)] {
		show(&all[i])
	}
	if more := len(all) - most; more > 0 {
		fmt.Fprintf(b, "          and %d more of these, which --json has\n", more)
	}
}

// name names what was run where.
func name(n *Name) string {
	var parts []string
	if n.Scenario != "" {
		s := plain.Printable(n.Scenario)
		if n.Variant != "" {
			s += " [" + plain.Printable(n.Variant) + "]"
		}
		parts = append(parts, s)
	}
	parts = append(parts, plain.Printable(n.Board))
	if n.Client != "" && n.Client != "espy.requests" {
		parts = append(parts, plain.Printable(n.Client))
	}
	if n.HTTPVersion != "" {
		parts = append(parts, plain.Printable(n.HTTPVersion))
	}
	return strings.Join(parts, "  ")
}

func was(v result.Verdict) string {
	if v == "" {
		return "not run"
	}
	return string(v)
}

// turned says what a run was that is wrong in another way.
func turned(x *Change) string {
	if x.Before == x.After {
		return ""
	}
	return ", was " + string(x.Before)
}

// sum is the last line.
func (c *Changes) sum() string {
	s := fmt.Sprintf("%s in both: %d new, %d mended, %d still, %d slower, %d hungrier", plain.Number(c.Compared, "run"),
		len(c.New), len(c.Mended), len(c.Still), len(c.Slower), len(c.Hungrier))
	for _, x := range []struct {
		n    int
		what string
	}{{len(c.Silent), "silent"}, {len(c.OnlyBefore), "gone"}, {len(c.OnlyAfter), "added"}} {
		if x.n > 0 {
			s += fmt.Sprintf(", %d %s", x.n, x.what)
		}
	}
	return s
}
