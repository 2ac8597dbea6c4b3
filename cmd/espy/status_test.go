package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/result"
)

func TestTheExitStatusFollowsFromTheVerdicts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		report      result.Report
		interrupted bool
		want        int
	}{
		"pass, known and skip": {result.Report{Totals: result.Totals{Pass: 1, Known: 1, Skip: 1}}, false, 0},
		"skip only":            {result.Report{Totals: result.Totals{Skip: 1}}, false, 0},
		"fail":                 {result.Report{Totals: result.Totals{Pass: 1, Fail: 1, Rig: 1}}, false, 1},
		"diverged":             {result.Report{Totals: result.Totals{Diverged: 1}}, false, 1},
		"flaky":                {result.Report{Totals: result.Totals{Flaky: 1}}, false, 1},
		"stale":                {result.Report{Totals: result.Totals{Pass: 1}, Stale: []result.Accepted{{}}}, false, 1},
		"rig":                  {result.Report{Totals: result.Totals{Pass: 1, Rig: 1}}, false, 3},
		"nothing":              {result.Report{}, false, 3},
		"interrupted":          {result.Report{Totals: result.Totals{Fail: 1}}, true, 130},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, statusOf(verdictOf(&test.report, test.interrupted)))
		})
	}
}

func TestTheExitStatusFollowsFromTheError(t *testing.T) {
	t.Parallel()
	full := &fs.PathError{Op: "write", Path: "out", Err: syscall.ENOSPC}
	closed := &fs.PathError{Op: "write", Path: "out", Err: syscall.EPIPE}
	tests := map[string]struct {
		err    error
		status int
		told   string
	}{
		"none":                       {nil, 0, ""},
		"usage":                      {usage("no such board"), 2, "espy: no such board"},
		"no runtime":                 {errors.New("fetching them needs npm"), 3, "espy: fetching them needs npm\nsee: espy help npm"},
		"full disk":                  {full, 3, "espy: write out: no space left on device\nsee: espy help disk"},
		"full disk, and failures":    {errors.Join(verdictError{1}, full), 1, "espy: write out: no space left on device\nsee: espy help disk"},
		"closed pipe":                {closed, 0, ""},
		"closed pipe, and full disk": {errors.Join(nil, closed, full), 3, "espy: write out: no space left on device\nsee: espy help disk"},
		"board that has gone":        {fmt.Errorf("asking it: %w", &net.OpError{Op: "write", Net: "tcp", Err: os.NewSyscallError("write", syscall.EPIPE)}), 3, "espy: asking it: write tcp: write: broken pipe"},
		"two things":                 {errors.Join(errors.New("a"), errors.Join(errors.New("b"), nil)), 3, "espy: a\nespy: b"},
		"closed pipe, and failures":  {errors.Join(verdictError{1}, closed), 1, ""},
		"interrupted while starting": {fmt.Errorf("setting up: %w", context.Canceled), 130, "espy: setting up: context canceled"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.status, statusOf(test.err))
			require.Equal(t, test.told, sentence(test.err))
		})
	}
}

func TestAPanicIsABugInEspy(t *testing.T) {
	t.Parallel()
	require.Equal(t, statusBug, guarded(func() int { panic("oh") }))
	require.Equal(t, 3, guarded(func() int { return 3 }))
}
