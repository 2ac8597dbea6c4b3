package repl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"
)

// Code that may be run twice can be sent over a line that damages it:
//
//	Exec ----> as it is; on a good line that is all
//	Insist --> again, until it has been run whole: for code of a line or two
//	Carefully --> in pieces that are insisted on, put together on the board, and run if
//	              their CRC is right: for code of any length
const (
	insist    = 24              // tries of code that is short
	patience  = 5 * time.Second // for such code to end
	carefully = 160             // bytes of code at a time, of which 9 in 10 arrive whole on a bad line
)

// Spoilt tells whether a bad line may have brought an error about: a conversation that
// broke off in silence, or whatever a program raised but what the flash or the heap is
// to blame for.
func Spoilt(err error) bool {
	var raised *PythonError
	if errors.As(err, &raised) {
		return raised.Type != "OSError" && raised.Type != "MemoryError"
	}
	return isTimeout(err)
}

// Insist runs code that may be run twice until it comes through. An exception that the
// board raises three times in a row is its own.
func (r *REPL) Insist(ctx context.Context, code string, out io.Writer) error {
	var last string
	same := 0
	for try := 1; ; try++ {
		var said bytes.Buffer
		began := time.Now()
		limited, cancel := context.WithTimeout(ctx, r.run.limit(patience))
		err := r.Exec(limited, code, &said)
		cancel()
		r.run.learn(time.Since(began), err)
		if err == nil {
			if out != nil {
				_, err = out.Write(said.Bytes())
			}
			return err
		}
		if !Spoilt(err) || try == insist || ctx.Err() != nil {
			return err
		}
		var raised *PythonError
		if errors.As(err, &raised) && raised.Type != "SyntaxError" {
			if raised.Traceback != last {
				last, same = raised.Traceback, 0
			}
			if same++; same == 3 {
				return err
			}
			continue
		}
		if err := r.Enter(ctx); err != nil {
			return err
		}
	}
}

// Carefully is Insist for code of any length, which must be ASCII.
func (r *REPL) Carefully(ctx context.Context, code string, out io.Writer) error {
	err := r.Insist(ctx, "_espy_t = []", nil)
	for i, rest := 0, code; rest != "" && err == nil; i++ {
		n := min(carefully, len(rest))
		piece := rest[:n]
		rest = rest[n:]
		// Of the same piece twice, the second takes the place of the first.
		err = r.Insist(ctx, fmt.Sprintf("from ubinascii import crc32\n_espy_s = %s\nif crc32(_espy_s) != %d: raise ValueError('damaged')\n_espy_t[%d:] = [_espy_s]",
			Quote(piece), crc32.ChecksumIEEE([]byte(piece)), i), nil)
	}
	if err != nil {
		return err
	}
	return r.Insist(ctx, fmt.Sprintf("_espy_s = ''.join(_espy_t)\nfrom ubinascii import crc32\nif crc32(_espy_s) != %d: raise ValueError('damaged')\nexec(_espy_s)",
		crc32.ChecksumIEEE([]byte(code))), out)
}
