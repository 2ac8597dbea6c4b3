package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/scenarios"
)

// begun is the file of a new project.
func begun(t *testing.T, name string) string {
	t.Helper()
	all, err := beginnings()
	require.NoError(t, err)
	for _, f := range all {
		if f.name == name {
			return string(f.text)
		}
	}
	t.Fatalf("a new project has no %s", name)
	return ""
}

// That it is a workflow at all, make lint sees (actionlint).
func TestTheWorkflowOfANewProjectRunsEspyAsItIs(t *testing.T) {
	t.Parallel()
	text := begun(t, ".github/workflows/espy.yaml")
	lines := regexp.MustCompile(`- run: (espy .*)`).FindAllStringSubmatch(text, -1)
	require.Len(t, lines, 2)
	for _, line := range lines {
		takes(t, line[1])
	}
}

func TestTheHardwareMapOfANewProjectIsOne(t *testing.T) {
	t.Parallel()
	text := begun(t, "espy.yaml")
	h, err := scenarios.ParseHardware("espy.yaml", []byte(text))
	require.NoError(t, err)
	require.Empty(t, h.Boards)

	// What it shows is right once the marks of comments are taken off.
	_, example, _ := strings.Cut(text, "#\n")
	h, err = scenarios.ParseHardware("espy.yaml", []byte(regexp.MustCompile(`(?m)^# ?`).ReplaceAllString(example, "")))
	require.NoError(t, err)
	require.Len(t, h.Boards, 1)
	require.Equal(t, "desk", h.Boards[0].Name)
}

func TestTheEditorsSettingNamesSchemasThatAreThere(t *testing.T) {
	t.Parallel()
	var setting struct {
		Schemas map[string]any `json:"yaml.schemas"`
	}
	require.NoError(t, json.Unmarshal([]byte(begun(t, settings)), &setting))
	require.Len(t, setting.Schemas, 2)
	for path := range setting.Schemas {
		require.NotEmpty(t, begun(t, strings.TrimPrefix(path, "./")))
	}
	for _, file := range []string{"scenarios/first.yaml", "espy.yaml"} {
		line, _, _ := strings.Cut(begun(t, file), "\n")
		schema, named := strings.CutPrefix(line, "# yaml-language-server: $schema=")
		require.True(t, named, line)
		require.NotEmpty(t, begun(t, filepath.ToSlash(filepath.Join(filepath.Dir(file), schema))))
	}
}

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a")
	wrote, err := writeNew(path, []byte("a"))
	require.NoError(t, err)
	require.True(t, wrote)
	wrote, err = writeNew(path, []byte("b"))
	require.NoError(t, err)
	require.False(t, wrote)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "a", string(text))
}
