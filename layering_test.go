package espy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/espy-hil/espy"

// A room is a folder of the house with all below it, and whom it may know: x is
// the package x alone, x/... those below it as well, ... all there are.
type room struct {
	folder string
	knows  []string
	why    string
}

// rooms are the import rules, the most particular first: the first whose folder
// holds a package is its room.
var rooms = []room{
	{
		"firmware", nil,
		"firmware is what runs on the board, the same everywhere: nothing of the host may decide what is in it",
	},
	{
		"fakeapi/plan",
		[]string{"fakeapi/plan/..."},
		"fakeapi/plan is the server's side of a scenario as pure data, for whoever fills it",
	},
	{
		"fakeapi",
		[]string{"fakeapi/..."},
		"fakeapi is a server for any client: it knows its plan, and neither scenarios nor boards",
	},
	{
		"scenarios",
		[]string{"scenarios/...", "fakeapi/plan/..."},
		"scenarios reads files into plans: what carries them out is none of its business",
	},
	{
		"watch", nil,
		"watch tells which files changed, whatever they are",
	},
	{
		"browsertest", nil,
		"browsertest is Chromium for whichever test has a page to show: it knows no page",
	},
	{
		"docs", nil,
		"docs is what the program can show of its documents: it knows none of the program",
	},
	{
		"hil/board", nil,
		"hil/board is the seam that every kind of board and every harness stands on",
	},
	{
		"rfc2217", nil,
		"rfc2217 is a language that both ends of a line speak: it knows neither of them",
	},
	{
		"hil/report",
		[]string{"hil/report/...", "hil/result"},
		"reports are siblings over one result model: what they show must not depend on how it came about",
	},
	{
		"hil/result", nil,
		"hil/result is the model that everything else reads",
	},
	{
		"hil",
		[]string{"hil/...", "scenarios/...", "fakeapi/...", "firmware/...", "rfc2217"},
		"the harness judges observed bytes alone, and cannot know whether a board is virtual",
	},
	{
		"sim",
		[]string{"sim/...", "hil/board", "firmware/...", "rfc2217"},
		"a virtual board is a board like any other: it cannot know who drives it, nor what is expected",
	},
	{
		"rig",
		[]string{"..."},
		"the rig puts boards and harness together, by the names that users have for them",
	},
	{
		"bench",
		[]string{"bench/..."},
		"bench measures the program as its users have it: from outside",
	},
	{
		"cmd",
		[]string{"..."},
		"the command line wires everything, and decides nothing",
	},
	{
		"espytest",
		[]string{"..."},
		"espytest wires boards to the harness, under go test",
	},
}

// wiring is who may be known by few, or by nobody, and why.
var wiring = map[string]struct {
	by  []string
	why string
}{
	"cmd":      {nil, "the command line is the top of the house: what others need belongs further down"},
	"espytest": {nil, "espytest is the top of the house, as the command line is"},
	"rig":      {[]string{"cmd/...", "espytest/..."}, "the rig knows both boards and harness: who knows it could tell a virtual board from a real one"},
}

// imported is a package of ours, as go list describes it; test files are not in it.
type imported struct {
	ImportPath string
	Imports    []string
}

func TestEveryRoomKnowsOnlyWhomItMay(t *testing.T) {
	t.Parallel()
	packages := ours(t)
	require.NotEmpty(t, packages)
	for _, p := range packages {
		for _, complaint := range complaints(p) {
			t.Error(complaint)
		}
	}
}

func TestABrokenRuleIsNoticed(t *testing.T) {
	t.Parallel()
	tests := map[string]imported{
		"the comparator knows a virtual board":  {"hil/compare", []string{"sim"}},
		"a report knows the runner":             {"hil/report/html", []string{"hil/run"}},
		"the firmware knows the host":           {"firmware", []string{"hil/board"}},
		"a server knows scenarios":              {"fakeapi", []string{"scenarios"}},
		"a scenario knows the server":           {"scenarios", []string{"fakeapi"}},
		"a virtual board knows the harness":     {"sim/vm", []string{"hil/agent"}},
		"the seam knows a result":               {"hil/board", []string{"hil/result"}},
		"somebody knows the command line":       {"hil/run", []string{"cmd/espy"}},
		"a report knows the rig":                {"hil/report/html", []string{"rig"}},
		"a room of which nothing has been said": {"attic", nil},
	}
	for name, p := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p.ImportPath = module + "/" + p.ImportPath
			for i := range p.Imports {
				p.Imports[i] = module + "/" + p.Imports[i]
			}
			require.Len(t, complaints(p), 1)
		})
	}
}

// complaints says which imports of a package break the rules, each with the reason.
func complaints(p imported) []string {
	folder := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
	at := slices.IndexFunc(rooms, func(r room) bool { return within(folder, r.folder+"/...") })
	if at < 0 {
		return []string{"package " + folder + " is in a new room: say in layering_test.go whom it may know, and why"}
	}
	r := rooms[at]
	var all []string
	for _, i := range p.Imports {
		other, isOurs := strings.CutPrefix(i, module+"/")
		if !isOurs {
			continue
		}
		top, _, _ := strings.Cut(other, "/")
		few, restricted := wiring[top]
		may := func(pattern string) bool { return within(folder, pattern) }
		switch {
		case restricted && !may(top+"/...") && !slices.ContainsFunc(few.by, may):
			all = append(all, folder+" imports "+other+", but "+few.why)
		case !slices.ContainsFunc(r.knows, func(pattern string) bool { return within(other, pattern) }):
			all = append(all, folder+" imports "+other+", but "+r.why)
		}
	}
	return all
}

// within tells whether a folder is named by a pattern: itself, or what is below
// it as well (x/...), or everything (...).
func within(folder, pattern string) bool {
	above, deep := strings.CutSuffix(pattern, "/...")
	return pattern == "..." || folder == above || deep && strings.HasPrefix(folder, above+"/")
}

// ours lists the packages of this module with what they import on this system.
func ours(t *testing.T) []imported {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", "./...")
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	require.NoError(t, err, "go list: %s", &stderr)
	var all []imported
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p imported
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		if p.ImportPath != module { // the root has this test and nothing else
			all = append(all, p)
		}
	}
}
