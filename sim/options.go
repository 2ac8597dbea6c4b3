package sim

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/espy-hil/espy/sim/link"
	"github.com/espy-hil/espy/sim/uart"
)

// Options says what may follow the name of a virtual board, for help and errors: each
// after a plus sign, as in sim:1.27+latency=50ms+seed=7.
func Options() string {
	return "baud=RATE, receive=BYTES, " + strings.Join(link.Keys(), ", ")
}

// set sets what follows the first plus sign of a name.
func (s *Spec) set(options []string) error {
	for _, option := range options {
		key, value, _ := strings.Cut(option, "=")
		var err error
		switch key {
		case "baud":
			s.UART.Baud, err = number(key, value, 300, uart.MostBaud)
		case "receive":
			s.UART.Receive, err = number(key, value, 1, 1<<20)
		default:
			err = s.Link.Set(key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func number(key, value string, least, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s=%s: expected %d to %d", key, value, least, most)
	}
	return n, nil
}
