// Package wifi brings a board onto a network, and finds the address of this computer
// that the board can reach.
//
//	Join     credentials --> the board's address, signal, time to join
//	Reach    each address of this computer, the likeliest first: a real connection from
//	         the board, which says a token and hears it again --> the address for servers
//
// Both are done over the board's UART before its first run. What cannot be done says
// where to look: at the credentials, the network, or the firewall.
package wifi

import (
	"context"
	"fmt"
	"net/netip"
	"time"
)

// Asker asks the agent on a board: it runs a program, and gives what the agent said.
type Asker interface {
	Ask(ctx context.Context, code string, limit time.Duration) ([]byte, error)
}

// Variables of the environment that hold the credentials, unless the hardware map names
// others for a board.
const (
	SSID     = "ESPY_WIFI_SSID"
	Password = "ESPY_WIFI_PASSWORD"
)

// Credentials are what a board joins a network with, and the variables that they came
// from, for errors. An empty SSID: the board is to be on a network by itself.
type Credentials struct {
	SSID, Password             string
	SSIDVariable, PassVariable string
}

// FromEnvironment reads the credentials from variables; empty names are the usual ones.
func FromEnvironment(getenv func(string) string, ssid, password string) Credentials {
	if ssid == "" {
		ssid = SSID
	}
	if password == "" {
		password = Password
	}
	return Credentials{getenv(ssid), getenv(password), ssid, password}
}

// Options say where this computer may listen.
type Options struct {
	Advertise netip.Addr // the address that boards are told; the zero Addr: found out
	Ports     Ports      // those that servers listen on; the zero Ports: any
}

// Ports is a range of ports.
type Ports struct{ First, Last uint16 }

// ParsePorts reads FIRST-LAST.
func ParsePorts(text string) (Ports, error) {
	var p Ports
	if n, err := fmt.Sscanf(text, "%d-%d", &p.First, &p.Last); n != 2 || err != nil || p.First == 0 || p.Last < p.First || fmt.Sprintf("%d-%d", p.First, p.Last) != text {
		return Ports{}, fmt.Errorf("%q is not a range of ports, such as 40000-40100", text)
	}
	return p, nil
}

const (
	joinLimit  = 20 * time.Second // an access point that is busy takes 10
	reachLimit = 3 * time.Second  // on a network that works, some milliseconds
)

// Network is how a board is on a network.
type Network struct {
	Address netip.Addr
	Mask    string
	RSSI    int // dBm; 0: the board does not tell
	Took    time.Duration
	Host    netip.Addr    // this computer, as the board reaches it
	Reached time.Duration // how long a connection and an answer took
	near    bool          // where the board itself has servers listen
}

// String says it in words.
func (n Network) String() string {
	signal := ""
	if n.RSSI != 0 {
		signal = fmt.Sprintf("%d dBm, ", n.RSSI)
	}
	return fmt.Sprintf("on the network as %s (%sjoined in %s); it reaches this computer at %s in %s",
		n.Address, signal, n.Took.Round(10*time.Millisecond), n.Host, n.Reached.Round(time.Millisecond))
}

// Trouble is a board that is not on a network with this computer. To try once more is of
// no use.
type Trouble struct{ error }

// Final says so.
func (Trouble) Final() bool { return true }

func trouble(format string, args ...any) error { return Trouble{fmt.Errorf(format, args...)} }
