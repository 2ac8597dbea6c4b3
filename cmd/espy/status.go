package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
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
	case !slices.ContainsFunc(apart(err), func(one error) bool { return !unread(one) }):
		return statusOK
	default:
		return statusRig
	}
}

// sentence is what the user is told of an error beyond the report.
func sentence(err error) string {
	if err == nil {
		return ""
	}
	if errors.As(err, new(*scenarios.FileError)) {
		return strings.TrimSpace(err.Error()) // each begins with its place, as compilers and editors have it
	}
	var said []string
	for _, one := range apart(err) {
		if text := strings.TrimSpace(one.Error()); text != "" && !unread(one) { // a verdict has none: the report has told it
			said = append(said, "espy: "+text)
		}
	}
	text := strings.Join(said, "\n")
	if topic := plain.Trouble(text); topic != "" {
		text += "\nsee: espy help " + topic
	}
	return text
}

// apart is the errors that were joined, of which each has a line.
func apart(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || errors.Join(joined.Unwrap()...).Error() != err.Error() {
		return []error{err} // it is one sentence, of several causes perhaps
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, apart(one)...)
	}
	return all
}

// unread tells that an output is a pipe that nobody reads any more: whoever did has
// seen enough, which is no trouble.
func unread(err error) bool {
	var file *fs.PathError // a connection to a board that has ended is a *net.OpError
	return errors.As(err, &file) && errors.Is(file, syscall.EPIPE) && !errors.As(err, new(usageError))
}
