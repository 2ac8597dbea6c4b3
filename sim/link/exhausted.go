package link

import (
	"errors"
	"syscall"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// fromNet is the board's number for an error of its sockets. That this machine has
// no more file descriptors or memory is none of the board's business, and must not
// look like anything that a network does: it ends the board.
func fromNet(err error) errno.Errno {
	for _, own := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, own) {
			panic(&vm.HostError{Err: err})
		}
	}
	return errno.FromNet(err)
}
