package scenarios

import (
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/require"
)

// schema is the schema as an editor would load it, checked against its own schema.
func schema(t testing.TB) *jsonschema.Resolved {
	t.Helper()
	text, err := Schema()
	require.NoError(t, err)
	var read jsonschema.Schema
	require.NoError(t, json.Unmarshal(text, &read))
	resolved, err := read.Resolve(nil)
	require.NoError(t, err)
	return resolved
}

// asJSON is a tree as an editor hands it to a schema (the core schema of YAML 1.2).
func asJSON(n *node) any {
	switch n.kind {
	case mappingNode:
		m := map[string]any{}
		for i, k := range n.keys {
			m[k.value] = asJSON(n.items[i])
		}
		return m
	case listNode:
		list := []any{}
		for _, item := range n.items {
			list = append(list, asJSON(item))
		}
		return list
	default:
		return scalarAsJSON(n)
	}
}

func scalarAsJSON(n *node) any {
	switch {
	case n.quoted:
	case n.tag == "!!null":
		return nil
	case n.tag == "!!bool":
		return strings.EqualFold(n.value, "true")
	case n.tag == "!!int":
		if i, err := strconv.ParseInt(n.value, 0, 64); err == nil {
			return float64(i)
		}
	case n.tag == "!!float":
		if f, err := strconv.ParseFloat(n.value, 64); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return f
		}
	}
	return n.value
}

// validate asks the schema about a file; ok is false for one that is no YAML.
func validate(t *testing.T, s *jsonschema.Resolved, name string, data []byte) (verdict error, ok bool) {
	t.Helper()
	r := &report{source: newSource(name, data)}
	root := parseTree(data, r)
	if root == nil {
		return nil, false
	}
	return s.Validate(asJSON(root)), true
}

func TestEveryBundledFileIsAsTheSchemaSays(t *testing.T) {
	t.Parallel()
	s := schema(t)
	require.NoError(t, fs.WalkDir(Bundled, ".", func(p string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		if e.IsDir() || !isScenario(p) {
			return nil
		}
		data, err := Bundled.ReadFile(p)
		require.NoError(t, err)
		verdict, ok := validate(t, s, p, data)
		require.True(t, ok, p)
		require.NoError(t, verdict, p)
		return nil
	}))
}

// What of testdata/errors no schema of ours says.
var beyondTheSchema = map[string]string{
	"contradictory-bodies.yaml":       "what keys mean together",
	"contradictory-versions.yaml":     "what keys mean together",
	"moments.yaml":                    "what keys mean together",
	"more-requests-than-replies.yaml": "what keys mean together",
	"nothing-sent.yaml":               "what keys mean together",
	"unknown-server.yaml":             "which servers there are",
	"duplicate-keys.yaml":             "a key twice: YAML",
	"expressions-too-large.yaml":      "how much expressions are in all",
	"expressions.yaml":                "expressions",
	"for-names.yaml":                  "names of variables that are taken",
	"for-too-many.yaml":               "how many runs lists make",
	"for-twice.yaml":                  "rows that are the same",
	"head-with-body.yaml":             "what keys mean together",
	"nothing-but-a-name.yaml":         "request: or steps:",
	"servers.yaml":                    "names of variables and servers",
	"no-servers.yaml":                 "how many servers there are",
	"saved-later.yaml":                "when a variable has a value",
	"session-without-steps.yaml":      "what keys mean together",
	"steps-beside-request.yaml":       "what keys mean together",
	"two-methods.yaml":                "what keys mean together",
	"typed-mistake.yaml":              "what a variable is filled in with",
	"variables.yaml":                  "which variables there are",
}

func TestTheSchemaRefusesWhatTheLoaderRefuses(t *testing.T) {
	t.Parallel()
	s := schema(t)
	files, err := filepath.Glob("testdata/errors/*.yaml")
	require.NoError(t, err)
	refused := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		verdict, ok := validate(t, s, file, data)
		if !ok {
			continue // no YAML: an editor says so itself
		}
		why, beyond := beyondTheSchema[filepath.Base(file)]
		switch {
		case beyond && verdict != nil:
			t.Errorf("%s is refused, although the schema does not know of %s: %v", file, why, verdict)
		case !beyond && verdict == nil:
			t.Errorf("%s is not refused", file)
		case !beyond:
			refused++
		}
	}
	require.Greater(t, refused, 10)
}

// Each is one mistake in an otherwise sound file, of a kind that an editor should mark.
func TestTheSchemaMarksEachMistake(t *testing.T) {
	t.Parallel()
	s := schema(t)
	for _, mistake := range []string{
		"name: ''", "tags: version", "tags: ['']", "needs: [tsl]", "for: []", "for: {a: 1}", "for: {a: []}", "for: {1a: [1]}", "for: [1]",
		"sevrer: {}", "server: 5", "server: {versions: {accept: [2.0]}}", "server: {versions: {refuse: 200}}", "server: {versions: {refuse: cloze}}",
		"server: {versions: {refuse: {status: 600}}}", "server: {personality: ngingx}", "server: {routes: [{status: 200}]}",
		"server: {routes: [{on: /, times: 0}]}", "server: {routes: {on: /}}", "server: {raw: text}", "server: {raw: [[{hex: zz}]]}",
		"server: {raw: [[{close: now}]]}", "server: {raw: [[{repeat: {bytes: x}}]]}", "server: {raw: [[{read: tail}]]}", "server: {raw: [[null]]}",
		"server: {faults: {latency: 5}}", "server: {faults: {slice: 1KB}}", "server: {faults: {no_answer: maybe}}", "server: {faults: {nose: 1}}",
		"server: {tls: {cert: valit}}", "server: {tls: {min_version: 1.4}}", "servers: {a: {row: []}}", "session: 1", "steps: {}", "steps: [{}]",
		"steps: [{request: {get: /}, wait: 5}]", "steps: [{request: {get: /}, save: {a: {}}}]",
		"request: {gte: /}", "request: {get: null}", "request: {get: /, timeout: 2}", "request: {get: /, timeout: 2 s}", "request: {get: /, stream: 1}",
		"request: {get: /, max_body: 4KB}", "request: {get: /, max_body: -4}", "request: {get: /, read: lines}", "request: {get: /, read: {iter: 5}}",
		"request: {get: /, headers: {a: null}}", "request: {get: /, chunks: [{hex: zz}]}", "request: {get: /, auth: user}", "request: {get: /, form: [a]}",
		"expect: {status_code: 600}", "expect: {status_code: 200.5}", "expect: {status_code: '200'}", "expect: {reason: [OK]}", "expect: {headers: OK}",
		"expect: {content_hex: zz}", "expect: {content_length: -1}", "expect: {history: 505}", "expect: {types: {text: [str]}}", "expect: {within: 5}",
		"expect: {raises: {in: header}}", "expect: {raises: {errno: many}}", "expect: {allocates: 5}", "expect: {allocates: {}}", "expect: {open_connections: -1}",
		"wire: GET / HTTP/1.1", "wire: [[GET]]", "wire: [{line: null}]", "wire: [{connection: 0}]", "wire: [{lien: GET / HTTP/1.1}]", "clients: {requests: 505}",
	} {
		rest := "name: x\nrequest: {get: /}\n"
		switch key, _, _ := strings.Cut(mistake, ":"); key {
		case "name":
			rest = "request: {get: /}\n"
		case "request", "steps":
			rest = "name: x\n"
		}
		file := rest + mistake + "\n"
		_, err := Parse("x.yaml", []byte(file))
		require.Error(t, err, mistake)
		verdict, ok := validate(t, s, "x.yaml", []byte(file))
		require.True(t, ok, mistake)
		require.Error(t, verdict, mistake)
	}
}

// A key of the tables is a key of the schema, with what it says.
func TestEveryKeySaysWhatItIs(t *testing.T) {
	t.Parallel()
	keys := 0
	var look func(s *jsonschema.Schema)
	look = func(s *jsonschema.Schema) {
		for name, p := range s.Properties {
			keys++
			require.NotEmpty(t, p.Description, name)
		}
		for _, d := range s.Defs {
			look(d)
		}
	}
	look(schema(t).Schema())
	require.Greater(t, keys, 100)
	for _, k := range scenarioKeys() {
		require.Contains(t, schema(t).Schema().Properties, k.name)
	}
}

// schemaLine is the first line of a bundled file, by which editors find the schema.
const schemaLine = "# yaml-language-server: $schema=../scenario.schema.json\n"

func TestEveryBundledFileNamesItsSchema(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		if *update && !strings.HasPrefix(string(data), schemaLine) {
			data = append([]byte(schemaLine), data...)
			require.NoError(t, os.WriteFile(file, data, 0o644))
		}
		if !strings.HasPrefix(string(data), schemaLine) {
			t.Errorf("%s does not begin with %q; go test ./scenarios -update writes it", file, schemaLine)
		}
	}
}

// Editors read the schema of the bundled files from the repository.
func TestTheSchemaInTheRepositoryIsCurrent(t *testing.T) {
	t.Parallel()
	text, err := Schema()
	require.NoError(t, err)
	const file = "scenario.schema.json"
	if *update {
		require.NoError(t, os.WriteFile(file, text, 0o644))
	}
	stored, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(stored), string(text), "write it anew: go test ./scenarios -update")
}
