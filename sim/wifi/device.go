package wifi

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// Device is /dev/wifi: a command is written, as words of which texts are in hex, and
// then its answer is read. An answer that begins with ! is what OSError is to say.
func (s *Station) Device() vm.File { return &device{station: s} }

type device struct {
	station *Station
	answer  []byte
}

func (d *device) Write(_ vm.Waiter, p []byte) (int, errno.Errno) {
	answer, err := d.station.do(strings.Split(string(p), " "))
	if err != nil {
		answer = "!" + err.Error()
	}
	d.answer = []byte(answer)
	return len(p), errno.OK
}

func (d *device) Read(_ vm.Waiter, p []byte) (int, errno.Errno) {
	n := copy(p, d.answer)
	d.answer = d.answer[n:]
	return n, errno.OK
}

func (*device) Control(vm.Waiter, uint32, int64) (int64, errno.Errno) { return 0, errno.EINVAL }

func (*device) Close() {}

// refused is an error as the ports word theirs.
func refused(text string) error { return errors.New(text) }

// do carries out a command.
func (s *Station) do(words []string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance(time.Now())
	args := words[1:]
	switch words[0] {
	case "status":
		return strconv.Itoa(s.status()), nil
	case "active", "apactive":
		return s.activate(words[0] == "apactive", args)
	case "connect":
		return "", s.connect(args)
	case "disconnect":
		return "", s.disconnect()
	case "tries":
		n, err := strconv.Atoi(strings.Join(args, " "))
		if err == nil {
			s.tries = n
		}
		return "", err
	case "ssid":
		return s.ssid, nil
	case "address":
		return s.address(), nil
	case "signal":
		return s.signal()
	case "channel":
		if n, known := s.network(s.ssid); known && s.phase == joined {
			return strconv.Itoa(n.Channel), nil
		}
		return "0", nil
	case "scan":
		return s.scan()
	}
	return "", fmt.Errorf("the radio knows no command %q", words[0])
}

// activate switches the station or the access point, or tells whether it is on.
func (s *Station) activate(ap bool, args []string) (string, error) {
	is := &s.active
	if ap {
		is = &s.apActive
	}
	if len(args) > 0 {
		*is = args[0] == "1"
		if !s.active {
			s.phase, s.why, s.given = idle, 0, false
		}
	}
	if *is {
		return "1", nil
	}
	return "0", nil
}

// connect begins to join: the network of its arguments, or the last one.
func (s *Station) connect(args []string) error {
	switch {
	case !s.active && s.p.Remembers:
		return refused("Cannot set STA config")
	case !s.active:
		return refused("Wifi Not Started")
	case s.phase == trying && !s.p.Remembers && !s.given:
		return refused("Wifi Internal Error") // the IDF: sta is connecting, return error
	}
	if len(args) == 2 {
		var text [2]string
		for i, arg := range args {
			b, err := hex.DecodeString(arg)
			if err != nil {
				return err
			}
			text[i] = string(b)
		}
		s.ssid, s.key = text[0], text[1]
	}
	s.phase, s.since, s.given = trying, time.Now(), false
	if s.p.Remembers {
		s.why = 0
	}
	return nil
}

func (s *Station) disconnect() error {
	if !s.active {
		if s.p.Remembers {
			return refused("Cannot disconnect from AP")
		}
		return refused("Wifi Not Started")
	}
	s.phase, s.given = idle, false
	s.why = s.p.Idle // an ESP32 tells so until it has joined again: WIFI_REASON_ASSOC_LEAVE
	return nil
}

// address is what DHCP has given it: its own, the gateway's.
func (s *Station) address() string {
	if s.phase != joined {
		return "0.0.0.0 0.0.0.0 0.0.0.0"
	}
	return fmt.Sprintf("192.168.43.%d 255.255.255.0 192.168.43.1", 10+int(s.serial)%200)
}

func (s *Station) signal() (string, error) {
	n, known := s.network(s.ssid)
	if s.phase != joined || !known {
		if s.p.Remembers {
			return "31", nil
		}
		return "", refused("Wifi Not Connected")
	}
	return strconv.Itoa(n.RSSI), nil
}

// scan gives a line for each network, and first how long looking for them takes.
func (s *Station) scan() (string, error) {
	if !s.active {
		return "", refused("STA must be active")
	}
	out := strconv.FormatInt(s.quick(s.p.Scan).Milliseconds(), 10)
	if !s.thereAt(time.Now()) {
		return out, nil
	}
	for _, n := range s.Networks {
		security := 3 // WPA2-PSK
		if n.Password == "" {
			security = 0
		}
		out += fmt.Sprintf("\n%x %x %d %d %d", n.SSID, n.BSSID, n.Channel, n.RSSI, security)
	}
	return out, nil
}
