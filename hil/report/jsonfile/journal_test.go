package jsonfile_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/result"
)

// journaled gives the runs of a journal.
func journaled(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var names []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var r result.Run
		require.NoError(t, json.Unmarshal(lines.Bytes(), &r))
		names = append(names, r.Scenario+" "+string(r.Verdict))
	}
	return names
}

func TestTheJournalHasEachRunAsSoonAsItHasFinishedAndGoesWhenTheResultsAreSaved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.json")
	j := jsonfile.NewJournal(path)
	j.Finished(&result.Run{Scenario: "a", Verdict: result.Pass})
	require.Equal(t, []string{"a pass"}, journaled(t, path+".partial"))
	j.Finished(&result.Run{Scenario: "b\n", Verdict: result.Fail})
	require.Equal(t, []string{"a pass", "b\n fail"}, journaled(t, path+".partial"))
	require.NoError(t, j.Close(jsonfile.Save(path, &result.Report{})))
	require.NoFileExists(t, path+".partial")
	require.FileExists(t, path)
}

func TestTheJournalStaysWhereTheResultsCouldNotBeSaved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.json")
	j := jsonfile.NewJournal(path)
	j.Finished(&result.Run{Scenario: "a", Verdict: result.Pass})
	full := errors.New("no space left")
	err := j.Close(full)
	require.ErrorIs(t, err, full)
	require.ErrorContains(t, err, path+".partial")
	require.Equal(t, []string{"a pass"}, journaled(t, path+".partial"))
}

func TestNoJournalIsKeptOfWhatIsNoFile(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "-", os.DevNull} {
		j := jsonfile.NewJournal(path)
		j.Finished(&result.Run{})
		require.NoError(t, j.Close(nil))
		require.NoFileExists(t, path+".partial")
	}
}
