package document

import (
	"math"
	"strconv"
	"strings"

	"github.com/espy-hil/espy/bench/measure"
)

// Quantity is a number with its unit, to three digits that count.
func Quantity(v float64, unit string) string {
	switch unit {
	case "":
		return number(v)
	case measure.Times:
		return number(v) + " ×"
	case "B": // bytes are counted
		return grouped(math.Round(v)) + " B"
	}
	return number(v) + " " + unit
}

func number(v float64) string {
	if v == 0 {
		return "0"
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(v))))
	if digits <= 0 {
		return grouped(math.Round(v))
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// grouped has a comma between thousands.
func grouped(v float64) string {
	text := strconv.FormatFloat(math.Abs(v), 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if v < 0 {
		return "-" + text
	}
	return text
}
