package thermometer

import (
	"testing"

	"github.com/espy-hil/espy/espytest"
)

// Every scenario is a subtest: the firmware of this repository, on a virtual board,
// against a fake REST API.
func TestTheThermometer(t *testing.T) {
	espytest.Run(t, "scenarios", espytest.On("sim", "sim:1.24"), espytest.Client("firmware/thermometer.py"))
}
