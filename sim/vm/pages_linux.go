package vm

import (
	"encoding/binary"
	"os"
	"slices"
	"sync"
	"unsafe"
)

// Of an entry of /proc/PID/pagemap, see the kernel's admin-guide/mm/pagemap.rst.
const (
	entrySize   = 8
	isPresent   = 1 << 63
	isSwapped   = 1 << 62
	isFileOrShm = 1 << 61
)

// pagemap tells of each page of this process whose it is.
var pagemap = sync.OnceValues(func() (*os.File, error) { return os.Open("/proc/self/pagemap") })

// entries are for one look at it each.
var entries = sync.Pool{New: func() any { return new([]byte) }}

// ownPages are the pages of a private mapping, of a file or of nothing, that are its own,
// since they were written to: where each begins.
func ownPages(mapping []byte) (at []int, ok bool) {
	f, err := pagemap()
	if err != nil || os.Getpagesize() != page {
		return nil, false
	}
	kept := entries.Get().(*[]byte)
	defer entries.Put(kept)
	all := slices.Grow((*kept)[:0], len(mapping)/page*entrySize)[:len(mapping)/page*entrySize]
	*kept = all
	begin := uintptr(unsafe.Pointer(unsafe.SliceData(mapping))) / page * entrySize
	if _, err := f.ReadAt(all, int64(begin)); err != nil {
		return nil, false
	}
	for i := 0; i < len(all); i += entrySize {
		e := binary.NativeEndian.Uint64(all[i:])
		if e&(isPresent|isSwapped) != 0 && e&isFileOrShm == 0 {
			at = append(at, i/entrySize*page)
		}
	}
	return at, true
}
