package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Fault is one thing that goes wrong below HTTP. SCENARIOS: faults: {name: amount}.
// Several work together, whatever their order; they hold for every reply.
type Fault struct {
	Name   string // of a kind that is registered
	Amount int64  // in the unit of its kind: nanoseconds, bytes, how many; 1 or 0 for yes or no
}

// A FaultKind is what a fault does. Each has a file of its own, which registers it.
type FaultKind struct {
	Name  string
	Says  string // what goes wrong, for a reader of the documentation
	Takes Unit
	Least int64 // amount
	Stage Stage // of Deliver

	Unreachable bool // nothing listens

	// Drop says what becomes of a connection whose requests are read and not
	// answered; connections are numbered from 1. Nil: they are answered.
	Drop func(amount int64, connection int) (Close, bool)

	// Deliver changes the delivery of a reply. What it does at random follows from
	// the seed. Nil: it is left as it is.
	Deliver func(amount int64, seed uint64, reply Delivery) Delivery

	// Excludes says that a fault of this kind leaves nothing for the other to do.
	// Nil: it goes with all.
	Excludes func(other FaultKind) bool
}

// Unit is what an amount counts.
type Unit int

// What a fault's amount counts, and how it is written.
const (
	Flag     Unit = iota // true or false
	Duration             // 50ms, 2s; nanoseconds
	Size                 // 512, 4KiB; bytes
	Count                // 3
)

// Stage is where in the delivery a fault works. The stages follow each other, so
// that the bytes are what they are before they are cut, and cut before they are
// paced.
type Stage int

// The stages, first to last. Within one, the order makes no difference.
const (
	Content Stage = iota // other bytes
	Cut                  // fewer bytes
	Shape                // smaller writes
	Pace                 // silences
)

var faultKinds = map[string]FaultKind{}

// register adds a kind, when the package is loaded.
func register(k FaultKind) FaultKind {
	faultKinds[k.Name] = k
	return k
}

// FaultKinds lists the kinds there are, by name.
func FaultKinds() []FaultKind {
	return slices.SortedFunc(maps.Values(faultKinds), func(a, b FaultKind) int { return cmp.Compare(a.Name, b.Name) })
}

// Expects says how an amount is written.
func (k FaultKind) Expects() string {
	switch k.Takes {
	case Duration:
		return "a duration such as 50ms or 2s"
	case Size:
		return "a size such as 512, 4KiB or 1MiB"
	case Count:
		return "a number"
	case Flag:
	}
	return "true or false"
}

// Parse reads an amount. Its error is a sentence.
func (k FaultKind) Parse(amount string) (Fault, error) {
	parse := map[Unit]func(string) (int64, error){
		Flag: parseFlag, Size: ParseSize, Count: parseCount,
		Duration: func(s string) (int64, error) { d, err := ParseDuration(s); return int64(d), err },
	}[k.Takes]
	n, err := parse(amount)
	if err == nil && n < k.Least {
		err = fmt.Errorf("it must be %d or more", k.Least)
	}
	return Fault{k.Name, n}, err
}

// ParseFault reads KEY=VALUE, or KEY for one that is true or false. Its error is
// a sentence that says what there is.
func ParseFault(text string) (Fault, error) {
	name, amount, given := strings.Cut(text, "=")
	k, ok := faultKinds[name]
	if !ok {
		return Fault{}, fmt.Errorf("there is no fault %.40q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(faultKinds)), ", "))
	}
	if !given && k.Takes == Flag {
		amount = "true"
	}
	f, err := k.Parse(amount)
	if err != nil {
		return Fault{}, fmt.Errorf("%s: %w; expected %s", name, err, k.Expects())
	}
	return f, nil
}

// Excludes says that two faults cannot stand beside each other: one leaves
// nothing for the other to do. One that is off, or unknown, is in nobody's way.
func Excludes(a, b Fault) bool {
	one, isOne := faultKinds[a.Name]
	other, isOther := faultKinds[b.Name]
	if !isOne || !isOther || one.off(a) || other.off(b) {
		return false
	}
	return one.Excludes != nil && one.Excludes(other) || other.Excludes != nil && other.Excludes(one)
}

// off says that f, of kind k, is written down but not wanted.
func (k FaultKind) off(f Fault) bool { return k.Takes == Flag && f.Amount == 0 }

// kinds calls do for every fault that is on, by stage.
func kinds(faults []Fault, do func(k FaultKind, amount int64)) {
	ordered := slices.SortedStableFunc(slices.Values(faults), func(a, b Fault) int {
		one, other := faultKinds[a.Name], faultKinds[b.Name]
		return cmp.Or(cmp.Compare(one.Stage, other.Stage), cmp.Compare(a.Name, b.Name))
	})
	for _, f := range ordered {
		if k := faultKinds[f.Name]; !k.off(f) {
			do(k, f.Amount)
		}
	}
}

// Unreachable says whether the faults have nothing listen.
func Unreachable(faults []Fault) (unreachable bool) {
	kinds(faults, func(k FaultKind, _ int64) { unreachable = unreachable || k.Unreachable })
	return unreachable
}

// Drops says what becomes of a connection that the faults let nobody answer; ok is
// false for one that is answered.
func Drops(faults []Fault, connection int) (end Close, ok bool) {
	kinds(faults, func(k FaultKind, amount int64) {
		if !ok && k.Drop != nil {
			end, ok = k.Drop(amount, connection)
		}
	})
	return end, ok
}

// Deliver is reply as it is after all the faults.
func Deliver(faults []Fault, seed uint64, reply Delivery) Delivery {
	kinds(faults, func(k FaultKind, amount int64) {
		if k.Deliver != nil {
			reply = k.Deliver(amount, seed, reply)
		}
	})
	return reply
}
