package main

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// A result is what wrk says of one round.
type result struct {
	requests  int
	perSecond float64
	p50, p99  time.Duration
}

// wrk asks for one URL for that long, over 32 connections. A reply that is not a
// success, and a connection that breaks, is an error.
func wrk(ctx context.Context, url string, d time.Duration) (result, error) {
	seconds := strconv.Itoa(int(d.Seconds())) + "s"
	out, err := exec.CommandContext(ctx, "wrk", "-t1", "-c32", "-d"+seconds, "--latency", url).CombinedOutput()
	if err != nil {
		return result{}, fmt.Errorf("wrk: %w: %s", err, out)
	}
	if bad := regexp.MustCompile(`Socket errors:.*|Non-2xx.*`).Find(out); bad != nil {
		return result{}, fmt.Errorf("wrk: %s", bad)
	}
	var r result
	text := func(expression string) string {
		m := regexp.MustCompile(expression).FindSubmatch(out)
		if m == nil {
			return ""
		}
		return string(m[1])
	}
	var errs [4]error
	r.requests, errs[0] = strconv.Atoi(text(`(\d+) requests in`))
	r.perSecond, errs[1] = strconv.ParseFloat(text(`Requests/sec:\s+([0-9.]+)`), 64)
	r.p50, errs[2] = time.ParseDuration(text(`(?m)^\s+50%\s+(\S+)`))
	r.p99, errs[3] = time.ParseDuration(text(`(?m)^\s+99%\s+(\S+)`))
	for _, err := range errs {
		if err != nil {
			return r, fmt.Errorf("wrk: %w in what it says: %s", err, out)
		}
	}
	return r, nil
}

// ratio is how one server does compared with another: the median of the rounds'
// ratios, since what else the machine does falls on the same round of both.
func ratio(one, other []result) float64 {
	var all []float64
	for i := range one {
		all = append(all, one[i].perSecond/other[i].perSecond)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// median is the round in the middle.
func median(all []result) result {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b result) int { return cmp.Compare(a.perSecond, b.perSecond) })
	return sorted[len(sorted)/2]
}
