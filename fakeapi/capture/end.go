package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// ToEnd goes to where a file of [Pcapng] can be added to: behind its last whole block.
// What was being written when the program or the power ended is cut off. A section that
// begins there goes on where the others end (draft-ietf-opsawg-pcapng, section 3.1).
func ToEnd(f *os.File) error {
	const head = 8 // type and length
	at := int64(0)
	for {
		var block [head]byte
		if _, err := f.ReadAt(block[:], at); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		length := binary.LittleEndian.Uint32(block[4:])
		if at == 0 && binary.LittleEndian.Uint32(block[:]) != 0x0A0D0D0A {
			return fmt.Errorf("%s is no capture of espy", f.Name())
		}
		var again [4]byte
		if length < head+4 {
			break
		}
		if _, err := f.ReadAt(again[:], at+int64(length)-4); err != nil || binary.LittleEndian.Uint32(again[:]) != length {
			break
		}
		at += int64(length)
	}
	if err := f.Truncate(at); err != nil {
		return err
	}
	_, err := f.Seek(at, io.SeekStart)
	return err
}
