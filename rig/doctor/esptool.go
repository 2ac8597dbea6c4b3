package doctor

import (
	"context"
	"fmt"
)

// esptool looks for Espressif's tool, which writes MicroPython to a chip.
func esptool(ctx context.Context, m Machine) Finding {
	const get = "pipx install esptool"
	for _, name := range []string{"esptool", "esptool.py"} {
		path, err := m.Find(name)
		if err != nil {
			continue
		}
		said, err := m.Run(ctx, path, "version")
		if err != nil {
			return trouble(fmt.Sprintf("%s version: %v: %s", path, err, firstLine(said)), get)
		}
		return ok(firstLine(said) + " at " + path)
	}
	return note("not installed; needed to put MicroPython on a chip alone", get)
}
