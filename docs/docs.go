// Package docs holds the documents that the program shows by itself, without a
// network.
package docs

import (
	_ "embed"
	"strings"
)

//go:embed troubles.md
var troubles string

// A Trouble is a frequent one: its name, and what to do about it.
type Trouble struct{ Name, Text string }

// Troubles are the frequent troubles, in the order of troubles.md.
func Troubles() []Trouble {
	var all []Trouble
	for i, part := range strings.Split(troubles, "\n## ") {
		name, text, _ := strings.Cut(part, "\n")
		if i > 0 { // what is before the first is about the page
			all = append(all, Trouble{name, strings.TrimSpace(text) + "\n"})
		}
	}
	return all
}
