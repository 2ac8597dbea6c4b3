//go:build peers

package main

import (
	"context"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/esptool/esptooltest"
	"github.com/espy-hil/espy/hil/image/imagetest"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
)

// esptool is the real one: hil/esptool/esptool.sh sees that there is one.
func esptool(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("esptool")
	if err == nil {
		return path
	}
	cache := os.Getenv("ESPY_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		require.NoError(t, err)
		cache = filepath.Join(user, "espy")
	}
	path = filepath.Join(cache, "esptool", "esptool")
	require.FileExists(t, path, "run make esptool")
	return path
}

// flashable is a virtual board with the loader of an ESP8266, for esptool.
type flashable struct {
	*sim.Board
	chip *esptooltest.Chip
}

func (f flashable) Reset(ctx context.Context) error {
	f.chip.Reset()
	return f.Board.Reset(ctx)
}

func (f flashable) Open(ctx context.Context) (board.UART, error) {
	inner, err := f.Board.Open(ctx)
	if err != nil {
		return nil, err
	}
	uart, wire := net.Pipe()
	go func() {
		f.chip.Serve(wire, inner) // until the UART is closed
		_ = inner.Close()
	}()
	return uart, nil
}

// loader offers one of a release over RFC 2217, with its modem lines.
func loader(t *testing.T, chip *esptooltest.Chip, release string) (address string) {
	t.Helper()
	s, err := publish.Power(t.Context(), func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		spec, err := sim.Parse("sim:esp8266@" + release)
		if err != nil {
			return nil, err
		}
		spec.Reach = reach
		b, err := sim.New(ctx, spec, nil)
		return flashable{b, chip}, err
	})
	require.NoError(t, err)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.RFC2217(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
		require.NoError(t, s.Close())
	})
	return "rfc2217://" + l.Addr().String()
}

// The real esptool takes what it is given, writes the image, reads it back, and is
// believed where the board boots it.
func TestPeerEsptoolWritesAndProvesAnImage(t *testing.T) {
	t.Parallel()
	chip := esptooltest.NewChip()
	device := loader(t, chip, "1.27")
	out, status := flash(t, "ESP8266_GENERIC@1.27", device, "--esptool", esptool(t), "--mirror", mirror8266(t), "--erase")
	require.Zero(t, status, out)
	require.Contains(t, out, "Hash of data verified.")
	require.Contains(t, out, "digest matched")
	require.Contains(t, out, "boots MicroPython 1.27.0")
	want := imagetest.ESP8266(600_000)
	got, erased := chip.Flash(0, len(want))
	require.True(t, erased)
	const header = 4 // the last of these says how large the flash is, and esptool sets it
	require.Equal(t, want[:header-1], got[:header-1])
	require.Equal(t, byte(0x40), got[header-1]&0xf0, "4 MB, as was detected")
	require.Equal(t, want[header:], got[header:])
}

// A flash that loses a byte is seen by the comparison behind the writing.
func TestPeerEsptoolSeesAFlashThatDecays(t *testing.T) {
	t.Parallel()
	chip := esptooltest.NewChip()
	chip.Spoil = 1234
	device := loader(t, chip, "1.27")
	out, status := flash(t, "ESP8266_GENERIC@1.27", device, "--esptool", esptool(t), "--mirror", mirror8266(t))
	require.Equal(t, statusRig, status, out)
	require.Contains(t, out, "was written to "+device+", and what the flash has is not seen to be that")
	require.NotContains(t, out, "boots MicroPython")
}
