package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim/unix"
)

// heapPatience bounds the measurement, which takes some tenths of a second.
const heapPatience = time.Minute

// measureHeap prints how much heap each module keeps that is imported behind the
// others. What else they need is there before: it is the board's own.
const measureHeap = `
import gc, io, json, socket, sys, time, micropython, binascii
try:
    import uhashlib, select, tls
except ImportError:
    pass
kept = {}
for name in %s:
    gc.collect()
    before = gc.mem_alloc()
    __import__(name)
    gc.collect()
    kept[name] = gc.mem_alloc() - before
print(json.dumps(kept))
`

// Heap measures how many bytes of heap each module of a bundle keeps once it is
// imported, on the 32-bit unix board; its error is unix.ErrMissing where there is none.
func Heap(ctx context.Context, b firmware.Bundle) (map[string]int, error) {
	ctx, cancel := context.WithTimeout(ctx, heapPatience)
	defer cancel()
	spec, err := unix.Parse("unix")
	if err != nil {
		return nil, err
	}
	board, err := unix.New(ctx, spec, b.Files)
	if err != nil {
		return nil, err
	}
	defer board.Close()
	uart, err := board.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer uart.Close()
	r := repl.New(board.Name(), uart, repl.Options{})
	if err := r.Enter(ctx); err != nil {
		return nil, err
	}
	names, err := json.Marshal(b.Modules())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := r.Exec(ctx, fmt.Sprintf(measureHeap, names), &out); err != nil {
		return nil, fmt.Errorf("importing the firmware on board %s: %w", board.Name(), err)
	}
	kept := map[string]int{}
	if err := json.Unmarshal(bytes.TrimSpace(out.Bytes()), &kept); err != nil {
		return nil, fmt.Errorf("board %s was to print how much heap each module keeps, and printed %q: %w", board.Name(), out.String(), err)
	}
	return kept, nil
}
