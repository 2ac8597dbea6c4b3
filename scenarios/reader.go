package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// A reader reads one kind of value. Readers are declared once, in the tables, and
// put together: a key has a reader, an object has keys, a list has items.
type reader[T any] struct {
	what  string // what it expects, as a message says it: "a duration such as 2s"
	shape shape  // the same for the schema
	read  func(d *decoder, n *node) (T, bool)
}

// shaped is r with a shape of its own.
func (r reader[T]) shaped(s shape) reader[T] {
	r.shape = s
	return r
}

// decoder is what readers share while they read one variant.
type decoder struct {
	report    *report
	servers   []string        // names
	variables map[string]bool // run-time variables known at this place; see [decoder.checkTemplate]
	raises    bool            // the step being read expects an exception: its request may be wrong on purpose
}

// fail notes a problem of n.
func (d *decoder) fail(n *node, hint, format string, args ...any) {
	d.report.at(n, fmt.Sprintf(format, args...), hint)
}

// warn notes that n is suspicious.
func (d *decoder) warn(n *node, hint, format string, args ...any) {
	d.report.warn(n, hint, format, args...)
}

// expected notes that n is something else than what a reader reads.
func (d *decoder) expected(n *node, what string) {
	hint := "expected " + what
	if n.kind == scalarNode && hasVariables(n.value) {
		hint += "; a run-time variable is text"
	}
	d.fail(n, hint, "%s cannot stand here", n.describe())
}

// missing notes that an object has no key that it needs, unless it has an unknown
// one, which will be that key misspelt.
func (d *decoder) missing(object, at *node, hint, format string, args ...any) {
	if !object.suspect {
		d.fail(at, hint, format, args...)
	}
}

// pos is where n stands.
func (d *decoder) pos(n *node) Pos { return Pos{d.report.source.file, n.line, n.column} }

// A key is one key of an object: its name, what it says, and what becomes of its
// value.
type key[S any] struct {
	name  string
	says  string
	what  string // its reader's
	shape shape
	read  func(d *decoder, n *node, into *S)

	required           bool
	whenMissing, asFor string // what is said where it is required and not there, and the hint
}

// field is a key whose value goes where set puts it.
func field[S, T any](name, says string, r reader[T], set func(into *S, value T)) key[S] {
	return key[S]{name: name, says: says, what: r.what, shape: r.shape, read: func(d *decoder, n *node, into *S) {
		if v, ok := r.read(d, n); ok {
			set(into, v)
		}
	}}
}

// needed is k for an object that is nothing without it.
func (k key[S]) needed(whenMissing, hint string) key[S] {
	k.required, k.whenMissing, k.asFor = true, whenMissing, hint
	return k
}

// object reads a mapping with known keys. Check, which may be nil, looks at the
// whole once its keys are read.
func object[S any](what string, check func(d *decoder, n *node, s *S), keys ...key[S]) reader[S] {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	return reader[S]{what, objectShape(what, keys), func(d *decoder, n *node) (S, bool) {
		var s S
		if n.kind != mappingNode {
			d.fail(n, "expected "+what+": "+strings.Join(names, ", "), "%s cannot stand here", n.describe())
			return s, false
		}
		for i, name := range d.uniqueKeys(n) {
			if name == nil {
				continue
			}
			at := slices.IndexFunc(keys, func(k key[S]) bool { return k.name == name.value })
			switch {
			case at < 0:
				n.suspect = true
				d.fail(name, didYouMean(name.value, names), "%s has no key %s", what, quote(name.value))
			default:
				keys[at].read(d, n.items[i], &s)
			}
		}
		for _, k := range keys {
			if k.required && n.get(k.name) == nil {
				d.missing(n, n, k.asFor, "%s", k.whenMissing)
			}
		}
		if check != nil {
			check(d, n, &s)
		}
		return s, true
	}}
}

// uniqueKeys are a mapping's keys, nil in the place of one that stood before.
func (d *decoder) uniqueKeys(n *node) []*node {
	first := firstOf(n.keys)
	keys := make([]*node, len(n.keys))
	for i, k := range n.keys {
		if before := first(k.value); before != k {
			d.fail(k, fmt.Sprintf("it stands in line %d already", before.line), "the key %s stands twice", quote(k.value))
			continue
		}
		keys[i] = k
	}
	return keys
}

// firstOf looks up the first key of a name. Few keys are looked through, which takes
// no memory; almost all mappings have few.
func firstOf(keys []*node) func(name string) *node {
	if len(keys) <= 16 {
		return func(name string) *node {
			return keys[slices.IndexFunc(keys, func(k *node) bool { return k.value == name })]
		}
	}
	first := make(map[string]*node, len(keys))
	for _, k := range slices.Backward(keys) {
		first[k.value] = k
	}
	return func(name string) *node { return first[name] }
}

// pair is a key of a mapping whose keys are free, and its value.
type pair[T any] struct {
	key   *node
	value T
}

// mapOf reads a mapping with free keys, in the order of the file.
func mapOf[T any](what string, r reader[T]) reader[[]pair[T]] {
	return reader[[]pair[T]]{what, mapShape(r.shape), func(d *decoder, n *node) ([]pair[T], bool) {
		if n.kind != mappingNode {
			d.expected(n, what)
			return nil, false
		}
		pairs, whole := make([]pair[T], 0, len(n.keys)), true
		for i, k := range d.uniqueKeys(n) {
			if k == nil || k.value == "" {
				if k != nil {
					d.fail(k, "expected "+what, "a key is empty")
				}
				whole = false
				continue
			}
			v, ok := r.read(d, n.items[i])
			pairs, whole = append(pairs, pair[T]{k, v}), whole && ok
		}
		return pairs, whole
	}}
}

// listOf reads a list; an empty one is not nil.
func listOf[T any](what string, r reader[T]) reader[[]T] {
	return reader[[]T]{what, listShape(r.shape), func(d *decoder, n *node) ([]T, bool) {
		if n.kind != listNode {
			d.expected(n, what)
			return nil, false
		}
		list, whole := make([]T, 0, len(n.items)), true
		for _, item := range n.items {
			v, ok := r.read(d, item)
			list, whole = append(list, v), whole && ok
		}
		return list, whole
	}}
}

// mapped is r with its value made into another, which may fail with a sentence.
func mapped[T, U any](r reader[T], what string, f func(d *decoder, n *node, v T) (U, error)) reader[U] {
	return reader[U]{what, r.shape, func(d *decoder, n *node) (U, bool) {
		var u U
		v, ok := r.read(d, n)
		if !ok {
			return u, false
		}
		u, err := f(d, n, v)
		if err != nil {
			d.fail(n, "expected "+what, "%v", err)
		}
		return u, err == nil
	}}
}

// exclusive reports the keys of n that cannot stand beside each other, at the
// second of them.
func (d *decoder) exclusive(n *node, names ...string) {
	var first *node
	for _, k := range n.keys {
		switch {
		case !slices.Contains(names, k.value):
		case first == nil:
			first = k
		case first.value != k.value:
			d.fail(k, "leave one of them out", "%s: cannot stand beside %s: (line %d)", k.value, first.value, first.line)
		}
	}
}

// keyNode is the node of a key, for problems of the key rather than of its value;
// n itself where it has no such key.
func (n *node) keyNode(name string) *node {
	for _, k := range n.keys {
		if k.value == name {
			return k
		}
	}
	return n
}
