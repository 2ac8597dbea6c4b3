package agent

import (
	"context"
	_ "embed"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/sim"
)

//go:embed testdata/fake.py
var fake []byte

// current is the firmware, and the client of the tests beside it.
func current() map[string][]byte {
	files := maps.Clone(firmware.Source().Files)
	files["/lib/fake.py"] = fake
	return files
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

// open opens a conversation in which silence is noticed soon.
func open(t *testing.T, b board.Board) *Link {
	t.Helper()
	l, err := Open(t.Context(), b, deploy.Files(firmware.Source()))
	require.NoError(t, err)
	l.waits = waits{start: 5000 * time.Millisecond, record: 5000 * time.Millisecond, answer: 5000 * time.Millisecond}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// get is a request to the client of the tests.
func get(path string) Request {
	return Request{Client: "fake", Method: "GET", URL: "http://fake/" + path, BodyLimit: 1 << 20}
}

// do makes a request that yields a record.
func do(t *testing.T, l *Link, r Request) *Record {
	t.Helper()
	record, err := l.Do(t.Context(), r)
	require.NoError(t, err)
	return record
}

// asked is how many requests the client of the tests was asked for, in all.
func asked(t *testing.T, l *Link) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, l.repl.Enter(ctx))
	var out countDots
	require.NoError(t, l.repl.Exec(ctx, "print(open('/asked.txt').read())", &out))
	return int(out)
}

type countDots int

func (n *countDots) Write(p []byte) (int, error) {
	for _, b := range p {
		if b == '.' {
			*n++
		}
	}
	return len(p), nil
}
