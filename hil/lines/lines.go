// Package lines is about the two modem lines, DTR and RTS, with which a host resets a
// board and chooses what it boots.
//
// On the boards of ESP32 and ESP8266 two transistors stand between the lines and the
// chip, so that both on is as good as both off:
//
//	DTR RTS   EN    GPIO0
//	off off   high  high    the board runs
//	on  on    high  high    the board runs
//	off on    LOW   high    the board is held in reset
//	on  off   high  LOW     let go of in this state, it boots into the loader
//
// A native USB port of MicroPython sends only while DTR is on. So the lines rest both
// on, as a kernel leaves them when it opens a port, and RTS is never on alone but to
// reset. See the schematics of Espressif's DevKitC, and esptool's reset.py.
package lines

import (
	"context"
	"errors"
	"time"
)

// Lines are the two outputs of a port.
type Lines interface {
	SetDTR(on bool) error
	SetRTS(on bool) error
}

// Pressed is how long EN is held low, as esptool does: its capacitor has to discharge.
const Pressed = 100 * time.Millisecond

// booted is when a chip has looked at GPIO0: some microseconds after EN has risen,
// which its capacitor delays by some milliseconds.
const booted = 50 * time.Millisecond

// Settle has the lines rest, from however they stand, on a way on which RTS is never
// on alone: a board that runs goes on, and one that is held in reset is let go.
func Settle(l Lines) error {
	if err := l.SetDTR(true); err != nil {
		return err
	}
	return l.SetRTS(true)
}

// Reset presses the reset button, and lets the lines rest again. Whatever becomes of
// ctx, the button does not stay pressed.
func Reset(ctx context.Context, l Lines) error {
	if err := l.SetDTR(false); err != nil { // RTS may be on: this is the reset already
		return err
	}
	if err := l.SetRTS(true); err != nil {
		return err
	}
	wait(ctx, Pressed)
	if err := l.SetRTS(false); err != nil {
		return err
	}
	wait(ctx, booted)
	return errors.Join(Settle(l), context.Cause(ctx))
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
