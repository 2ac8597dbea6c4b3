package soc

import (
	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// file is a device that is open for one question: what reads give was there when it
// was opened, and each write is one command.
type file struct {
	answer  []byte
	write   func([]byte) errno.Errno
	control func(operation uint32, argument int64) (int64, errno.Errno)
}

// Answer is a device that says one thing.
func Answer(text []byte) vm.File { return &file{answer: text} }

func (f *file) Read(_ vm.Waiter, p []byte) (int, errno.Errno) {
	n := copy(p, f.answer)
	f.answer = f.answer[n:]
	return n, errno.OK
}

func (f *file) Write(_ vm.Waiter, p []byte) (int, errno.Errno) {
	if f.write == nil {
		return 0, errno.EBADF
	}
	return len(p), f.write(p)
}

func (f *file) Control(_ vm.Waiter, operation uint32, argument int64) (int64, errno.Errno) {
	if f.control == nil {
		return 0, errno.EINVAL
	}
	return f.control(operation, argument)
}

func (*file) Close() {}
