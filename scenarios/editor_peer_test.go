//go:build peers

package scenarios

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// languageServer is what Visual Studio Code, Neovim, Emacs and others ask about YAML.
const languageServer = "yaml-language-server@1.25.0"

// An editor is a conversation with a language server (the Language Server Protocol,
// JSON-RPC behind headers).
type editor struct {
	t    *testing.T
	in   io.Writer
	out  *textproto.Reader
	last int // id of a question

	schemas any // by the files that they are for, as an editor's settings have them; nil: none
}

type message struct {
	ID     json.RawMessage `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Params any             `json:"params,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// startEditor opens a folder in an editor; empty: none.
func startEditor(t *testing.T, folder string, schemas any) *editor {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	install := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--silent", "--no-audit", "--no-fund", "--prefix", dir, languageServer)
	out, err := install.CombinedOutput()
	require.NoError(t, err, "%s", out)
	server := exec.CommandContext(ctx, "node", filepath.Join(dir, "node_modules", ".bin", "yaml-language-server"), "--stdio")
	stdin, err := server.StdinPipe()
	require.NoError(t, err)
	stdout, err := server.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	e := &editor{t: t, in: stdin, out: textproto.NewReader(bufio.NewReader(stdout)), schemas: schemas}
	asked := map[string]any{"capabilities": map[string]any{"workspace": map[string]any{"configuration": true}}}
	if folder != "" {
		asked["rootUri"] = "file://" + folder
		asked["workspaceFolders"] = []any{map[string]any{"uri": "file://" + folder, "name": "project"}}
	}
	e.ask("initialize", asked)
	e.send(message{Method: "initialized", Params: map[string]any{}})
	return e
}

func (e *editor) send(m message) {
	e.t.Helper()
	text, err := json.Marshal(struct {
		Version string `json:"jsonrpc"`
		message
	}{"2.0", m})
	require.NoError(e.t, err)
	_, err = fmt.Fprintf(e.in, "Content-Length: %d\r\n\r\n%s", len(text), text)
	require.NoError(e.t, err)
}

// receive is the next message; what the server asks is answered.
func (e *editor) receive() (m message, params json.RawMessage) {
	e.t.Helper()
	header, err := e.out.ReadMIMEHeader()
	require.NoError(e.t, err)
	length, err := strconv.Atoi(header.Get("Content-Length"))
	require.NoError(e.t, err)
	text := make([]byte, length)
	_, err = io.ReadFull(e.out.R, text)
	require.NoError(e.t, err)
	m.Params = &params
	require.NoError(e.t, json.Unmarshal(text, &m))
	if m.Method == "" || m.ID == nil {
		return m, params
	}
	answer := json.RawMessage("null")
	if m.Method == "workspace/configuration" { // one answer for each item, and the first is for yaml
		var asked struct{ Items []any }
		require.NoError(e.t, json.Unmarshal(params, &asked))
		settings := make([]any, len(asked.Items))
		settings[0] = map[string]any{"validate": true, "completion": true, "schemaStore": map[string]any{"enable": false}, "schemas": e.schemas}
		answer, err = json.Marshal(settings)
		require.NoError(e.t, err)
	}
	e.send(message{ID: m.ID, Result: answer})
	return m, params
}

// ask waits for the answer to a question.
func (e *editor) ask(method string, params any) json.RawMessage {
	e.t.Helper()
	e.last++
	id := json.RawMessage(strconv.Itoa(e.last))
	e.send(message{ID: id, Method: method, Params: params})
	for {
		if m, _ := e.receive(); m.Method == "" && string(m.ID) == string(id) {
			return m.Result
		}
	}
}

// open opens a file that may hold another text than on disk, and gives what the
// server marks in it.
func (e *editor) open(path, text string) (uri string, marked []string) {
	e.t.Helper()
	whole, err := filepath.Abs(path)
	require.NoError(e.t, err)
	uri = "file://" + filepath.ToSlash(whole)
	e.send(message{Method: "textDocument/didOpen", Params: map[string]any{
		"textDocument": map[string]any{"uri": uri, "languageId": "yaml", "version": 1, "text": text},
	}})
	for {
		m, params := e.receive()
		if m.Method != "textDocument/publishDiagnostics" {
			continue
		}
		var found struct {
			URI         string
			Diagnostics []struct {
				Message string
				Range   struct{ Start struct{ Line int } }
			}
		}
		require.NoError(e.t, json.Unmarshal(params, &found))
		if found.URI != uri {
			continue
		}
		for _, d := range found.Diagnostics {
			marked = append(marked, fmt.Sprintf("%d: %s", d.Range.Start.Line+1, d.Message))
		}
		return uri, marked
	}
}

// Editors find the schema by the first line of a file, check the file by it, and
// complete keys.
func TestPeerEditorsCheckAndCompleteScenarios(t *testing.T) {
	t.Parallel()
	e := startEditor(t, "", nil)
	files, err := filepath.Glob("*/*.yaml")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, marked := e.open(file, string(text))
		require.Empty(t, marked, file)
	}

	uri, marked := e.open("tutorial/new.yaml", schemaLine+"name: x\nrequest: {get: /, tiemout: 2s, stream: 5}\nexpect:\n  st\n")
	require.Equal(t, []string{
		"3: Incorrect type. Expected one of boolean, string.", "3: Property tiemout is not allowed.",
		"5: expected a mapping, or a variable such as $(name)",
	}, marked)
	var offered struct {
		Items []struct{ Label, Documentation string }
	}
	require.NoError(t, json.Unmarshal(e.ask("textDocument/completion", map[string]any{
		"textDocument": map[string]any{"uri": uri}, "position": map[string]any{"line": 4, "character": 4},
	}), &offered))
	says := map[string]string{}
	for _, item := range offered.Items {
		says[item.Label] = item.Documentation
	}
	require.Contains(t, says["status_code"], "a status from 100 to 599")
}

// A new project's setting has editors check what its files do not name a schema for.
func TestPeerEditorsCheckANewProjectBySetting(t *testing.T) {
	t.Parallel()
	project := t.TempDir()
	require.NoError(t, os.CopyFS(project, os.DirFS("../cmd/espy/start")))
	for name, schema := range map[string]func() ([]byte, error){"scenario": Schema, "hardware": HardwareSchema} {
		text, err := schema()
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Join(project, ".espy"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(project, ".espy", name+".schema.json"), text, 0o600))
	}
	text, err := os.ReadFile(filepath.Join(project, ".vscode", "settings.json"))
	require.NoError(t, err)
	var settings map[string]any
	require.NoError(t, json.Unmarshal(text, &settings))
	e := startEditor(t, project, settings["yaml.schemas"])
	for name, want := range map[string][]string{
		"scenarios/a.yaml":      {"2: Property expects is not allowed."},
		"scenarios/deep/b.yaml": {"2: Property expects is not allowed."},
		"scenarios/known.yaml":  nil, // a ledger is no scenario
		"other/c.yaml":          nil,
	} {
		_, marked := e.open(filepath.Join(project, name), "name: x\nexpects: {}\nrequest: {get: /}\n")
		require.Equal(t, want, marked, name)
	}
	_, marked := e.open(filepath.Join(project, "bench", "espy.yaml"), "boards:\n  desk: {devices: /dev/ttyUSB0}\n")
	require.Equal(t, []string{"2: Property devices is not allowed."}, marked)
	for _, name := range []string{"scenarios/first.yaml", "espy.yaml"} {
		text, err := os.ReadFile(filepath.Join(project, name))
		require.NoError(t, err)
		_, marked := e.open(filepath.Join(project, name), string(text))
		require.Empty(t, marked, name)
	}
}
