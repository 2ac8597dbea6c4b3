package jsonfile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/result"
)

func report() *result.Report {
	return &result.Report{
		Espy: "1.0", Format: result.Format, Started: "2026-01-02T03:04:05Z",
		Boards: []result.Board{{Name: "sim", Kind: "webassembly", MicroPython: "1.29.0", Firmware: result.Firmware{Hash: "ab", Form: "py"}}},
		Runs: []result.Run{{
			Scenario: "a", File: "a.yaml", Board: "sim", Client: "espy.requests", Repeat: 1, Attempt: 1, Verdict: result.Pass,
			Observation: result.Observation{
				Response: &result.Response{
					StatusCode: 200, Reason: "OK", Headers: [][2]string{{"A", "<&>"}},
					History: []result.Hop{{Status: 505, Version: "1.1", URL: "http://x/"}},
					Body:    result.Body{Length: 2, Base64: []byte("{}")}, JSON: json.RawMessage("{}"),
				},
			},
		}, {Scenario: "b", Verdict: result.Rig}},
		Totals: result.Totals{Pass: 1, Rig: 1},
	}
}

func TestAReportIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, jsonfile.Write(&b, report()))
	var got result.Report
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	want := report()
	want.Format = result.Format
	if d := cmp.Diff(want, &got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
}

func TestTheFormHasEveryKeyAndNoListThatIsNull(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, jsonfile.Write(&b, report()))
	var got struct {
		Stale []any
		Runs  []map[string]any
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	require.NotNil(t, got.Stale)
	for _, key := range []string{
		"scenario", "file", "variant", "board", "client", "http_version", "repeat", "attempt", "verdict", "skip_reason",
		"diffs", "response", "raises", "wire", "timing_ms", "memory",
	} {
		require.Contains(t, got.Runs[1], key)
	}
	require.Equal(t, []any{}, got.Runs[1]["diffs"])
	require.Equal(t, []any{}, got.Runs[1]["wire"])
	require.Contains(t, b.String(), `"<&>"`, "no HTML in the way of a reader")
	require.Contains(t, got.Runs[0]["response"], "history")
}

func TestAFileIsReplacedAsAWholeAndKeepsItsMode(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "out.json")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	require.NoError(t, jsonfile.Save(path, report()))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, json.Valid(data))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside it")
}

func TestALinkIsFollowed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	target, link := filepath.Join(folder, "target.json"), filepath.Join(folder, "link.json")
	require.NoError(t, os.WriteFile(target, nil, 0o644))
	require.NoError(t, os.Symlink(target, link))
	require.NoError(t, jsonfile.Save(link, report()))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
	data, err := os.ReadFile(target)
	require.NoError(t, err)
	require.True(t, json.Valid(data))
}

func TestAFullDiskIsAnErrorThatNamesTheFile(t *testing.T) {
	t.Parallel()
	err := jsonfile.Save("/dev/full", report())
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.ErrorContains(t, err, "/dev/full")
}

func TestAFolderThatIsNotThereIsAnErrorThatNamesTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none", "out.json")
	err := jsonfile.Save(path, report())
	require.ErrorIs(t, err, os.ErrNotExist)
	require.Equal(t, 1, strings.Count(err.Error(), "none"), "once: %v", err)
}

func TestAWriterThatFailsIsReported(t *testing.T) {
	t.Parallel()
	require.ErrorIs(t, jsonfile.Write(broken{}, report()), errBroken)
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestNothingIsLeftOfAFileThatCouldNotBeWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := result.Report{Runs: []result.Run{{Observation: result.Observation{Response: &result.Response{JSON: []byte("{")}}}}}
	require.Error(t, jsonfile.Save(filepath.Join(dir, "out.json"), &broken))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}
