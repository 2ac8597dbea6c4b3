//go:build !linux

package publish

import (
	"context"
	"errors"
)

// Pty is a terminal that leads to a board's UART. There are none on this system.
type Pty struct{}

// OpenPty returns an error.
func OpenPty(string) (*Pty, error) {
	return nil, errors.New("espy opens ptys on Linux alone; publish the board over TCP instead")
}

// Path is empty.
func (*Pty) Path() string { return "" }

// Close does nothing.
func (*Pty) Close() error { return nil }

// Pty is never called: there is no pty.
func (*Stand) Pty(context.Context, *Pty) error { return nil }
