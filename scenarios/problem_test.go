package scenarios

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files of testdata, the schema, and the first lines of bundled files")

// Each file of testdata/errors is wrong in its own way, and the golden file beside
// it is all that a user is told. A new one is made with -update, and read.
func TestWhatIsWrongWithAFileIsToldInFull(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/errors/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			_, err := LoadFile(filepath.ToSlash(file))
			var wrong *FileError
			require.ErrorAs(t, err, &wrong)
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			requireInside(t, wrong, data)
			requireGolden(t, strings.TrimSuffix(file, ".yaml")+".golden", wrong.Error()+"\n")
		})
	}
}

// Each file of testdata/warnings is sound, and suspicious.
func TestWhatIsSuspiciousIsToldInFull(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/warnings/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		s, err := LoadFile(filepath.ToSlash(file))
		require.NoError(t, err)
		var told strings.Builder
		for _, w := range s.Warnings {
			told.WriteString(w.String() + "\n\n")
		}
		requireGolden(t, strings.TrimSuffix(file, ".yaml")+".golden", told.String())
	}
}

// Each file of testdata/ledgers is a ledger that is wrong in its own way.
func TestWhatIsWrongWithALedgerIsToldInFull(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/ledgers/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		_, err := LoadLedger(filepath.ToSlash(file))
		var wrong *FileError
		require.ErrorAs(t, err, &wrong, file)
		requireGolden(t, strings.TrimSuffix(file, ".yaml")+".golden", wrong.Error()+"\n")
	}
}

// requireGolden compares a text with a golden file, or writes it.
func requireGolden(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

// requireInside sees that every problem has a place that is in the file, in order.
func requireInside(t *testing.T, wrong *FileError, data []byte) {
	t.Helper()
	require.NotEmpty(t, wrong.Problems)
	lines := newSource("", data).lines
	last := Pos{}
	for _, p := range wrong.Problems {
		require.NotEmpty(t, p.Message)
		require.Equal(t, wrong.File, p.Pos.File)
		require.GreaterOrEqual(t, p.Pos.Line, 1, p.Message)
		require.LessOrEqual(t, p.Pos.Line, len(lines), p.Message)
		require.GreaterOrEqual(t, p.Pos.Column, 1, p.Message)
		require.LessOrEqual(t, p.Pos.Column, len([]rune(lines[p.Pos.Line-1]))+1, p.Message)
		require.False(t, p.Pos.Line < last.Line || p.Pos.Line == last.Line && p.Pos.Column < last.Column, "out of order: %s", p)
		last = p.Pos
	}
}

func TestAProblemIsToldOnce(t *testing.T) {
	t.Parallel()
	r := &report{source: newSource("x.yaml", []byte("a: b\n"))}
	r.add(1, 1, 1, "wrong", "")
	r.add(1, 1, 1, "wrong", "")
	r.add(1, 4, 1, "wrong", "")
	var wrong *FileError
	require.True(t, errors.As(r.err(), &wrong))
	require.Len(t, wrong.Problems, 2)
}

func TestTheCaretStaysUnderItsColumn(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("ä", 200) + "X" + strings.Repeat("ö", 200)
	for column := 1; column <= 401; column++ {
		shown, caret := excerpt(line, column, 1)
		at := strings.Index(caret, "^")
		require.Less(t, at, len([]rune(shown)))
		require.LessOrEqual(t, len([]rune(shown)), excerptWidth+2)
		if column == 201 {
			require.Equal(t, 'X', []rune(shown)[at])
		}
	}
}
