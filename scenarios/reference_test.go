package scenarios

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"
)

// The reference has an example of every key, and speaks of it; that the examples do
// as they say is tested where they can be run.
func TestTheReferenceHasEveryKey(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/scenarios.md")
	require.NoError(t, err)
	root := schema(t).Schema()
	k := keysUsed{root.Defs, map[string]bool{}}
	for _, m := range regexp.MustCompile("(?ms)^```yaml *(\\w*)\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		r := &report{source: newSource("", []byte(m[2]))}
		tree := parseTree([]byte(m[2]), r)
		require.NotNil(t, tree, "%v", r.err())
		if m[1] == "error" {
			continue
		}
		l := readLoop(tree, r)
		for _, row := range l.rows {
			k.look("scenario", root, (&filler{report: r, names: l.names, left: maxExpanded}).root(tree, row))
		}
	}
	prose := regexp.MustCompile("(?ms)^```.*?^```$").ReplaceAllString(string(text), "")
	objects := maps.Clone(root.Defs)
	objects["scenario"] = root
	keys := 0
	for _, object := range slices.Sorted(maps.Keys(objects)) {
		for _, key := range slices.Sorted(maps.Keys(objects[object].Properties)) {
			keys++
			if !k.used[object+"."+key] {
				t.Errorf("no example has the key %s of %s", key, object)
			}
			if !regexp.MustCompile("`[^`\n]*\\b" + key + "\\b[^`\n]*`").MatchString(prose) {
				t.Errorf("nothing is said of the key %s of %s", key, object)
			}
		}
	}
	require.Greater(t, keys, 100)
}

// keysUsed gathers which keys of which objects stand in a tree.
type keysUsed struct {
	defs map[string]*jsonschema.Schema
	used map[string]bool
}

func (k keysUsed) look(name string, s *jsonschema.Schema, n *node) {
	if ref, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		name, s = ref, k.defs[ref]
	}
	for _, one := range s.AnyOf {
		k.look(name, one, n)
	}
	for i, key := range n.keys {
		if p := s.Properties[key.value]; p != nil {
			k.used[name+"."+key.value] = true
			k.look(name+"."+key.value, p, n.items[i])
		} else if s.AdditionalProperties != nil {
			k.look(name, s.AdditionalProperties, n.items[i])
		}
	}
	if n.kind == listNode && s.Items != nil {
		for _, item := range n.items {
			k.look(name, s.Items, item)
		}
	}
}
