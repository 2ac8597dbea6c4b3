package vm

import (
	"bytes"
	"encoding/binary"
)

// Offsets in qstr_pool_t, and the sizes of what its arrays have, of all releases.
const (
	poolPrevious = 0
	poolFirst    = 4 // total_prev_len, with is_sorted above it
	poolLength   = 12
	poolHashes   = 16 // of two bytes each
	poolLengths  = 20 // of one byte each
	poolStrings  = 24 // pointers
)

// poolSorted is the bit of is_sorted: such a pool is in the order of its strings.
const poolSorted = 1 << 31

// Numbers of qstrs that qstr_find_strn returns for want of any.
const (
	qstrNull  = 0
	qstrEmpty = 1
)

// findQstr(string, length) -> qstr is qstr_find_strn: the number of an interned string,
// or 0 if it is none. It is asked for every string that a parser, a compiler or an import
// makes, and looks through some hundred that programs have added.
func findQstr(m *Machine, stack []uint64) {
	stack[0] = uint64(m.findQstr(m.bytes(uint32(stack[0]), uint32(stack[1]))))
}

func (m *Machine) findQstr(s []byte) uint32 {
	if len(s) == 0 {
		return qstrEmpty
	}
	hash := qstrHash(s)
	for at := m.word(m.code.layout.Qstrs); at != 0; at = m.word(at + poolPrevious) {
		p := qstrPool{m, at}
		first := m.word(at + poolFirst)
		from, to := uint32(0), m.word(at+poolLength)
		if first&poolSorted != 0 {
			from, to = p.narrow(s, to)
		}
		if i, ok := p.find(s, hash, from, to); ok {
			return first&^poolSorted + i
		}
	}
	return qstrNull
}

// qstrHash is djb2 in two bytes, of which 0 is kept for strings that have none yet.
func qstrHash(s []byte) uint16 {
	hash := uint32(5381)
	for _, c := range s {
		hash = hash*33 ^ uint32(c)
	}
	return max(uint16(hash), 1)
}

// qstrPool is one at an address.
type qstrPool struct {
	m  *Machine
	at uint32
}

// find looks for a string among those from one place to before another.
func (p qstrPool) find(s []byte, hash uint16, from, to uint32) (uint32, bool) {
	hashes := p.m.bytes(p.m.word(p.at+poolHashes), 2*to)
	lengths := p.m.bytes(p.m.word(p.at+poolLengths), to)
	for i := from; i < to; i++ {
		if binary.LittleEndian.Uint16(hashes[2*i:]) == hash && int(lengths[i]) == len(s) && bytes.Equal(p.string(i, len(s)), s) {
			return i, true
		}
	}
	return 0, false
}

// narrow gives the two places, or the few, among which a string is in a sorted pool.
func (p qstrPool) narrow(s []byte, length uint32) (from, to uint32) {
	lengths := p.m.bytes(p.m.word(p.at+poolLengths), length)
	low, high := uint32(0), length-1
	for high > low+1 {
		middle := (low + high) / 2
		if other := p.string(middle, int(lengths[middle])); bytes.Compare(s, other) <= 0 {
			high = middle
		} else {
			low = middle
		}
	}
	return low, high + 1
}

// string is the beginning of one of the pool's strings.
func (p qstrPool) string(i uint32, length int) []byte {
	return p.m.bytes(p.m.word(p.at+poolStrings+4*i), uint32(length))
}
