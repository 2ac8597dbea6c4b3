package rig_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/run"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/rig"
)

// preflight is what is done before the first scenario: a board is opened, brought to its
// prompt, and asked whether its firmware is current.
func preflight(b *testing.B, name string) error {
	b.Helper()
	config, err := rig.Wire(b.Context(), rig.Choice{On: []string{name}})
	require.NoError(b, err)
	device, err := config.Boards[0].Power(b.Context())
	if err != nil {
		return err
	}
	defer device.Close()
	var link run.Link
	if link, err = config.Connect(b.Context(), device); err != nil {
		return err
	}
	return link.Close()
}

// A healthy board at a device with a UART of 115200 baud, whose firmware is current: 1 s
// at most.
func BenchmarkPreflight(b *testing.B) {
	byID := b.TempDir()
	b.Setenv(serial.ByIDVariable, byID)
	b.Setenv("ESPY_LEASES", b.TempDir())
	link := filepath.Join(byID, "usb-Silicon_Labs_CP2102_Bridge_0001-if00-port0")
	c := newCableTo(b, "sim+baud=115200", firmware.Source().Files)
	c.plug(link)
	require.NoError(b, preflight(b, "serial:"+link)) // what is not on it yet is put there
	for b.Loop() {
		require.NoError(b, preflight(b, "serial:"+link))
	}
}

// A device that is not there: 0.2 s at most.
func BenchmarkMissingDevice(b *testing.B) {
	b.Setenv("ESPY_LEASES", b.TempDir())
	for b.Loop() {
		require.ErrorIs(b, preflight(b, "serial:/dev/ttyUSB77"), board.ErrMissing)
	}
}

// A board that is dead: 10 s at most, from the first attempt to the verdict.
func BenchmarkDeadBoard(b *testing.B) {
	byID := b.TempDir()
	b.Setenv(serial.ByIDVariable, byID)
	b.Setenv("ESPY_LEASES", b.TempDir())
	link := filepath.Join(byID, "dead")
	dead(b, link)
	worst := time.Duration(0)
	for b.Loop() {
		begun := time.Now()
		require.Error(b, preflight(b, "serial:"+link))
		worst = max(worst, time.Since(begun))
	}
	b.ReportMetric(worst.Seconds(), "s-worst")
}
