//go:build peers

package serial_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/boardtest"
	"github.com/espy-hil/espy/sim/unix"
)

func TestAUnixBoardOnASerialPortConforms(t *testing.T) {
	t.Parallel()
	spec, err := unix.Parse("unix")
	require.NoError(t, err)
	boardtest.Run(t, func(t *testing.T) board.Board {
		link := filepath.Join(t.TempDir(), "board")
		plug(t, powered(t, func(ctx context.Context, _ func(netip.AddrPort) bool) (board.Board, error) {
			return unix.New(ctx, spec, nil)
		}), link)
		return attached(t, link, alone(t))
	}, // What comes by and by has gone on to the unix port's own terminal, which looks at
		// nothing that comes behind 4 KiB that it could not hand on.
		"an interrupt behind more bytes than the UART holds interrupts nevertheless")
}
