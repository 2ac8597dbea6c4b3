package deploy_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
)

// bundle is a small firmware.
func bundle(files map[string]string) deploy.Files {
	content := map[string][]byte{}
	for name, text := range files {
		content[name] = []byte(text)
	}
	return deploy.Files(firmware.New("py", content))
}

// virtual powers a virtual board with files on it.
func virtual(t *testing.T, files map[string][]byte) *sim.Board {
	t.Helper()
	spec, err := sim.Parse("sim")
	require.NoError(t, err)
	b, err := sim.New(t.Context(), spec, files)
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// enter opens a conversation with a board.
func enter(t *testing.T, b board.Board) (*repl.REPL, board.UART) {
	t.Helper()
	u, err := b.Open(t.Context())
	require.NoError(t, err)
	r := repl.New(b.Name(), u, repl.Options{})
	require.NoError(t, r.Enter(t.Context()))
	return r, u
}

// exec runs code on a board and returns what it prints.
func exec(t *testing.T, r *repl.REPL, code string) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, r.Exec(t.Context(), code, &out))
	return strings.ReplaceAll(out.String(), "\r\n", "\n")
}

// files lists what is below a board's /lib, and its root.
func files(t *testing.T, r *repl.REPL) string {
	t.Helper()
	return strings.TrimSpace(exec(t, r, `
import os
def walk(d):
    for e in sorted(os.ilistdir(d)):
        p = d.rstrip('/') + '/' + e[0]
        if p in ('/rom', '/tmp', '/dev'): continue
        if e[1] & 0x4000: walk(p)
        else: print(p)
walk('/')
`))
}

// metered is a board whose line is cut after so many bytes to it; it counts programs
// that are started on it.
type metered struct {
	board.Board
	left     int // bytes; negative: never cut
	programs int
	sent     int
}

var errCut = errors.New("the cable was pulled")

func (m *metered) Open(ctx context.Context) (board.UART, error) {
	u, err := m.Board.Open(ctx)
	return &meteredUART{u, m}, err
}

type meteredUART struct {
	board.UART
	m *metered
}

func (u *meteredUART) Write(p []byte) (int, error) {
	u.m.programs += strings.Count(string(p), "\x05A\x01")
	n := len(p)
	if u.m.left >= 0 {
		n = min(n, u.m.left)
		u.m.left -= n
	}
	u.m.sent += n
	if _, err := u.UART.Write(p[:n]); err != nil {
		return 0, err
	}
	if n < len(p) {
		return n, errCut
	}
	return n, nil
}
