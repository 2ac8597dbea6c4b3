//go:build darwin && !cgo

package serial

import (
	"fmt"
	"strings"

	bugst "go.bug.st/serial"
)

// system is what the system lists: without cgo, macOS does not tell what USB says of a
// port, but its name does: /dev/cu.usbserial-0001, /dev/cu.usbmodem1101.
type system struct{}

func (system) Ports() ([]Port, error) {
	names, err := bugst.GetPortsList()
	if err != nil {
		return nil, fmt.Errorf("listing the serial ports of this machine: %w", err)
	}
	var all []Port
	for _, name := range names {
		if !strings.HasPrefix(name, "/dev/cu.") {
			continue // the same port, for calls that come in
		}
		p := Port{Device: name}
		for _, usb := range []string{"/dev/cu.usbserial-", "/dev/cu.usbmodem", "/dev/cu.SLAB_USBtoUART", "/dev/cu.wchusbserial"} {
			if number, ok := strings.CutPrefix(name, usb); ok {
				p.Number, p.Text = number, strings.TrimSuffix(strings.TrimPrefix(usb, "/dev/cu."), "-")
			}
		}
		all = append(all, p)
	}
	return all, nil
}
