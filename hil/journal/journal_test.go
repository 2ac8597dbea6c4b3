package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/journal"
	"github.com/espy-hil/espy/hil/result"
)

// run is a run with everything that JSON does not keep.
func run(name string) *result.Run {
	x := result.Exchange{
		Server: "main", Connection: 1, RequestLine: "GET /\xff HTTP/1.1", Headers: [][2]string{{"x", "\x80"}},
		Body: []byte("body\x00"), Request: []byte("GET"), Reply: []byte("HTTP"),
	}
	o := result.Observation{Response: &result.Response{Reason: "OK\u2028", StatusCode: 200}, Wire: []result.Exchange{x}}
	return &result.Run{Scenario: name, Verdict: result.Pass, Observation: o, Steps: []result.Observation{o, o}}
}

var head = journal.Head{
	Espy: "v1", Started: "2026-01-01T00:00:00Z", Folder: "/f", Command: []byte(`{"On":["sim"]}`),
	Plan: journal.Plan{{What: "firmware", Is: "1 py"}, {What: "scenario a", Is: "2"}},
}

func begin(t *testing.T, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Begin(path, head)
	require.NoError(t, err)
	return j
}

func TestWhatWasMadeIsThereAgainToTheByte(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.json")
	j := begin(t, path)
	j.Board(result.Board{Name: "sim", MicroPython: "1.27.0"})
	j.Made(7, run("a"))
	j.Made(3, run("b"))
	require.NoError(t, j.Leave())

	j, earlier, err := journal.Resume(path)
	require.NoError(t, err)
	want := head
	want.Journal = 2
	require.Empty(t, cmp.Diff(want, earlier.Head))
	require.Equal(t, []result.Board{{Name: "sim", MicroPython: "1.27.0"}}, earlier.Boards)
	require.Empty(t, cmp.Diff(map[int]*result.Run{7: run("a"), 3: run("b")}, earlier.Runs))
	j.Made(4, run("c"))
	require.NoError(t, j.Close(nil, false))
	require.NoFileExists(t, journal.Path(path))
}

func TestJournalThatIsTornAtAnyByteKeepsEveryWholeRun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.json")
	j := begin(t, path)
	var ends []int64 // of the lines
	end := func() {
		info, err := os.Stat(journal.Path(path))
		require.NoError(t, err)
		ends = append(ends, info.Size())
	}
	end()
	for i := range 3 {
		j.Made(i, &result.Run{Scenario: string(rune('a' + i))})
		end()
	}
	require.NoError(t, j.Leave())
	text, err := os.ReadFile(journal.Path(path))
	require.NoError(t, err)
	for cut := range int64(len(text)) + 1 {
		for _, tail := range []string{"", "\x00\x00\x00", "{\"made\":9,\n"} {
			require.NoError(t, os.WriteFile(journal.Path(path), append(text[:cut:cut], tail...), 0o600))
			j, earlier, err := journal.Resume(path)
			if cut < ends[0] {
				require.ErrorContains(t, err, "there is no head")
				continue
			}
			require.NoError(t, err)
			whole := 0
			for _, end := range ends[1:] {
				if end <= cut {
					whole++
				}
			}
			require.Len(t, earlier.Runs, whole, "cut at %d", cut)
			j.Made(8, &result.Run{Scenario: "more"})
			require.NoError(t, j.Leave())
			j, earlier, err = journal.Resume(path)
			require.NoError(t, err)
			require.Len(t, earlier.Runs, whole+1)
			require.Equal(t, "more", earlier.Runs[8].Scenario)
			require.NoError(t, j.Leave())
		}
	}
}

func TestJournalOfARunThatDidNotEndIsNotWrittenOver(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.json")
	require.NoError(t, begin(t, path).Leave())
	first := begin(t, path) // of one in which nothing was made nothing is lost
	first.Made(9, run("z"))
	require.NoError(t, first.Leave())
	_, err := journal.Begin(path, head)
	require.EqualError(t, err, journal.Path(path)+" is what an earlier run has left that did not end: go on with it by espy run --resume "+path+", or remove it")

	// Of one that was interrupted, the results are saved: it can be gone on with, and gives way.
	j, _, err := journal.Resume(path)
	require.NoError(t, err)
	j.Made(0, run("a"))
	require.NoError(t, j.Close(nil, true))
	j, earlier, err := journal.Resume(path)
	require.NoError(t, err)
	require.Len(t, earlier.Runs, 2)
	j.Made(1, run("b"))
	require.NoError(t, j.Leave())
	_, err = journal.Begin(path, head)
	require.Error(t, err, "it was gone on with, and cut off")
	j, earlier, err = journal.Resume(path)
	require.NoError(t, err)
	require.Len(t, earlier.Runs, 3)
	require.NoError(t, j.Close(nil, true))
	require.NoError(t, begin(t, path).Close(nil, false))
}

func TestJournalIsOneProgramsAtATime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.json")
	j := begin(t, path)
	_, _, err := journal.Resume(path)
	require.ErrorContains(t, err, "another espy is writing to it")
	require.NoError(t, j.Leave())
}

func TestJournalStaysWhereTheResultsCouldNotBeSaved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "out.json")
	j := begin(t, path)
	j.Made(0, run("a"))
	full := errors.New("no space left")
	err := j.Close(full, false)
	require.ErrorIs(t, err, full)
	require.ErrorContains(t, err, "each run is in "+journal.Path(path))
	require.FileExists(t, journal.Path(path))
}

func TestNoJournalIsKeptOfWhatIsNoFile(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "-", os.DevNull} {
		j := begin(t, path)
		j.Made(0, run("a"))
		require.False(t, j.Kept())
		require.NoError(t, j.Close(nil, false))
		require.NoFileExists(t, journal.Path(path))
	}
}

func TestPlanThatChangedSaysInWhat(t *testing.T) {
	t.Parallel()
	plan := func(parts ...journal.Part) journal.Plan { return parts }
	a, b := journal.Part{What: "scenario a", Is: "1"}, journal.Part{What: "scenario b", Is: "1"}
	for want, plans := range map[string][2]journal.Plan{
		"scenario b is gone":                    {plan(a, b), plan(a)},
		"scenario b is new":                     {plan(a), plan(a, b)},
		"scenario a was 1 and is 2":             {plan(a), plan(journal.Part{What: "scenario a", Is: "2"})},
		"the order of the scenarios is another": {plan(a, b), plan(b, a)},
	} {
		require.Equal(t, []string{want}, plans[0].Changed(plans[1]))
	}
	require.Empty(t, plan(a, b).Changed(plan(a, b)))
}
