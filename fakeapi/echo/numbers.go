package echo

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What one request can make the server send and wait for.
const (
	mostBytes = 4 << 20
	mostWait  = 10 * time.Second
	mostItems = 1000 // lines, pieces, redirects
)

// number reads a number between bounds; what is wrong with it is an answer.
func number(what, text string, least, most int) (int, *Answer) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		a := wrong(http.StatusBadRequest, "%s must be a number from %d to %d, and is %.40q", what, least, most, text)
		return 0, &a
	}
	return n, nil
}

// argument is a number of the query, or what it is when it is left out.
func argument(r *Request, name string, otherwise, least, most int) (int, *Answer) {
	return number(name, cmp.Or(r.URL.Query().Get(name), fmt.Sprint(otherwise)), least, most)
}

// duration reads seconds (2, 0.5), or a number with a unit (250ms).
func duration(what, text string) (time.Duration, *Answer) {
	unit := ""
	if strings.Trim(text, "0123456789.") == "" {
		unit = "s"
	}
	d, err := time.ParseDuration(text + unit)
	if err != nil || d < 0 || d > mostWait {
		a := wrong(http.StatusBadRequest, "%s must be seconds or such as 250ms, %v at most, and is %.40q", what, mostWait, text)
		return 0, &a
	}
	return d, nil
}
