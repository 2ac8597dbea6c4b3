package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// Exit statuses. This file alone decides which error ends in which.
const (
	statusOK          = 0   // pass, known and skip only
	statusDiffers     = 1   // fail, diverged, flaky, or a stale entry of the ledger
	statusUsage       = 2   // the command line, or a scenario file, is wrong
	statusRig         = 3   // rig trouble and nothing worse, nothing ran at all, or the results could not be written
	statusBug         = 70  // EX_SOFTWARE of sysexits.h
	statusInterrupted = 130 // 128 + SIGINT, as shells have it
)

// usageError is a mistake of the user's: in the command line, or in a file.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// verdictError carries the outcome of a run up to [statusOf]. It is told already,
// by the report.
type verdictError struct{ status int }

func (verdictError) Error() string { return "" }

// verdictOf is nil if every run was as it should be.
func verdictOf(r *result.Report, interrupted bool) error {
	t := r.Totals
	switch {
	case interrupted:
		return verdictError{statusInterrupted}
	case t.Fail+t.Diverged+t.Flaky+len(r.Stale) > 0:
		return verdictError{statusDiffers}
	case t.Rig > 0 || t.All() == 0:
		return verdictError{statusRig}
	default:
		return nil
	}
}

// statusOf is the exit status for what a command returned. Of several errors the
// verdict counts, if there is one.
func statusOf(err error) int {
	var verdict verdictError
	var mistake usageError
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, &verdict):
		return verdict.status
	case errors.As(err, &mistake):
		return statusUsage
	case errors.Is(err, context.Canceled):
		return statusInterrupted
	case errors.Is(err, syscall.EPIPE):
		return statusOK // whoever reads the output has seen enough
	default:
		return statusRig
	}
}

// sentence is what the user is told of an error beyond the report. That the output
// is a pipe that nobody reads any more, nobody needs to be told.
func sentence(err error) string {
	if err == nil || errors.Is(err, syscall.EPIPE) && !errors.As(err, new(usageError)) {
		return ""
	}
	text := strings.TrimSpace(err.Error())
	if text == "" {
		return "" // a verdict, which the report has told
	}
	if errors.As(err, new(*scenarios.FileError)) {
		return text // each begins with its place, as compilers and editors have it
	}
	if topic := plain.Trouble(text); topic != "" {
		text += "\nsee: espy help " + topic
	}
	return "espy: " + text
}
