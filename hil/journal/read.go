package journal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/espy-hil/espy/hil/result"
)

// read reads a journal, as far as its lines are whole: what comes after the first that
// is not was being written when the program, or the power, ended.
func read(r io.Reader) (e *Earlier, whole int64, err error) {
	lines := bufio.NewReader(r)
	e = &Earlier{Runs: map[int]*result.Run{}}
	text, err := lines.ReadBytes('\n')
	if err != nil || json.Unmarshal(text, &e.Head) != nil || e.Head.Journal == 0 {
		return nil, 0, errors.New("there is no head: nothing had been run yet; remove it, and begin anew")
	}
	if e.Head.Journal != form {
		return nil, 0, fmt.Errorf("it is of form %d, and this espy knows form %d: it is of another version, %s", e.Head.Journal, form, e.Head.Espy)
	}
	whole = int64(len(text))
	for {
		text, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, 0, err
		}
		if err != nil || e.ended || !e.take(text) {
			return e, whole, nil
		}
		if e.ended {
			continue // what goes on with it takes that back
		}
		whole += int64(len(text))
	}
}

// take takes in a line; false: it is no whole one.
func (e *Earlier) take(text []byte) bool {
	var l line
	if json.Unmarshal(text, &l) != nil {
		return false
	}
	switch {
	case l.Ended:
		e.ended = true
	case l.Board != nil:
		e.Boards = append(e.Boards, *l.Board)
	case l.Made != nil && l.Run != nil && restore(l.Run, l.Exact):
		if e.Runs[*l.Made] == nil {
			e.Runs[*l.Made] = l.Run
		}
	default:
		return false
	}
	return true
}
