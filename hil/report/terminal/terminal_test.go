package terminal_test

import (
	"bytes"
	"errors"
	"flag"
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

	"github.com/espy-hil/espy/hil/report/terminal"
	"github.com/espy-hil/espy/hil/result"
)

var update = flag.Bool("update", false, "write the golden files anew")

func runs() []result.Run {
	ms := func(f float64) result.Observation {
		return result.Observation{TimingMS: map[string]float64{"run": f}}
	}
	long := ms(1203.4)
	long.Wire = []result.Exchange{{Server: "main", Connection: 1, RequestLine: "GET /albums/1 HTTP/1.1"}}
	long.Response = &result.Response{StatusCode: 505, Reason: "HTTP Version Not Supported", Version: "1.1", Body: result.Body{Length: 60}}
	long.Raises = &result.Raises{Type: "Timeout", In: "content", Message: "nothing came\r\nfor 2 s"}
	return []result.Run{
		{Scenario: "the tutorial's exchange", Board: "sim", Verdict: result.Pass, Repeat: 1, Attempt: 1, Observation: ms(7.6)},
		{
			Scenario: "auto comes down to HTTP/1.0 for a server that refuses 1.1", Variant: "how=505 method=POST", Board: "sim@1.27.0",
			HTTPVersion: "auto", Repeat: 2, Attempt: 3, Verdict: result.Fail, Observation: long, Log: "first\r\n\x1b[31msecond\n",
			Diffs: []result.Diff{
				{Field: "status_code", Want: "200", Got: "505", Source: "scenarios/version/auto.yaml:18"},
				{Field: "reason", Want: "OK", Got: "\x1b]0;evil\a\u202e", Source: "scenarios/version/auto.yaml:19"},
			},
		},
		{
			Scenario: "reason", Board: "sim@1.24.1", Verdict: result.Diverged, Observation: ms(3),
			Diffs: []result.Diff{{Field: "headers.content-type", Want: "text/plain", Got: "absent", Source: "board sim"}},
		},
		{Scenario: "with TLS", Board: "sim", Verdict: result.Skip, SkipReason: "board sim does not offer tls, which a.yaml:3 needs"},
		{Scenario: "with TLS", Variant: "b=1", Board: "sim", Verdict: result.Skip, SkipReason: "board sim does not offer tls, which a.yaml:3 needs"},
		{
			Scenario: "lost", Board: "serial:/dev/ttyUSB0", Verdict: result.Rig,
			Diffs: []result.Diff{{Field: "rig", Want: "a record from the board", Got: "opening board serial:/dev/ttyUSB0: no such device", Source: "board serial:/dev/ttyUSB0"}},
		},
	}
}

// show has a printer show everything, as a runner would.
func show(out *bytes.Buffer, o terminal.Options) {
	p := terminal.New(out, o)
	list := runs()
	p.Planned(append(planned(list), &result.Run{Scenario: "never begun", Board: "sim"}))
	for i := range list {
		p.Started(&list[i])
		p.Finished(&list[i])
	}
	report := result.Report{Interrupted: true, Runs: list, Totals: result.Count(list)}
	p.Summary(&report, 1234*time.Millisecond)
}

// planned is what a runner plans that makes these runs.
func planned(list []result.Run) (all []*result.Run) {
	for i := range list {
		r := &list[i]
		all = append(all, &result.Run{Scenario: r.Scenario, File: r.File, Variant: r.Variant, Board: r.Board, Client: r.Client})
	}
	return all
}

// of is a terminal of a size.
func of(columns, rows int) func() (int, int) { return func() (int, int) { return columns, rows } }

func TestWhatAPersonSees(t *testing.T) {
	t.Parallel()
	tests := map[string]terminal.Options{
		"pipe":     {},
		"verbose":  {Verbose: true},
		"terminal": {Live: true, Color: true, Size: of(80, 24)},
		"narrow":   {Size: of(40, 24)},
		"tiny":     {Live: true, Size: of(20, 8)},
		"slowest":  {Slowest: 2},
	}
	for name, options := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			show(&out, options)
			got := strings.NewReplacer("\x1b", "<ESC>", "\r", "<CR>").Replace(out.String())
			path := filepath.Join("testdata", name+".golden")
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("output (-want +got):\n%s", d)
			}
		})
	}
}

func TestNothingFromOutsideReachesTheTerminalUnescaped(t *testing.T) {
	t.Parallel()
	unsafe := regexp.MustCompile(`[^\P{C}\n]`)
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		run := result.Run{
			Scenario: text, Variant: text, Board: text, HTTPVersion: text, Verdict: result.Fail, SkipReason: text, Log: text,
			Diffs: []result.Diff{
				{Field: text, Want: text, Got: text, Source: text},
				{Field: "status_code", Want: text, Got: text},
				{Field: "text", Want: text, Got: text},
				{Field: "headers." + text, Want: text, Got: text},
			},
			Observation: result.Observation{
				Wire:     []result.Exchange{{RequestLine: text, Server: text}, {Connection: 1, Request: []byte(text), Reply: []byte(text)}},
				Response: &result.Response{Reason: text, Version: text, Body: result.Body{Base64: []byte(text)}},
				TimingMS: map[string]float64{"run": 1},
				Raises:   &result.Raises{In: text, Type: text, Message: text},
			},
		}
		var out bytes.Buffer
		p := terminal.New(&out, terminal.Options{Verbose: rapid.Bool().Draw(t, "verbose"), Slowest: 1})
		p.Planned([]*result.Run{&run})
		p.Started(&run)
		p.Finished(&run)
		p.Summary(&result.Report{Runs: []result.Run{run, {Verdict: result.Skip, SkipReason: text}}}, 0)
		run.Response.Headers, run.Response.Text, run.Response.JSON = [][2]string{{text, text}}, &text, []byte(text)
		run.Known, run.File, run.Unexpected, run.Memory = []string{text}, text, []string{text}, map[string]int64{text: 1}
		p.Replay(1, &run)
		if !utf8.Valid(out.Bytes()) {
			t.Fatalf("broken UTF-8: %q", out.String())
		}
		if found := unsafe.FindString(out.String()); found != "" {
			t.Fatalf("%q in %q", found, out.String())
		}
	})
}

func TestOfManyReasonsAFewAreShown(t *testing.T) {
	t.Parallel()
	var list []result.Run
	for i := range 20 {
		list = append(list, result.Run{Verdict: result.Rig, Diffs: []result.Diff{{Got: fmt.Sprint("after ", i/2, " ms ", strings.Repeat("x", 1000))}}})
	}
	var out bytes.Buffer
	terminal.New(&out, terminal.Options{}).Summary(&result.Report{Runs: list, Totals: result.Count(list)}, time.Second)
	require.Contains(t, out.String(), "the rig failed for 2 runs: after 0 ms xxx")
	require.Contains(t, out.String(), "the rig failed for 14 runs more, for 7 reasons like these; --json has them all\n")
	require.Less(t, out.Len(), 2500)
}

func TestAfterAFailedWriteNothingMoreIsWritten(t *testing.T) {
	t.Parallel()
	out := &failing{}
	p := terminal.New(out, terminal.Options{})
	run := runs()[0]
	p.Planned([]*result.Run{&run, &run})
	p.Finished(&run)
	p.Summary(&result.Report{}, 0)
	require.ErrorIs(t, p.Err(), errClosed)
	require.Equal(t, 1, out.writes)
}

var errClosed = errors.New("closed")

type failing struct{ writes int }

func (f *failing) Write([]byte) (int, error) { f.writes++; return 0, errClosed }

func TestAFileIsNoTerminal(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer f.Close()
	o := terminal.For(f, func(string) string { return "xterm" })
	require.False(t, o.Live || o.Color)
	require.Nil(t, o.Size)
}
