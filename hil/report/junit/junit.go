// Package junit writes a report as JUnit XML, which CI systems read.
//
// The form is what both the schema of Jenkins's xUnit plugin (junit-10.xsd) and that of
// Ant's reports (JUnit.xsd) allow. A test suite is a board with a client, a test case is
// a run, its class the scenario's file. Of verdicts it makes:
//
//	pass                   passed
//	fail, diverged, flaky  failure, its type the verdict
//	rig                    error: it says nothing on the firmware
//	skip                   skipped
//	known                  skipped, with the cause for which the ledger accepts it
//
// What is no run and still a reason for a bad exit status is a test case of the suite
// "espy": a stale entry of the ledger (a failure), a run that was stopped early (an
// error), and that nothing was run at all (an error).
package junit

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

// Write writes a report.
func Write(w io.Writer, r *result.Report) error {
	if _, err := io.WriteString(w, xml.Header+"<testsuites>\n"); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("  ", "  ")
	for id, s := range suites(r) {
		if err := s.write(e, id, r); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n</testsuites>\n")
	return err
}

// A suite is the runs of a board with a client, or what is no run.
type suite struct {
	board, client string
	runs          []*result.Run
	cases         []testcase // where it has no runs
	failures      int
	errors        int
	skipped       int
	ms            float64
}

// suites are those of a report, in the order in which they come up.
func suites(r *result.Report) []*suite {
	type place struct{ board, client string }
	at := map[place]*suite{}
	var all []*suite
	for i := range r.Runs {
		run := &r.Runs[i]
		s := at[place{run.Board, run.Client}]
		if s == nil {
			s = &suite{board: run.Board, client: run.Client}
			at[place{run.Board, run.Client}] = s
			all = append(all, s)
		}
		s.runs = append(s.runs, run)
		s.ms += run.TimingMS["run"]
		switch v := run.Verdict; {
		case v.Wrong():
			s.failures++
		case v == result.Rig:
			s.errors++
		case v == result.Skip || v == result.Known:
			s.skipped++
		}
	}
	if s := beside(r); len(s.cases) > 0 {
		all = append(all, s)
	}
	return all
}

// beside is the suite of what is no run.
func beside(r *result.Report) *suite {
	s := &suite{client: "espy"}
	for i := range r.Stale {
		a := &r.Stale[i]
		s.failures++
		s.cases = append(s.cases, testcase{
			Name: "the ledger: " + text(a.Source), Class: "espy", Time: seconds(0),
			Failure: &outcome{Type: "stale", Message: "the difference in " + text(strings.Join(a.Fields, ", ")) + " of " + text(a.Scenario) +
				" is gone: take the entry out of the ledger", Text: "accepted for: " + text(a.Cause)},
		})
	}
	trouble := ""
	switch {
	case r.Interrupted:
		trouble = "it was stopped early: not all runs were made"
	case len(r.Runs) == 0:
		trouble = "nothing was run"
	}
	if trouble != "" {
		s.errors++
		s.cases = append(s.cases, testcase{Name: "all runs are made", Class: "espy", Time: seconds(0), Error: &outcome{Type: "run", Message: trouble}})
	}
	return s
}

// write writes a suite, one test case at a time.
func (s *suite) write(e *xml.Encoder, id int, r *result.Report) error {
	name := cmp.Or(strings.TrimSpace(s.board+" "+s.client), "espy")
	start := xml.StartElement{Name: xml.Name{Local: "testsuite"}}
	for _, a := range [][2]string{
		{"name", text(name)},
		{"package", "espy"},
		{"id", strconv.Itoa(id)},
		{"hostname", "localhost"},
		{"timestamp", stamp(r.Started)},
		{"tests", strconv.Itoa(len(s.runs) + len(s.cases))},
		{"failures", strconv.Itoa(s.failures)},
		{"errors", strconv.Itoa(s.errors)},
		{"skipped", strconv.Itoa(s.skipped)},
		{"time", seconds(s.ms)},
	} {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: a[0]}, Value: a[1]})
	}
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	if err := e.Encode(s.properties(r)); err != nil {
		return err
	}
	for _, run := range s.runs {
		if err := e.Encode(made(run)); err != nil {
			return err
		}
	}
	for i := range s.cases {
		if err := e.Encode(&s.cases[i]); err != nil {
			return err
		}
	}
	for _, empty := range []string{"system-out", "system-err"} { // Ant's schema demands them
		if err := e.EncodeElement("", xml.StartElement{Name: xml.Name{Local: empty}}); err != nil {
			return err
		}
	}
	if err := e.EncodeToken(start.End()); err != nil {
		return err
	}
	return e.Flush()
}

// stamp is the start without its zone, which Ant's schema forbids: it is UTC.
func stamp(started string) string {
	at, err := time.Parse(time.RFC3339, started)
	if err != nil {
		return "1970-01-01T00:00:00"
	}
	return at.UTC().Format("2006-01-02T15:04:05")
}

func seconds(ms float64) string { return fmt.Sprintf("%.3f", max(0, ms/1000)) }

// text is a text as XML 1.0 can have it (2.2): what it cannot is shown escaped.
func text(s string) string { return plain.Printable(s) }
