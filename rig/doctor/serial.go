package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/espy-hil/espy/hil/serial"
)

// serialPorts looks at the serial ports on USB, and whether this user may open them.
func serialPorts(_ context.Context, m Machine) Finding {
	finder := serial.System()
	if m.Root != "" {
		finder = serial.ByID(m.file("/dev/serial/by-id"))
	}
	ports, err := serial.Attached(finder)
	if err != nil {
		return trouble("listing them: "+err.Error(), "ls -l /dev/serial/by-id")
	}
	if len(ports) == 0 {
		return note("none is attached; the virtual boards need none", "lsusb  # is the board seen at all? Some cables carry no data")
	}
	var may, mayNot, groups []string
	for _, p := range ports {
		group, open := openable(p.Device)
		if open {
			may = append(may, p.Device)
			continue
		}
		mayNot = append(mayNot, p.Device)
		groups = append(groups, group)
	}
	if len(mayNot) == 0 {
		return ok(strings.Join(may, ", "))
	}
	do := "ls -l " + mayNot[0] + "  # and ask its owner"
	if groups[0] != "" {
		do = fmt.Sprintf("sudo usermod -aG %s $USER  # then log out and in again", groups[0])
	}
	return trouble("you may not open "+strings.Join(mayNot, ", "), do)
}
