package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// filler fills the variables of for: into a tree, one row at a time.
type filler struct {
	report *report
	names  []string
	left   int // bytes that may still be made; see maxExpanded
}

// root is the tree of one row. Parts without a variable are shared between rows.
// Its for: and what holds for every run are left as they are.
func (f *filler) root(n *node, row []*node) *node {
	filled := *n
	filled.items = slices.Clone(n.items)
	filled.keys = slices.Clone(n.keys)
	for i, k := range n.keys {
		if k.value != "for" && !slices.Contains(fixedKeys, k.value) {
			filled.keys[i], filled.items[i] = f.node(k, row, true), f.node(n.items[i], row, false)
		}
	}
	return &filled
}

// node is n with its variables filled in; n itself where it has none.
func (f *filler) node(n *node, row []*node, isKey bool) *node {
	f.left -= nodeCost + len(n.value) // each row reads it all, filled in or not
	if f.left < 0 {
		return n
	}
	if n.kind == scalarNode {
		return f.scalar(n, row, isKey)
	}
	changed := false
	keys, items := make([]*node, len(n.keys)), make([]*node, len(n.items))
	for i, k := range n.keys {
		keys[i] = f.node(k, row, true)
		changed = changed || keys[i] != k
	}
	for i, item := range n.items {
		items[i] = f.node(item, row, false)
		changed = changed || items[i] != item
	}
	if !changed {
		return n
	}
	filled := *n
	filled.keys, filled.items = keys, items
	return &filled
}

// scalar fills a text. One that is nothing but a variable becomes what the
// variable is, a number, a list or a mapping; its place stays.
func (f *filler) scalar(n *node, row []*node, isKey bool) *node {
	if !hasVariables(n.value) || n.broken {
		return n
	}
	pieces, _, err := splitTemplate(n.value)
	if err != nil {
		return n
	}
	if len(pieces) == 1 && !n.quoted && !isKey {
		if v := f.value(pieces[0].name, row); v != nil {
			typed := *v
			typed.line, typed.column, typed.filled = n.line, n.column, []filling{{pieces[0].name, v}}
			typed.broken = v.broken || n.broken
			f.left -= v.weight()
			return &typed
		}
	}
	return f.text(n, pieces, row)
}

// text fills variables into a longer text. Run-time variables and $$( stay: they
// are for [Variant.Expand].
func (f *filler) text(n *node, pieces []piece, row []*node) *node {
	var b strings.Builder
	filled := *n
	for _, p := range pieces {
		v := f.value(p.name, row)
		switch {
		case v == nil:
			b.WriteString(p.raw)
		case v.kind != scalarNode || v.isNull():
			line, column := f.report.source.find(p.raw, n.line, n.column)
			f.report.add(line, column, len(p.raw), fmt.Sprintf("%s cannot stand inside a text", v.describe()),
				fmt.Sprintf("$(%s) is %s in line %d; alone and unquoted, a variable can be of any type", p.name, v.describe(), v.line))
			n.broken = true // in every row: once is enough
			return n
		case f.left < b.Len()+len(v.value):
			f.left = -1
			return n
		default:
			b.WriteString(v.value)
			filled.broken = filled.broken || v.broken
			filled.filled = append(slices.Clip(filled.filled), filling{p.name, v})
		}
	}
	filled.value, filled.tag = b.String(), "!!str"
	f.left -= b.Len()
	return &filled
}

// value is what a variable of for: is in this row, or nil.
func (f *filler) value(name string, row []*node) *node {
	if i := slices.Index(f.names, name); i >= 0 && name != "" {
		return row[i]
	}
	return nil
}

// weight is roughly how many bytes a value takes.
func (n *node) weight() int {
	w := nodeCost + len(n.value)
	for _, k := range n.keys {
		w += k.weight()
	}
	for _, item := range n.items {
		w += item.weight()
	}
	return w
}
