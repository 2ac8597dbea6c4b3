package vm

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// page is the unit in which an image is written; what is all zero is left out.
const page = 4096

// shared is an image in a file without a name. Mapped privately over the memory,
// its pages are copied when the VM writes to them, and dropped at the next restore:
// about 0.1 ms, whatever the size.
type shared struct {
	fd   int
	size int
}

func (m *mapped) save(memory []byte) (image, error) {
	fd, err := unix.MemfdCreate("espy-snapshot", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("making a file for a snapshot: %w", err)
	}
	s := &shared{fd: fd, size: len(memory)}
	if err := s.write(memory); err != nil {
		s.close()
		return nil, fmt.Errorf("writing a snapshot of %d MiB: %w", len(memory)>>20, err)
	}
	return s, s.restore(m)
}

func (s *shared) write(memory []byte) error {
	if err := unix.Ftruncate(s.fd, int64(len(memory))); err != nil {
		return err
	}
	var zero [page]byte
	for at := 0; at < len(memory); at += page {
		if p := memory[at : at+page]; string(p) != string(zero[:]) {
			if _, err := unix.Pwrite(s.fd, p, int64(at)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *shared) restore(m *mapped) error {
	start := unsafe.Pointer(unsafe.SliceData(m.whole))
	const readWrite = unix.PROT_READ | unix.PROT_WRITE
	if _, err := unix.MmapPtr(s.fd, 0, start, uintptr(s.size), readWrite, unix.MAP_PRIVATE|unix.MAP_FIXED); err != nil {
		return fmt.Errorf("mapping a snapshot: %w", err)
	}
	if beyond := m.whole[s.size:]; len(beyond) > 0 {
		// What lies there may be pages of a larger image, which would come back out of
		// its file when the VM's own are dropped: they need new ones.
		if _, err := unix.MmapPtr(-1, 0, unsafe.Pointer(unsafe.SliceData(beyond)), uintptr(len(beyond)), readWrite, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_FIXED); err != nil {
			return fmt.Errorf("mapping the memory beyond a snapshot: %w", err)
		}
	}
	return nil
}

func (s *shared) close() { _ = unix.Close(s.fd) }
