package source

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"github.com/espy-hil/espy/bench/measure"
)

// Wrk asks for one URL for that long, a whole number of seconds, over 32 connections:
// "requests", "requests/s", and the latencies "p50", "p90", "p99" in ms. A reply that
// is not a success, and a connection that breaks, is an error.
func Wrk(ctx context.Context, url string, d time.Duration) (measure.Readings, error) {
	exe, err := Installed("wrk")
	if err != nil {
		return nil, err
	}
	seconds := strconv.Itoa(int(d.Seconds())) + "s"
	out, err := exec.CommandContext(ctx, exe, "-t1", "-c32", "-d"+seconds, "--latency", url).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("wrk: %w: %s", err, last(out, 600))
	}
	return parseWrk(out)
}

// whatWrkSays is where each reading is in what it prints.
var whatWrkSays = map[string]*regexp.Regexp{
	"requests":   regexp.MustCompile(`(\d+) requests in`),
	"requests/s": regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`),
	"p50":        regexp.MustCompile(`(?m)^\s+50%\s+(\S+)`),
	"p90":        regexp.MustCompile(`(?m)^\s+90%\s+(\S+)`),
	"p99":        regexp.MustCompile(`(?m)^\s+99%\s+(\S+)`),
}

var wrkTroubles = regexp.MustCompile(`Socket errors:.*|Non-2xx.*`)

func parseWrk(out []byte) (measure.Readings, error) {
	if bad := wrkTroubles.Find(out); bad != nil {
		return nil, fmt.Errorf("wrk: %s", bad)
	}
	r, errs := measure.Readings{}, []error(nil)
	for name, expression := range whatWrkSays {
		m := expression.FindSubmatch(out)
		if m == nil {
			return nil, fmt.Errorf("wrk says no %s: %s", name, last(out, 600))
		}
		var err error
		if name[0] == 'p' {
			var d time.Duration
			d, err = time.ParseDuration(string(m[1]))
			r[name] = float64(d.Microseconds()) / 1e3
		} else {
			r[name], err = strconv.ParseFloat(string(m[1]), 64)
		}
		errs = append(errs, err)
	}
	return r, errors.Join(errs...)
}

// Asked is the source that asks a server with wrk, once it is started.
func Asked(name, path string, d time.Duration, start func(context.Context) (*Server, error)) measure.Source {
	return measure.Source{Name: name, Start: func(ctx context.Context) (*measure.Probe, error) {
		if _, err := Installed("wrk"); err != nil {
			return nil, err
		}
		s, err := start(ctx)
		if err != nil {
			return nil, err
		}
		round := func(ctx context.Context) (measure.Readings, error) {
			r, err := Wrk(ctx, s.URL+path, d)
			if err != nil {
				return nil, err
			}
			held, err := s.Memory()
			r["MiB"] = float64(held) / (1 << 20)
			return r, err
		}
		return &measure.Probe{Round: round, Stop: s.Stop}, nil
	}}
}
