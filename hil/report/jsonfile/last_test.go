package jsonfile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/jsonfile"
	"github.com/espy-hil/espy/hil/result"
)

func TestTheLastResultsOfAFolderAreKeptForTheirUserAlone(t *testing.T) {
	t.Parallel()
	below := filepath.Join(t.TempDir(), "espy", "last")
	one, other := jsonfile.Last(below, "/one"), jsonfile.Last(below, "/other")
	require.NotEqual(t, one, other)
	require.NoError(t, jsonfile.Keep(one, &result.Report{Espy: "before"}, ""))
	require.NoError(t, jsonfile.Keep(one, report(), ""))
	require.NoError(t, jsonfile.Keep(other, &result.Report{Espy: "other"}, ""))
	got, err := jsonfile.Read(one)
	require.NoError(t, err)
	require.Equal(t, report().Runs[0].Scenario, got.Runs[0].Scenario)
	info, err := os.Stat(one)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestOfManyFoldersTheOldestResultsGo(t *testing.T) {
	t.Parallel()
	below := t.TempDir()
	for i := range 30 {
		path := jsonfile.Last(below, fmt.Sprint(i))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		at := time.Now().Add(time.Duration(i-100) * time.Minute)
		require.NoError(t, os.Chtimes(path, at, at))
	}
	left := filepath.Join(below, ".left-by-a-killed-espy")
	require.NoError(t, os.WriteFile(left, nil, 0o600))
	require.NoError(t, os.Chtimes(left, time.Time{}, time.Now().Add(-2*time.Hour)))
	last := jsonfile.Last(below, "now")
	require.NoError(t, jsonfile.Keep(last, report(), ""))
	entries, err := os.ReadDir(below)
	require.NoError(t, err)
	require.Len(t, entries, 20)
	require.FileExists(t, last)
	require.FileExists(t, jsonfile.Last(below, "29"))
	require.NoFileExists(t, jsonfile.Last(below, "0"))
	require.NoFileExists(t, left)
}

func TestResultsThatWereSavedAreKeptAsTheyStand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	saved, kept := filepath.Join(dir, "out.json"), filepath.Join(dir, "last", "kept.json")
	require.NoError(t, jsonfile.Save(saved, report()))
	require.NoError(t, jsonfile.Keep(kept, nil, saved))
	want, err := os.ReadFile(saved)
	require.NoError(t, err)
	got, err := os.ReadFile(kept)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	info, err := os.Stat(kept)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.ErrorContains(t, jsonfile.Keep(kept, nil, filepath.Join(dir, "none.json")), "keeping the results in "+kept)
	left, err := os.ReadDir(filepath.Dir(kept))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing is left beside it")
}
