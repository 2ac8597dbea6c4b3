package link

import (
	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// errand is what goes on while the board waits for it, and must not be disturbed
// when the board is woken: done anew, it would be done twice.
type errand struct {
	done  chan struct{} // closed when it is
	woken chan struct{}
}

func begin(do func()) errand {
	e := errand{make(chan struct{}), make(chan struct{}, 1)}
	go func() {
		defer close(e.done)
		do()
	}()
	return e
}

// is tells, without waiting, whether it is done.
func (e errand) is() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// await waits until it is done. It is ETIMEDOUT when the limit passes first, and
// EINTR when the board is interrupted; the errand goes on then.
func (e errand) await(w vm.Waiter, limit *patience) errno.Errno {
	_, no := e.awaitOr(w, limit, nil)
	return no
}

// awaitOr is await for something else that may come before: then came is true.
func (e errand) awaitOr(w vm.Waiter, limit *patience, other <-chan struct{}) (came bool, _ errno.Errno) {
	for passed := limit.after(); !e.is(); {
		turn := false
		no := w.Wait(e.wake, func() {
			select {
			case <-e.done:
			case <-other:
				came = true
			case <-e.woken:
			case <-passed:
				turn = true
			}
		})
		switch {
		case came, e.is():
			return came, errno.OK
		case no != errno.OK:
			return false, no
		case turn && limit.over():
			return false, errno.ETIMEDOUT
		case turn:
			passed = limit.after()
		}
	}
	return false, errno.OK
}

func (e errand) wake() {
	select {
	case e.woken <- struct{}{}:
	default: // woken already
	}
}
