package plan

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"
)

// DurationPattern is the form that [ParseDuration] reads, for a schema: RE2, the
// whole of the text.
const DurationPattern = `[+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*`

// SizePattern is the form that [ParseSize] reads.
const SizePattern = `\d{1,12}(B|KiB|MiB|GiB)?`

// Pattern is the form of an amount.
func (u Unit) Pattern() string {
	switch u {
	case Duration:
		return DurationPattern
	case Size:
		return SizePattern
	case Count:
		return `\d+`
	case Flag:
	}
	return "true|false"
}

// ParseDuration reads 50ms, 2s, 1m30s, of an hour at most. Its error is a sentence.
func ParseDuration(s string) (time.Duration, error) {
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return 0, fmt.Errorf("the duration %s has no unit: %ss is seconds, %sms thousandths", s, s, s)
	}
	v, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%.40q is not a duration", s)
	case v < 0:
		return 0, fmt.Errorf("the duration %s is negative", s)
	case v > time.Hour:
		return 0, fmt.Errorf("the duration %s is longer than an hour", s)
	}
	return v, nil
}

var sizeForm = regexp.MustCompile(`^(\d{1,12})(B|KiB|MiB|GiB)?$`)

// ParseSize reads a number of bytes: 512, 4KiB, 1MiB. Its error is a sentence.
func ParseSize(s string) (int64, error) {
	m := sizeForm.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%.40q is not a size", s)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	shift := map[string]uint{"KiB": 10, "MiB": 20, "GiB": 30}[m[2]]
	if err != nil || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%s is too large", s)
	}
	return n << shift, nil
}

// parseCount reads how many.
func parseCount(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%.40q is not a number", s)
	}
	return n, nil
}

// parseFlag reads true (1) or false (0).
func parseFlag(s string) (int64, error) {
	switch s {
	case "true":
		return 1, nil
	case "false":
		return 0, nil
	}
	return 0, fmt.Errorf("%.40q is neither true nor false", s)
}
