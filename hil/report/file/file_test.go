package file_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/file"
)

func TestWhatCannotBeWrittenIsSeenBeforeTheRuns(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "out.json")
	require.NoError(t, file.Check(path))
	require.ErrorContains(t, file.Check(folder), "is a folder")
	require.ErrorContains(t, file.Check(filepath.Join(folder, "none", "out.json")), "no such file")
	require.NoError(t, os.WriteFile(path, nil, 0o644))
	require.ErrorContains(t, file.Check(filepath.Join(path, "out.json")), "no folder")
}

func TestTheOldFileStaysWhereTheNewOneCannotBeWritten(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "out")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	broken := errors.New("broken")
	err := file.Save(path, "the page", func(w io.Writer) error {
		_, _ = w.Write(make([]byte, 1<<20))
		return broken
	})
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "writing the page to "+path)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside it")
}
