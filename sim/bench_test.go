package sim_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/sim"
)

// program is a raw REPL reduced to what a benchmark needs.
type program struct {
	b    *testing.B
	uart board.UART
	buf  [4096]byte
	tail []byte
}

func start(b *testing.B, files map[string][]byte) (*sim.Board, *program) {
	b.Helper()
	spec, err := sim.Parse("sim")
	require.NoError(b, err)
	board, err := sim.New(b.Context(), spec, files)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, board.Close()) })
	uart, err := board.Open(b.Context())
	require.NoError(b, err)
	p := &program{b: b, uart: uart}
	p.send("\x01", "raw REPL; CTRL-B to exit\r\n>")
	return board, p
}

func (p *program) send(text, until string) {
	p.b.Helper()
	_, err := p.uart.Write([]byte(text))
	require.NoError(p.b, err)
	require.NoError(p.b, p.uart.SetReadDeadline(time.Now().Add(10*time.Second)))
	for p.tail = p.tail[:0]; !bytes.HasSuffix(p.tail, []byte(until)); {
		n, err := p.uart.Read(p.buf[:])
		require.NoError(p.b, err, "%q", p.tail)
		p.tail = append(p.tail, p.buf[:n]...)
	}
}

// run executes code, which must not raise.
func (p *program) run(code string) {
	p.b.Helper()
	p.send(code+"\x04", "\x04>")
	if !bytes.HasSuffix(p.tail, []byte("\x04\x04>")) {
		p.b.Fatalf("%s", p.tail)
	}
}

// firmware is the client's source, as it is on disk.
func clientFiles(b *testing.B) map[string][]byte {
	files := map[string][]byte{}
	names, err := filepath.Glob("../firmware/espy/*.py")
	require.NoError(b, err)
	for _, name := range names {
		content, err := os.ReadFile(name)
		require.NoError(b, err)
		files["/lib/espy/"+filepath.Base(name)] = content
	}
	return files
}

// From nothing to the prompt.
func BenchmarkPowerOn(b *testing.B) {
	spec, err := sim.Parse("sim")
	require.NoError(b, err)
	for b.Loop() {
		board, err := sim.New(b.Context(), spec, nil)
		require.NoError(b, err)
		require.NoError(b, board.Close())
	}
}

// The same with a chip: its ROM's log, its boot.py.
func BenchmarkPowerOnChip(b *testing.B) {
	spec, err := sim.Parse("sim:esp32")
	require.NoError(b, err)
	for b.Loop() {
		board, err := sim.New(b.Context(), spec, nil)
		require.NoError(b, err)
		require.NoError(b, board.Close())
	}
}

func BenchmarkReset(b *testing.B) {
	board, _ := start(b, nil)
	for b.Loop() {
		require.NoError(b, board.Reset(context.Background()))
	}
}

func BenchmarkRollback(b *testing.B) {
	board, _ := start(b, nil)
	require.NoError(b, board.Checkpoint(b.Context(), "here"))
	for b.Loop() {
		require.NoError(b, board.Rollback(context.Background(), "here"))
	}
}

func BenchmarkRollbackAndGet(b *testing.B) {
	board, p := start(b, clientFiles(b))
	l, _, err := board.Listen(b.Context(), "main")
	require.NoError(b, err)
	server := fakeapi.Start(l, "main", plan.Server{})
	defer server.Close()
	p.run("import espy.requests as r")
	require.NoError(b, board.Checkpoint(b.Context(), "here"))
	get := "r.get('http://" + l.Addr().String() + "/albums/1').text"
	for b.Loop() {
		require.NoError(b, board.Rollback(b.Context(), "here"))
		p.run(get)
	}
}

func BenchmarkRoundTrip(b *testing.B) {
	_, p := start(b, nil)
	for b.Loop() {
		p.run("pass")
	}
}

func BenchmarkAMillionRounds(b *testing.B) {
	_, p := start(b, nil)
	for b.Loop() {
		p.run("for i in range(1000000): pass")
	}
}

func BenchmarkTenThousandCalls(b *testing.B) {
	_, p := start(b, nil)
	p.run("def f(): pass")
	for b.Loop() {
		p.run("for i in range(10000): f()")
	}
}

func BenchmarkAThousandExceptions(b *testing.B) {
	_, p := start(b, nil)
	for b.Loop() {
		p.run("for i in range(1000):\n  try:\n    raise ValueError\n  except ValueError:\n    pass\n")
	}
}

func BenchmarkImportClient(b *testing.B) {
	_, p := start(b, clientFiles(b))
	p.run("import sys")
	for b.Loop() {
		p.run("for k in list(sys.modules):\n  if k.startswith('espy'): del sys.modules[k]\nimport espy.requests")
	}
}

func BenchmarkGet(b *testing.B) {
	board, p := start(b, clientFiles(b))
	l, _, err := board.Listen(b.Context(), "main")
	require.NoError(b, err)
	server := fakeapi.Start(l, "main", plan.Server{})
	defer server.Close()
	p.run("import espy.requests as r")
	get := "r.get('http://" + l.Addr().String() + "/albums/1').text"
	for b.Loop() {
		p.run(get)
	}
}
