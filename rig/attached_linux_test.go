package rig_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/rig"
	"github.com/espy-hil/espy/sim/pty"
)

// gps is a device that sends positions whenever it hears something.
func gps(t testing.TB, link string) {
	chatter(t, link, "$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76\r\n")
}

// dead is a device that says nothing.
func dead(t testing.TB, link string) { chatter(t, link, "") }

// chatter is a device that says something whenever it hears something.
func chatter(t testing.TB, link, says string) {
	t.Helper()
	wire, terminal, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(terminal.Name(), link))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for p := make([]byte, 256); ; {
			if _, err := wire.Read(p); err != nil {
				return
			}
			_, _ = io.WriteString(wire, says)
		}
	}()
	t.Cleanup(func() {
		require.NoError(t, errors.Join(terminal.Close(), wire.Close()))
		<-done
	})
}

func TestBoardsAreListedAndAsked(t *testing.T) {
	byID := t.TempDir()
	t.Setenv(serial.ByIDVariable, byID)
	t.Setenv("ESPY_LEASES", t.TempDir())
	link := filepath.Join(byID, "usb-Silicon_Labs_CP2102_Bridge_0001-if00-port0")
	newCable(t).plug(link)
	other := filepath.Join(byID, "usb-u-blox_GPS_0002-if00")
	gps(t, other)
	hardware := filepath.Join(t.TempDir(), "espy.yaml")
	require.NoError(t, os.WriteFile(hardware, []byte("boards:\n  desk: {usb: '0001', chip: esp32, labels: [wifi]}\n  away: {usb: '9'}\n"), 0o600))

	all, err := rig.Boards(hardware)
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, []string{"desk", "serial:" + other, "away"}, []string{all[0].On, all[1].On, all[2].On})
	require.Equal(t, link, all[0].Device)
	require.Equal(t, "0001", all[0].Serial)
	require.Equal(t, "Silicon Labs CP2102 Bridge", all[0].Text)
	require.Equal(t, "esp32", all[0].Chip)
	require.Equal(t, []string{"wifi"}, all[0].Labels)
	require.Empty(t, all[0].MicroPython, "nobody has asked")
	require.Empty(t, all[2].Device)

	rig.Probe(t.Context(), all)
	require.Empty(t, all[0].Trouble)
	require.Regexp(t, `^1\.\d+\.\d+`, all[0].MicroPython)
	require.Equal(t, "it sends positions (NMEA 0183), so it is a GPS receiver: choose another port; espy boards lists them", all[1].Trouble)
	require.Equal(t, "it is not attached", all[2].Trouble)

	b, err := serial.New("serial:"+link, serial.Options{})
	require.NoError(t, err)
	u, err := b.Open(t.Context())
	require.NoError(t, err)
	defer b.Close()
	all, err = rig.Boards(hardware)
	require.NoError(t, err)
	require.Empty(t, all[0].Held, "this process itself holds it")
	require.NoError(t, u.Close())
}
