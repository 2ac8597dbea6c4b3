package vm

import (
	"fmt"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// page is the unit in which an image is written; what is all zero is left out.
const page = 4096

// shared is an image in a file without a name. Mapped privately over the memory,
// its pages are copied when the VM writes to them. A restore copies these back from
// the file, as long as they are few; else, or where another image was there, it maps
// anew, which drops them. Mapping takes 0.1 ms whatever the size, and as much again
// for the faults of the run that follows; copying takes a fifth of that.
type shared struct {
	fd    int
	file  []byte // what is in it, to read
	pages []int  // those that are not all zero: where each begins
}

func (m *mapped) save(memory []byte) (image, error) {
	fd, err := unix.MemfdCreate("espy-snapshot", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("making a file for a snapshot: %w", err)
	}
	s := &shared{fd: fd}
	if err := s.write(memory, m.filled(memory)); err != nil {
		s.close()
		return nil, fmt.Errorf("writing a snapshot of %d MiB: %w", len(memory)>>20, err)
	}
	if s.file, err = unix.Mmap(fd, 0, len(memory), unix.PROT_READ, unix.MAP_SHARED); err != nil {
		s.close()
		return nil, fmt.Errorf("mapping a snapshot of %d MiB: %w", len(memory)>>20, err)
	}
	return s, s.restore(m)
}

// filled are the pages of the memory that may hold anything: its own, and those of the
// image that it lies over. The others, which are most, are better not even looked at,
// since the kernel would find a page for each.
func (m *mapped) filled(memory []byte) []int {
	pages, ok := ownPages(memory)
	if !ok {
		for at := 0; at < len(memory); at += page {
			pages = append(pages, at)
		}
		return pages
	}
	if under, is := m.over.(*shared); is {
		pages = append(pages, under.pages...)
		slices.Sort(pages)
		pages = slices.Compact(pages)
		end, _ := slices.BinarySearch(pages, len(memory))
		pages = pages[:end]
	}
	return pages
}

func (s *shared) write(memory []byte, pages []int) error {
	if err := unix.Ftruncate(s.fd, int64(len(memory))); err != nil {
		return err
	}
	var zero [page]byte
	for _, at := range pages {
		p := memory[at : at+page]
		if string(p) == string(zero[:]) {
			continue
		}
		if _, err := unix.Pwrite(s.fd, p, int64(at)); err != nil {
			return err
		}
		s.pages = append(s.pages, at)
	}
	return nil
}

func (s *shared) restore(m *mapped) error {
	if m.over == image(s) && s.undo(m) {
		return nil
	}
	m.over = nil
	start := unsafe.Pointer(unsafe.SliceData(m.whole))
	const readWrite = unix.PROT_READ | unix.PROT_WRITE
	if _, err := unix.MmapPtr(s.fd, 0, start, uintptr(len(s.file)), readWrite, unix.MAP_PRIVATE|unix.MAP_FIXED); err != nil {
		return fmt.Errorf("mapping a snapshot: %w", err)
	}
	if beyond := m.whole[len(s.file):]; len(beyond) > 0 {
		// What lies there may be pages of a larger image, which would come back out of
		// its file when the VM's own are dropped: they need new ones.
		if _, err := unix.MmapPtr(-1, 0, unsafe.Pointer(unsafe.SliceData(beyond)), uintptr(len(beyond)), readWrite, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_FIXED); err != nil {
			return fmt.Errorf("mapping the memory beyond a snapshot: %w", err)
		}
	}
	m.over = s
	return nil
}

// mostCopied is how many pages a restore copies rather than drops: the VM would have
// as many of its own from then on.
const mostCopied = 512

// undo copies back what the VM has written to since the image was mapped over its
// memory. It tells whether it has: it cannot where there are too many pages, or the
// kernel does not tell which.
func (s *shared) undo(m *mapped) bool {
	written, ok := ownPages(m.whole[:m.size])
	if !ok || len(written) > mostCopied {
		return false
	}
	for _, at := range written {
		if at < len(s.file) {
			copy(m.whole[at:at+page], s.file[at:at+page])
		} else {
			clear(m.whole[at : at+page])
		}
	}
	return true
}

func (s *shared) close() {
	if s.file != nil {
		_ = unix.Munmap(s.file) // fails only for an address that was not mapped
	}
	_ = unix.Close(s.fd)
}
