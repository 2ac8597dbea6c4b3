package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/espy-hil/espy/sim/link"
	"github.com/espy-hil/espy/sim/uart"
	"github.com/espy-hil/espy/sim/wifi"
)

// optionsOf are the options that may follow the name of a virtual board, each after a plus
// sign, as in sim:1.27+latency=50ms+seed=7.
func optionsOf(s *Spec) []string {
	all := append([]string{"baud", "receive"}, link.Keys()...)
	if s.Chip != nil {
		all = append(all, "outage", "unjoined")
	}
	slices.Sort(all)
	return all
}

// set sets what follows the first plus sign of a name.
func (s *Spec) set(options []string) error {
	for _, option := range options {
		key, value, _ := strings.Cut(option, "=")
		var err error
		if s.Chip == nil && (key == "unjoined" || key == "outage") {
			return fmt.Errorf("%s is of a chip's Wi-Fi, which this board has not; there are %s", key, chips())
		}
		switch key {
		case "baud":
			s.UART.Baud, err = number(key, value, 300, uart.MostBaud)
		case "receive":
			s.UART.Receive, err = number(key, value, 1, 1<<20)
		case "unjoined":
			s.WiFi.Unjoined = true
			err = noValue(key, value)
		case "outage":
			var o wifi.Outage
			o, err = wifi.ParseOutage(strings.Replace(value, "/", "+", 1)) // + begins the next option
			s.WiFi.Outages = append(s.WiFi.Outages, o)
		default:
			if all := optionsOf(s); !slices.Contains(all, key) {
				return fmt.Errorf("a virtual board has no option %q; it has %s", key, strings.Join(all, ", "))
			}
			err = s.Link.Set(key, value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func noValue(key, value string) error {
	if value != "" {
		return fmt.Errorf("%s stands alone, without =%s", key, value)
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
