package wifi

import (
	"fmt"
	"strings"
	"time"
)

// ParseNetwork reads SSID:PASSWORD, or SSID alone for an open network.
func ParseNetwork(text string) (Network, error) {
	n := Home
	n.SSID, n.Password, _ = strings.Cut(text, ":")
	switch {
	case n.SSID == "" || len(n.SSID) > 32:
		return n, fmt.Errorf("%q is no network: expected SSID:PASSWORD, or SSID for one without, of 1 to 32 bytes", text)
	case n.Password != "" && (len(n.Password) < 8 || len(n.Password) > 63):
		return n, fmt.Errorf("the password of network %q has %d bytes: WPA2 has 8 to 63", n.SSID, len(n.Password))
	}
	return n, nil
}

// ParseOutage reads AFTER+FOR, two durations.
func ParseOutage(text string) (Outage, error) {
	first, second, _ := strings.Cut(text, "+")
	after, err := time.ParseDuration(first)
	length, err2 := time.ParseDuration(second)
	if err != nil || err2 != nil || after < 0 || length <= 0 {
		return Outage{}, fmt.Errorf("%q is no outage: expected AFTER+FOR, such as 30s+10s", text)
	}
	return Outage{after, length}, nil
}
