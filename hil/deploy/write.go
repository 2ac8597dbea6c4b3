package deploy

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/repl"
)

// How many bytes of a file are sent at a time: in a program, they must be read and
// compiled, on a heap of 30 KB perhaps. What is between two of them a slow line does
// not move.
const (
	piece      = 1024
	largePiece = 8192
	muchHeap   = 100 << 10 // as an ESP32 has
)

// Python that writing needs on the board. The modules' names with a u are those in C,
// even on a board that has others in Python.
const (
	beginCode = `
import os
from ubinascii import crc32 as _espy_crc, hexlify as _espy_hex
from uhashlib import sha256 as _espy_sha256
def _espy_mkdir(p):
 try: os.mkdir(p)
 except OSError: pass
def _espy_is(p):
 try: os.stat(p)
 except OSError: return False
 return True
def _espy_open(p, crc):
 global _espy_f, _espy_p, _espy_w
 if _espy_crc(p) != crc: raise ValueError('damaged')
 _espy_p = p
 _espy_f = open(p, 'wb')
 _espy_w = _espy_f.write
def _espy_x(b):
 for i in range(7):
  b = b.replace(bytes((6, 48 + i)), bytes((i,)))
 _espy_w(b)
def _espy_close(want):
 _espy_f.close()
 h = _espy_sha256()
 with open(_espy_p, 'rb') as f:
  while True:
   b = f.read(256)
   if not b: break
   h.update(b)
 if _espy_hex(h.digest()[:8]).decode() != want: raise ValueError('damaged')
`
	// What is in memory of the former firmware must not be used any more.
	endCode = `
import gc, sys
for _espy_n in list(sys.modules):
 if _espy_n.split('.')[0] == 'espy': del sys.modules[_espy_n]
for _espy_n in ('crc', 'hex', 'sha256', 'mkdir', 'is', 'open', 'close', 'f', 'p', 'w', 'x', 'd', 's', 't'):
 globals().pop('_espy_' + _espy_n, None)
del _espy_n
gc.collect()
`
)

// writer writes files on a board.
type writer struct {
	repl  *repl.REPL
	piece int // bytes
}

func (s State) writer(r *repl.REPL) writer {
	w := writer{r, piece}
	if s.Heap >= muchHeap {
		w.piece = largePiece
	}
	return w
}

// lean is code without what only its readers need: comments, and most of the
// indentation, which is by four.
func lean(code string) string {
	var b strings.Builder
	for line := range strings.Lines(code) {
		text := strings.TrimLeft(line, " ")
		if strings.TrimSpace(text) == "" || text[0] == '#' {
			continue
		}
		b.WriteString(strings.Repeat(" ", (len(line)-len(text))/4))
		b.WriteString(text)
	}
	return b.String()
}

// literal is a piece of a file as an argument, and what takes it: where there is much
// that the raw REPL acts on, two bytes instead of four stand for each of these.
func literal(piece []byte) string {
	var b []byte
	for _, c := range piece {
		if c < 7 {
			b = append(b, 6, '0'+c)
		} else {
			b = append(b, c)
		}
	}
	if len(b) == len(piece) {
		return "_espy_w(" + repl.QuoteBytes(piece) + ")\n"
	}
	return "_espy_x(" + repl.QuoteBytes(b) + ")\n"
}

// begin gives the board what writing needs, and makes folders.
func (w writer) begin(ctx context.Context, dirs []string) error {
	var code strings.Builder
	code.WriteString(beginCode)
	for _, dir := range dirs {
		fmt.Fprintf(&code, "_espy_mkdir(%s)\n", repl.Quote(dir))
	}
	return w.run(ctx, code.String())
}

// run runs code that may be run twice: at once, and carefully if the line spoils that.
func (w writer) run(ctx context.Context, code string) error {
	err := w.repl.Exec(ctx, code, nil)
	if err == nil || !spoilt(err) {
		return err
	}
	if err := w.repl.Enter(ctx); err != nil {
		return err
	}
	return w.repl.Carefully(ctx, code, nil)
}

// write writes a file: at once, and carefully if it arrives damaged.
func (w writer) write(ctx context.Context, name string, content []byte) error {
	err := w.send(ctx, name, content)
	for try := 0; spoilt(err) && try < tries; try++ {
		if err := w.repl.Enter(ctx); err != nil {
			return err
		}
		if forgotten(err) {
			if err := w.begin(ctx, nil); err != nil {
				return err
			}
		}
		err = w.sendCarefully(ctx, name, content)
	}
	return err
}

// forgotten tells whether the board does not know what begin gave it: a Ctrl-D that the
// line has doubled is a soft reset.
func forgotten(err error) bool {
	var raised *repl.PythonError
	return errors.As(err, &raised) && raised.Type == "NameError"
}

// small is how many bytes of a file are sent at a time over a bad line.
const small = 256

// sendCarefully writes a file in small pieces, each until it has arrived.
func (w writer) sendCarefully(ctx context.Context, name string, content []byte) error {
	err := w.repl.Insist(ctx, fmt.Sprintf("_espy_open(%s, %d)", repl.Quote(name), checksum(name)), nil)
	at := 0
	for piece := range slices.Chunk(content, small) {
		if err != nil {
			return err
		}
		err = w.repl.Insist(ctx, fmt.Sprintf("_espy_d = %s\nif _espy_crc(_espy_d) != %d: raise ValueError('damaged')\n_espy_f.seek(%d)\n_espy_w(_espy_d)",
			repl.QuoteBytes(piece), crc32.ChecksumIEEE(piece), at), nil)
		at += len(piece)
	}
	if err != nil {
		return err
	}
	return w.repl.Insist(ctx, fmt.Sprintf("_espy_close('%s')", firmware.Sum(content)), nil)
}

// send writes a file, of which the board sees by its hash that it came whole. Small
// ones go in a single program: a round trip costs as much as some hundred bytes.
func (w writer) send(ctx context.Context, name string, content []byte) error {
	begin := fmt.Sprintf("_espy_open(%s, %d)\n", repl.Quote(name), checksum(name))
	end := fmt.Sprintf("_espy_close('%s')\n", firmware.Sum(content))
	pieces := slices.Collect(slices.Chunk(content, w.piece))
	if len(pieces) == 0 {
		return w.repl.Exec(ctx, begin+end, nil)
	}
	for i, piece := range pieces {
		code := literal(piece)
		if i == 0 {
			code = begin + code
		}
		if i == len(pieces)-1 {
			code += end
		}
		if err := w.repl.Exec(ctx, code, nil); err != nil {
			return err
		}
	}
	return nil
}

// commit writes the journal, has it take its place, and finishes what it says.
func (w writer) commit(ctx context.Context, text []byte) error {
	if err := w.write(ctx, journal+stage, text); err != nil {
		return fmt.Errorf("writing %s: %w", journal, said(err))
	}
	// Whatever of it has been done may be done once more: the line may spoil the answer.
	code := fmt.Sprintf("if _espy_is(%[1]s): os.rename(%[1]s, %[2]s)\nif _espy_is(%[2]s): exec(open(%[2]s).read(), {})",
		repl.Quote(journal+stage), repl.Quote(journal))
	if err := w.run(ctx, code); err != nil {
		return fmt.Errorf("putting the firmware in its place: %w", said(err))
	}
	return w.run(ctx, endCode)
}

// abandon removes stages, of a flash that is full: best effort, and the former
// firmware does not mind them.
func (w writer) abandon(ctx context.Context, names []string) {
	var all []string
	for _, name := range append(names, journal) {
		all = append(all, name+stage)
	}
	_ = w.repl.Exec(ctx, "for _espy_p in "+repl.Quote(strings.Join(all, " "))+".split():\n"+
		" try: os.remove(_espy_p)\n except OSError: pass\n"+endCode, nil)
}
