package doctor

import (
	"context"
	"errors"
	"strings"

	"github.com/espy-hil/espy/sim/unix"
)

// unixBoard looks for the interpreters of the boards named unix, on which memory is
// judged.
func unixBoard(context.Context, Machine) Finding {
	for _, name := range unix.Names() {
		spec, err := unix.Parse(name)
		if err == nil {
			err = spec.Check()
		}
		if errors.Is(err, unix.ErrMissing) {
			return note(err.Error(), "make unix-board")
		} else if err != nil {
			return trouble(err.Error(), "make unix-board")
		}
	}
	return ok(strings.Join(unix.Names(), ", "))
}
