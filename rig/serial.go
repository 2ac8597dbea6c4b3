package rig

import (
	"errors"

	"github.com/espy-hil/espy/hil/serial"
)

// allSerial stands for every board that is attached.
const allSerial = "serial:auto"

// ErrNoBoard says that no board is attached where one is to be found.
var ErrNoBoard = errors.New("no board is attached to this machine: plug one in that has MicroPython, with a cable that carries data, and see it with espy boards; " +
	"or try a virtual one on a device of its own: espy sim --pty /tmp/board, and then --on serial:/tmp/board")

// expand puts in the place of serial:auto the boards that are attached.
func expand(on []string) ([]string, error) {
	var all []string
	for _, name := range on {
		if name != allSerial {
			all = append(all, name)
			continue
		}
		ports, err := serial.Attached(serial.System())
		if err != nil {
			return nil, err
		}
		if len(ports) == 0 {
			return nil, ErrNoBoard
		}
		for _, p := range ports {
			all = append(all, "serial:"+p.Device)
		}
	}
	return all, nil
}
