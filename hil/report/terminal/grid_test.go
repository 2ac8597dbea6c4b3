package terminal_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/report/terminal"
	"github.com/espy-hil/espy/hil/result"
)

// matrix is runs of scenarios in variants on boards; the verdicts take turns.
func matrix(scenarios, variants int, boards ...string) []result.Run {
	turns := []result.Verdict{result.Pass, result.Pass, result.Fail, result.Pass, result.Skip, result.Diverged}
	var all []result.Run
	for s := range scenarios {
		for v := range variants + s%2 {
			for _, b := range boards {
				r := result.Run{
					Scenario: fmt.Sprintf("scenario %d, which has a name of some length", s), File: fmt.Sprintf("%d.yaml", s),
					Variant: fmt.Sprintf("n=%d", v), Board: b, Client: "espy.requests", Verdict: turns[len(all)%len(turns)],
				}
				if r.Verdict == result.Fail {
					r.Diffs = []result.Diff{{Field: "reason", Want: "OK", Got: "Fine", Source: r.File + ":3"}}
				}
				all = append(all, r)
			}
		}
	}
	return all
}

// make has a printer show runs as they come on boards that run beside each other.
func makeAll(p *terminal.Printer, list []result.Run) {
	p.Planned(planned(list))
	for i := range list {
		p.Started(&list[i])
		if i > 0 {
			p.Finished(&list[i-1])
		}
	}
	p.Finished(&list[len(list)-1])
	p.Summary(&result.Report{Runs: list, Totals: result.Count(list)}, time.Second)
}

func TestTheGridOfScenariosAndBoards(t *testing.T) {
	t.Parallel()
	tests := map[string]terminal.Options{
		"grid-pipe": {},
		"grid-80":   {Size: of(80, 24)},
		"grid-40":   {Size: of(40, 24)},
		"grid-20":   {Size: of(20, 24)},
	}
	for name, options := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			makeAll(terminal.New(&out, options), matrix(4, 2, "sim", "sim:1.24", "unix:esp8266"))
			grid, _, _ := strings.Cut(out.String(), "\n\n")
			path := filepath.Join("testdata", name+".golden")
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(grid+"\n"), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			if d := cmp.Diff(string(want), grid+"\n"); d != "" {
				t.Errorf("output (-want +got):\n%s", d)
			}
		})
	}
}

func TestMoreBoardsThanThereAreColumnsAreCounted(t *testing.T) {
	t.Parallel()
	var boards []string
	for i := range 40 {
		boards = append(boards, fmt.Sprint("board", i))
	}
	var out bytes.Buffer
	makeAll(terminal.New(&out, terminal.Options{Size: of(20, 24)}), matrix(2, 1, boards...))
	require.Contains(t, out.String(), "34 more do not fit")
	grid, _, _ := strings.Cut(out.String(), "\n\n")
	for line := range strings.Lines(grid) {
		require.Less(t, utf8.RuneCountInString(line), 21, line)
	}
}

// A monitor is a terminal that knows what the printer uses: CR, LF, cursor up, erase
// the line, colours. It does not fold lines.
type monitor struct {
	lines [][]rune
	y, x  int
	most  int // the widest line that there ever was
}

var sequence = regexp.MustCompile(`^\x1b\[(\d*)([A-Za-z])`)

func (m *monitor) write(s string) {
	for s != "" {
		if found := sequence.FindStringSubmatch(s); found != nil {
			s = s[len(found[0]):]
			switch found[2] {
			case "A":
				n := 0
				fmt.Sscan(found[1], &n)
				m.y -= n
			case "K":
				m.lines[m.y] = nil
			case "m":
			default:
				panic("unknown " + found[0])
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		for len(m.lines) <= m.y {
			m.lines = append(m.lines, nil)
		}
		switch r {
		case '\r':
			m.x = 0
		case '\n':
			m.y, m.x = m.y+1, 0
			m.lines = append(m.lines, nil)
		default:
			m.lines[m.y] = append(m.lines[m.y][:m.x], r)
			m.x++
			m.most = max(m.most, plain.Columns(string(m.lines[m.y])))
		}
	}
}

func (m *monitor) String() string {
	var all []string
	for _, line := range m.lines {
		all = append(all, string(line))
	}
	return strings.TrimRight(strings.Join(all, "\n"), "\n") + "\n"
}

func TestTheLivePartLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := of(rapid.IntRange(12, 200).Draw(t, "columns"), rapid.IntRange(1, 40).Draw(t, "rows"))
		boards := []string{"sim", "sim:1.24", "unix:esp8266", "rfc2217://bench.example:4000"}[:rapid.IntRange(1, 4).Draw(t, "boards")]
		list := matrix(rapid.IntRange(1, 12).Draw(t, "scenarios"), rapid.IntRange(1, 4).Draw(t, "variants"), boards...)
		verbose, color := rapid.Bool().Draw(t, "verbose"), rapid.Bool().Draw(t, "color")
		var live, plain bytes.Buffer
		makeAll(terminal.New(&live, terminal.Options{Live: true, Color: color, Verbose: verbose, Size: size}), list)
		makeAll(terminal.New(&plain, terminal.Options{Verbose: verbose, Size: size}), list)
		var m monitor
		m.write(live.String())
		if d := cmp.Diff(plain.String(), m.String()); d != "" {
			t.Fatalf("screen (-without live part +with):\n%s", d)
		}
	})
}

func TestTheGridFillsInWhileItRuns(t *testing.T) {
	t.Parallel()
	list := matrix(1, 3, "sim", "unix")
	var out bytes.Buffer
	p := terminal.New(&out, terminal.Options{Live: true, Size: of(80, 24)})
	p.Planned(planned(list))
	now := func() string {
		var m monitor
		m.write(out.String())
		return m.String()
	}
	require.Equal(t, "sim           unix          scenario\n", now())
	p.Started(&list[0])
	require.Contains(t, now(), "\n0/3…          0/3…          scenario 0, which has a name of some length\n0 of 6  sim: scenario 0")
	p.Finished(&list[0])
	require.Contains(t, now(), "\n1/3…          0/3…          scenario 0, which has a name of some length\n1 of 6  sim: scenario 0")
	p.Finished(&list[2]) // fails
	require.Contains(t, now(), "\n2/3… fail     0/3…          scenario 0, which has a name of some length\n2 of 6  1 fail  sim: scenario 0")
	for _, i := range []int{4, 1, 3} {
		p.Finished(&list[i])
	}
	p.Finished(&list[5]) // diverges
	require.Equal(t, "sim           unix          scenario\n1/3 fail      1/3 diverged  scenario 0, which has a name of some length\n", now())
}

func TestATerminalThatBecomesNarrowerHasFoldedTheLines(t *testing.T) {
	t.Parallel()
	list := matrix(1, 1, "sim", "unix")
	columns := 80
	var out bytes.Buffer
	p := terminal.New(&out, terminal.Options{Live: true, Size: func() (int, int) { return columns, 24 }})
	p.Planned(planned(list))
	p.Started(&list[0])
	live := out.String()[strings.Index(out.String(), "\n")+1:]
	row, progress, _ := strings.Cut(live, "\n")
	columns = 30
	out.Reset()
	p.Started(&list[1])
	folded := (len([]rune(row))-1)/30 + 1 + (len([]rune(progress))-1)/30 + 1
	require.Greater(t, folded, 2)
	require.True(t, strings.HasPrefix(out.String(), "\r"+strings.Repeat("\x1b[2K\x1b[1A", folded-1)+"\x1b[2K"), "%q", out.String())
}

func TestNothingIsWiderThanTheTerminalWhileItRuns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(12, 200).Draw(t, "columns")
		name := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("漢字가🙂é\u0301ｗ")))).Draw(t, "scenario")
		var list []result.Run
		for _, b := range []string{"sim", rapid.String().Draw(t, "board")} {
			for v := range rapid.IntRange(1, 20).Draw(t, "variants") {
				list = append(list, result.Run{Scenario: name, Variant: fmt.Sprint(v), Board: b, Verdict: rapid.SampledFrom(result.Verdicts).Draw(t, "verdict")})
			}
		}
		var out bytes.Buffer
		p := terminal.New(&out, terminal.Options{Live: true, Size: of(columns, 24)})
		p.Planned(planned(list))
		for i := range list {
			p.Started(&list[i])
			p.Finished(&list[i])
		}
		var m monitor
		m.write(out.String())
		if m.most >= columns {
			t.Fatalf("%d columns for %d: %q", m.most, columns, out.String())
		}
	})
}

// A terminal writes ^C where the cursor is when its user interrupts the runs.
func TestBehindTheLineOfProgressIsRoomForTheMarkOfAnInterrupt(t *testing.T) {
	t.Parallel()
	list := matrix(1, 1, "sim")
	list[0].Scenario = strings.Repeat("long ", 60)
	for _, columns := range []int{20, 80, 200} {
		var out bytes.Buffer
		p := terminal.New(&out, terminal.Options{Live: true, Size: of(columns, 24)})
		p.Planned(planned(list))
		p.Started(&list[0])
		last := out.String()[strings.LastIndex(out.String(), "\n")+1:]
		require.Less(t, len([]rune(last+"^C")), columns)
	}
}
