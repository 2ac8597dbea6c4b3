package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestHowACommandLineMayGoOn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		want  string // some of it has to be there; "=": it is all
		files bool
	}{
		"espy ru":                                {"= run", false},
		"espy s":                                 {"serve sim setup schema show", false},
		"espy run --htt":                         {"= --http-version", false},
		"espy run --http-version ":               {"= 1.0 1.1 auto", false},
		"espy run --http-version 1.0,":           {"= 1.0,1.0 1.0,1.1 1.0,auto", false},
		"espy run --http-version=1.":             {"= --http-version=1.0 --http-version=1.1", false},
		"espy run --on sim:1.2":                  {"sim:1.24 sim:1.29", false},
		"espy run --on sim:esp32-":               {"sim:esp32-c3", false},
		"espy run --on sim,un":                   {"sim,unix sim,unix:esp8266", false},
		"espy run -t 50":                         {"505", false}, // it is in 505 that the tag begins with 50
		"espy run --form m":                      {"= mpy", false},
		"espy run --json ":                       {"=", true},
		"espy run --client ":                     {"espy.requests net/http", true},
		"espy run ":                              {"=", true},
		"espy run --fail-fast a.yaml ":           {"=", true},
		"espy run -v --on sim --jobs 3 --form p": {"= py", false},
		"espy serve --pers":                      {"= --personality", false},
		"espy serve --personality hel":           {"= helidon-4", false},
		"espy help 4":                            {"= 426 400", false},
		"espy help ru":                           {"= run", false},
		"espy completion ":                       {"= bash fish zsh", false},
		"espy diff a.json ":                      {"=", true},
		"espy version ":                          {"=", false},
		"espy nonsense x":                        {"=", false},
		`espy run --on "sim:1.2`:                 {"sim:1.24", false},
	}
	for line, test := range tests {
		found, files := complete(commandLine(t).Model.Node, split(line)[1:])
		require.Equal(t, test.files, files, line)
		var words []string
		for _, f := range found {
			words = append(words, f.word)
		}
		want, exact := strings.CutPrefix(test.want, "=")
		if exact {
			if d := cmp.Diff(strings.Fields(want), append([]string{}, words...)); d != "" {
				t.Errorf("%s (-want +got):\n%s", line, d)
			}
			continue
		}
		for _, w := range strings.Fields(want) {
			require.Contains(t, words, w, line)
		}
	}
}

func TestWhatIsOfferedBeginsAsTheWordDoes(t *testing.T) {
	t.Parallel()
	model := commandLine(t).Model.Node
	rapid.Check(t, func(t *rapid.T) {
		line := "espy " + rapid.StringMatching(`((run|serve|help|sim|--on|--form|-t|-v|--[a-z]*=?|[a-z0-9.:,=/'"\\-]*) ){0,5}[a-z0-9.:,=-]{0,6}`).Draw(t, "line")
		words := split(line)
		found, _ := complete(model, words[1:])
		for _, f := range found {
			if !strings.HasPrefix(f.word, words[len(words)-1]) {
				t.Fatalf("%q: %q", line, f.word)
			}
		}
	})
}

func TestBashIsGivenWhatComesAfterItsWordBreak(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1.24", fromBreak("sim:1.24", "sim:1"))
	require.Equal(t, "sim:1.24", fromBreak("sim:1.24", "si"))
	require.Equal(t, "1.0", fromBreak("--http-version=1.0", "--http-version="))
}
