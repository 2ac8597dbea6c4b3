package unix

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"
	"sync"
)

// marks takes what processes say to the host itself off the wire: which process
// waits and which one runs, when a checkpoint has been made or gone back to.
type marks struct {
	mu     sync.Mutex
	wanted chan mark // nil: what is on the wire is the board's
	waits  int       // the process that the wanted mark is of; 0: any
	drop   bool      // what comes before the mark is of a process that is no more
	held   []byte    // may be the beginning of a mark
}

// mark is two processes.
type mark struct{ waits, runs int }

// markForm is what checkpoint in board.c prints.
var markForm = regexp.MustCompile(`\x00espy (\d+) (\d+)\x00`)

// longestMark is longer than any.
const longestMark = 40

// await has the next mark delivered, of a process that waits, or of any (0).
func (m *marks) await(drop bool, waits int) <-chan mark {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wanted, m.waits, m.drop = make(chan mark, 1), waits, drop
	return m.wanted
}

var errDropped = errors.New("what a former process has printed is dropped")

// dropping is not nil while what is printed is dropped.
func (m *marks) dropping() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.wanted != nil && m.drop {
		return errDropped
	}
	return nil
}

// pass takes bytes off the wire and returns those that are the board's.
func (m *marks) pass(p []byte) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.wanted == nil {
		return p
	}
	p = append(m.held, p...)
	m.held = nil
	found, at := m.find(p)
	if at == nil {
		rest := max(bytes.LastIndexByte(p, 0), len(p)-longestMark, 0)
		if begin := bytes.IndexByte(p[rest:], 0); begin >= 0 {
			m.held = bytes.Clone(p[rest+begin:])
			p = p[:rest+begin]
		}
		if m.drop {
			return nil
		}
		return p
	}
	m.wanted <- found
	m.wanted = nil
	if m.drop {
		return p[at[1]:]
	}
	return append(p[:at[0]:at[0]], p[at[1]:]...)
}

// find looks for the wanted mark. What a program prints may look like another, and
// its end be the beginning of the one that is looked for, where the program was
// stopped in the middle of a line.
func (m *marks) find(p []byte) (found mark, at []int) {
	for from := 0; ; from = at[1] - 1 {
		at = markForm.FindSubmatchIndex(p[from:])
		if at == nil {
			return mark{}, nil
		}
		for i := range at {
			at[i] += from
		}
		found.waits, _ = strconv.Atoi(string(p[at[2]:at[3]]))
		found.runs, _ = strconv.Atoi(string(p[at[4]:at[5]]))
		if m.waits == 0 || found.waits == m.waits {
			return found, at
		}
	}
}
