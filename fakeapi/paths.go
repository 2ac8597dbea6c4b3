package fakeapi

import (
	"github.com/espy-hil/espy/fakeapi/echo"
	"github.com/espy-hil/espy/fakeapi/rest"
)

// Paths lists what every server answers unless its plan says otherwise: methods,
// separated by spaces, and path. N stands for a number, … for words of one's own.
func Paths() [][2]string {
	return append(rest.Paths(), echo.Paths()...)
}
