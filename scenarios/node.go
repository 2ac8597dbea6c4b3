package scenarios

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A node is a value in a file, with its place.
type node struct {
	kind         kind
	tag          string  // of a scalar: !!str, !!int, !!float, !!bool, !!null, !!timestamp
	value        string  // of a scalar, as it is written (unquoted)
	quoted       bool    // quoted, or a block of text: always text
	keys         []*node // of a mapping; its values are items
	items        []*node // of a list or mapping
	line, column int
	filled       []filling // the variables that made this node
	broken       bool      // a variable in it is not known, which has been reported
	suspect      bool      // it has a key that is not known, which may be the one that is missed
}

// filling is a variable as it was filled in.
type filling struct {
	name  string
	value *node
}

type kind int

const (
	scalarNode kind = iota
	listNode
	mappingNode
)

// isNull tells whether n is null; an empty place where a value belongs is one too.
func (n *node) isNull() bool { return n.kind == scalarNode && n.tag == "!!null" && !n.quoted }

// isWrittenNull tells whether n is null and says so.
func (n *node) isWrittenNull() bool { return n.isNull() && n.value != "" }

// get is the value of a key, or nil; the first where a key stands twice.
func (n *node) get(key string) *node {
	for i, k := range n.keys {
		if k.value == key {
			return n.items[i]
		}
	}
	return nil
}

// describe says what n is, for an error message.
func (n *node) describe() string {
	switch {
	case n.kind == listNode && len(n.items) == 0:
		return "an empty list"
	case n.kind == listNode:
		return "a list"
	case n.kind == mappingNode && len(n.items) == 0:
		return "an empty mapping"
	case n.kind == mappingNode:
		return "a mapping"
	case n.isNull() && n.value == "":
		return "nothing"
	case n.tag != "!!str" && !n.quoted:
		return n.value // null, 505, true
	default:
		return "the text " + quote(n.value)
	}
}

// quote shows a text of the file, cut where it is long.
func quote(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) > most {
		return fmt.Sprintf("%q…", string([]rune(s)[:most]))
	}
	return fmt.Sprintf("%q", s)
}

// flow writes n on one line, for the label of a variant.
func (n *node) flow() string {
	switch n.kind {
	case listNode:
		items := make([]string, len(n.items))
		for i, item := range n.items {
			items[i] = item.flow()
		}
		return "[" + strings.Join(items, ", ") + "]"
	case mappingNode:
		items := make([]string, len(n.items))
		for i, item := range n.items {
			items[i] = n.keys[i].flow() + ": " + item.flow()
		}
		return "{" + strings.Join(items, ", ") + "}"
	default:
		plain := strings.IndexFunc(n.value, func(r rune) bool { return r <= ' ' || r == '"' || r == 0x7f }) < 0
		if plain && (n.value != "" || n.isNull()) {
			if n.isNull() {
				return "null"
			}
			return n.value
		}
		return fmt.Sprintf("%q", n.value)
	}
}
