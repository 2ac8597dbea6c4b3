package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const (
	maxRuns     = 10_000    // variants of one file
	maxExpanded = 128 << 20 // bytes of one file once its variables are filled in
	nodeCost    = 64        // bytes that a node counts beside its text
)

// fixedKeys hold for every run of a file, so that no variable can stand in them.
var fixedKeys = []string{"name", "about", "tags", "needs"}

// loop is for: as read.
type loop struct {
	at    *node
	names []string  // in the order of the file
	rows  [][]*node // a value for each name
	sound bool      // the rows can be filled in
	shown map[*node]string
}

// readLoop reads for:, a map (every combination is a row) or a list of rows.
// Without for: there is one row of nothing; with a broken one there is none.
func readLoop(root *node, r *report) loop {
	l := loop{at: root.get("for"), shown: map[*node]string{}}
	switch {
	case l.at == nil:
		l.rows = [][]*node{nil}
	case l.at.kind == mappingNode && len(l.at.items) > 0:
		l.readCombinations(r)
	case l.at.kind == listNode && len(l.at.items) > 0:
		l.readRows(r)
	default:
		r.at(l.at, "for: has no runs: "+l.at.describe(), "expected a map of names and lists of values, or a list of rows such as {how: 505, method: GET}")
	}
	l.sound = l.checkNames(r, runtimeNames(root)) && l.rows != nil
	return l
}

// readCombinations reads {how: [505, 426], method: [GET, POST]}; the last name
// changes fastest.
func (l *loop) readCombinations(r *report) {
	runs, sound := 1, true
	for i, k := range l.at.keys {
		values := l.at.items[i]
		l.names = append(l.names, k.value)
		if values.kind != listNode || len(values.items) == 0 {
			r.at(values, fmt.Sprintf("the values of %s are %s", k.value, values.describe()), "expected a list of values such as [505, 426]")
			sound = false
			continue
		}
		runs = min(runs*len(values.items), maxRuns+1)
	}
	if runs > maxRuns {
		r.at(l.at, fmt.Sprintf("for: makes more than %d runs", maxRuns), "make several files of it")
		sound = false
	}
	if !sound {
		return
	}
	l.rows = [][]*node{nil}
	for _, values := range l.at.items {
		var longer [][]*node
		for _, row := range l.rows {
			for _, v := range values.items {
				longer = append(longer, append(slices.Clip(row), v))
			}
		}
		l.rows = longer
	}
}

// readRows reads [{how: 505, method: GET}, …]; each row has the names of the first.
func (l *loop) readRows(r *report) {
	if len(l.at.items) > maxRuns {
		r.at(l.at, fmt.Sprintf("for: makes more than %d runs", maxRuns), "make several files of it")
		return
	}
	sound := true
	for i, row := range l.at.items {
		if row.kind != mappingNode || len(row.keys) == 0 {
			r.at(row, fmt.Sprintf("a row of for: is %s", row.describe()), "expected names and values such as {how: 505, method: GET}")
			sound = false
			continue
		}
		if l.names == nil {
			for _, k := range row.keys {
				l.names = append(l.names, k.value)
			}
		}
		sound = l.checkRow(i, row, r) && sound
		values := make([]*node, len(l.names))
		for j, name := range l.names {
			values[j] = row.get(name)
		}
		l.rows = append(l.rows, values)
	}
	if !sound {
		l.rows = nil
	}
}

// checkRow sees that a row has the names of the first row, and each once.
func (l *loop) checkRow(i int, row *node, r *report) bool {
	sound := true
	seen := map[string]bool{}
	for _, k := range row.keys {
		switch {
		case seen[k.value]:
			r.at(k, fmt.Sprintf("the name %s stands twice in a row of for:", quote(k.value)), "")
			sound = false
		case !slices.Contains(l.names, k.value):
			r.at(k, fmt.Sprintf("row %d of for: has a name that the first has not", i+1), didYouMean(k.value, l.names))
			sound = false
		}
		seen[k.value] = true
	}
	for _, name := range l.names {
		if !seen[name] {
			r.at(row, fmt.Sprintf("row %d of for: has no %s", i+1, name), "each row has the names of the first")
			sound = false
		}
	}
	return sound
}

// checkNames sees that each name can be written as $(name), once, and means
// nothing else.
func (l *loop) checkNames(r *report, runtime map[string]bool) (sound bool) {
	if l.at == nil {
		return true
	}
	before := len(r.problems)
	holder := l.at
	if holder.kind == listNode && len(holder.items) > 0 {
		holder = holder.items[0]
	}
	seen := map[string]bool{}
	for _, k := range holder.keys {
		switch {
		case !isName(k.value):
			r.at(k, fmt.Sprintf("%s is not the name of a variable", quote(k.value)), "expected letters, digits, _ and -")
		case runtime[k.value]:
			r.at(k, fmt.Sprintf("the name %s is taken: $(%s) has its value while the scenario runs", k.value, k.value), "choose another name")
		case seen[k.value] && l.at.kind == mappingNode:
			r.at(k, fmt.Sprintf("the name %s stands twice in for:", quote(k.value)), "")
		}
		seen[k.value] = true
	}
	return len(r.problems) == before
}

// maxShown is how many characters of a value stand in the label of a variant.
const maxShown = 60

// label is how a row is shown: how=505 method=GET. Cut tells that a value is too
// long to be shown in full.
func (l *loop) label(row []*node) (label string, cut bool) {
	parts := make([]string, len(row))
	for i, v := range row {
		shown, ok := l.shown[v]
		if !ok {
			shown = v.flow()
			if runes := []rune(shown); len(runes) > maxShown {
				shown = string(runes[:maxShown]) + "…"
			}
			l.shown[v] = shown
		}
		parts[i] = l.names[i] + "=" + shown
		cut = cut || strings.HasSuffix(shown, "…")
	}
	return strings.Join(parts, " "), cut
}

// runtimeNames are the variables that get a value while the scenario runs:
// addresses of servers, and what steps save.
func runtimeNames(root *node) map[string]bool {
	names := addressVariables(serverNames(root))
	for name := range savedNames(root) {
		names[name] = true
	}
	return names
}

// savedNames are the names in save:, wherever that stands.
func savedNames(root *node) map[string]*node {
	names := map[string]*node{}
	var collect func(n *node)
	collect = func(n *node) {
		for i, item := range n.items {
			for _, k := range item.keys {
				if n.kind == mappingNode && n.keys[i].value == "save" && isName(k.value) {
					names[k.value] = k
				}
			}
			collect(item)
		}
	}
	collect(root)
	return names
}

// serverNames are the names of a scenario's servers.
func serverNames(root *node) []string {
	several := root.get("servers")
	if several == nil || len(several.keys) == 0 {
		return []string{mainServer}
	}
	var names []string
	for _, k := range several.keys {
		names = append(names, k.value)
	}
	return names
}

// variableCheck looks at every variable of a file once, before it is filled in.
type variableCheck struct {
	report  *report
	names   []string // of for:
	runtime map[string]bool
	used    map[string]bool
	saved   map[string]*node // names of save:
	broken  bool             // for: is: whatever holds one of its variables cannot be judged
}

// checkVariables reports the variables that nothing gives a value, and those of
// for: that nothing uses.
func checkVariables(root *node, l loop, r *report) {
	c := &variableCheck{r, l.names, runtimeNames(root), map[string]bool{}, savedNames(root), !l.sound}
	for i, k := range root.keys {
		switch {
		case k.value == "for":
			c.values(root.items[i])
		case slices.Contains(fixedKeys, k.value):
			c.fixed(root.items[i], k.value)
		default:
			c.all(k)
			c.all(root.items[i])
		}
	}
	c.suspectNames(root)
	if l.at == nil || l.rows == nil {
		return
	}
	for _, name := range l.names {
		if !c.used[name] {
			key := l.at.keyNode(name)
			if l.at.kind == listNode {
				key = l.at.items[0].keyNode(name)
			}
			r.at(key, fmt.Sprintf("nothing uses the variable %s", name), fmt.Sprintf("write $(%s) where its value belongs, or leave it out", name))
		}
	}
}

// all checks a value and what is in it.
func (c *variableCheck) all(n *node) {
	for _, k := range n.keys {
		c.all(k)
	}
	for _, item := range n.items {
		c.all(item)
	}
	c.each(n, func(name string) (string, string) {
		if slices.Contains(c.names, name) {
			c.used[name] = true
			n.broken = n.broken || c.broken
			return "", ""
		}
		if c.runtime[name] {
			c.used[name] = true
			return "", ""
		}
		known := slices.Concat(c.names, slices.Sorted(maps.Keys(c.runtime)))
		return fmt.Sprintf("the variable $(%s) is not known", name), didYouMean(name, known) + "; $$( is a literal $("
	})
}

// fixed checks a value that holds for every run.
func (c *variableCheck) fixed(n *node, key string) {
	for _, item := range n.items {
		c.fixed(item, key)
	}
	c.each(n, func(string) (string, string) {
		return "a variable cannot stand in " + key + ":", key + ": holds for every run of the file; $$( is a literal $("
	})
}

// values checks for: itself, whose values may hold run-time variables alone.
func (c *variableCheck) values(n *node) {
	for _, item := range n.items {
		c.values(item)
	}
	c.each(n, func(name string) (string, string) {
		if c.runtime[name] {
			c.used[name] = true
			return "", ""
		}
		return fmt.Sprintf("the variable $(%s) is not known in for:", name), "a value of for: cannot be made of another; $$( is a literal $("
	})
}

// each asks about every variable of a scalar, and reports what is wrong with one at
// its own place.
func (c *variableCheck) each(n *node, ask func(name string) (message, hint string)) {
	if n.kind != scalarNode || !hasVariables(n.value) {
		return
	}
	pieces, at, err := splitTemplate(n.value)
	if err != nil {
		c.add(n, n.value[at:at+2], err.Error(), "a variable is $(name); $$( is a literal $(")
		return
	}
	asked := map[string]bool{}
	for _, p := range pieces {
		if p.name == "" || asked[p.name] {
			continue
		}
		asked[p.name] = true
		if message, hint := ask(p.name); message != "" {
			c.add(n, p.raw, message, hint)
		}
	}
}

func (c *variableCheck) add(n *node, written, message, hint string) {
	n.broken = true
	if c.report.more {
		return
	}
	line, column := c.report.source.find(written, n.line, n.column)
	c.report.add(line, column, len(written), message, hint)
}
