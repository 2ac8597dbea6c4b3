package link

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"github.com/espy-hil/espy/sim/errno"
)

// Socket opens a socket that is not yet connected, if the board may have one more.
func (n *Network) Socket() (*Socket, errno.Errno) {
	most := n.Conditions.Sockets
	if n.sockets.Add(1) > int64(most) && most > 0 {
		n.sockets.Add(-1)
		return nil, cmp.Or(n.Conditions.SocketsNo, errno.ENFILE)
	}
	return &Socket{network: n, timeout: -1, counted: true}, errno.OK
}

// Settings opens a socket that is none: settings of TLS can be tried on it.
func (n *Network) Settings() *Socket { return &Socket{network: n} }

// setSockets reads sockets=10, and sockets=5/ENOMEM. ESP32 boards (ESP-IDF's socket
// layer) say ENFILE, ESP8266 boards (MicroPython over lwIP itself) ENOMEM.
func setSockets(c *Conditions, v string) error {
	number, name, named := strings.Cut(v, "/")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return errors.New("expected a number, such as 10")
	}
	no, known := map[string]errno.Errno{"": errno.ENFILE, "ENFILE": errno.ENFILE, "ENOMEM": errno.ENOMEM}[name]
	if !known || named && name == "" {
		return errors.New("expected ENFILE or ENOMEM after the slash")
	}
	c.Sockets, c.SocketsNo = n, no
	return nil
}
