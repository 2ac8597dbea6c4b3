package image

import (
	"bytes"
	"crypto/md5" // as the table of partitions has it
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// What stands in an image for the chips of Espressif (esptool, "Firmware Image Format"):
//
//	0   0xE9, number of segments, ...       8 bytes, then 16 more but on the ESP8266
//	12  number of the chip                  esp_chip_id_t of ESP-IDF
//	23  1: a SHA-256 of all before it follows the checksum
//	    segments                            address, length, bytes
//	    0s and a checksum                   up to a multiple of 16 bytes
//	    SHA-256
//
// Of MicroPython's for the ESP32 family the first is the bootloader, and the application
// a second one at 0x10000 of the flash. Between them, at 0x8000, is the table of
// partitions (ESP-IDF, "Partition Tables"): entries of 32 bytes that begin with AA 50,
// and one of EB EB, fourteen FF, and the MD5 of all before it.
const (
	magic        = 0xE9
	mostSegments = 16
	head         = 24
	partitions   = 0x8000
	application  = 0x10000
)

// chips are those that ESP-IDF numbers, and where their bootloader stands on the flash.
var chips = map[uint16]struct {
	name   string
	offset int64
}{
	0:  {"esp32", 0x1000},
	2:  {"esp32s2", 0x1000},
	5:  {"esp32c3", 0},
	9:  {"esp32s3", 0},
	12: {"esp32c2", 0},
	13: {"esp32c6", 0},
	16: {"esp32h2", 0},
	18: {"esp32p4", 0x2000},
	20: {"esp32c61", 0},
	23: {"esp32c5", 0x2000},
}

// smallest is less than any image of MicroPython has.
const smallest = 256 << 10

// verify tells the chip that an image is for and where it goes, if it is whole.
func verify(board string, text []byte) (chip string, offset int64, err error) {
	switch {
	case len(text) < smallest:
		return "", 0, fmt.Errorf("it is no image: it has %d bytes", len(text))
	case text[0] != magic || text[1] == 0 || text[1] > mostSegments:
		return "", 0, fmt.Errorf("it is no image: it begins with % x", text[:4])
	case strings.HasPrefix(strings.ToUpper(board), "ESP8266"):
		return "esp8266", 0, nil
	}
	number := binary.LittleEndian.Uint16(text[12:])
	c, ok := chips[number]
	if !ok {
		return "", 0, fmt.Errorf("it is for a chip that espy does not know, number %d of ESP-IDF: write it with esptool yourself", number)
	}
	if err := hashed(text); err != nil {
		return "", 0, fmt.Errorf("the bootloader in it: %w", err)
	}
	if err := partitioned(text[partitions-c.offset : partitions-c.offset+tableSize]); err != nil {
		return "", 0, fmt.Errorf("the table of partitions in it: %w", err)
	}
	if err := hashed(text[application-c.offset:]); err != nil {
		return "", 0, fmt.Errorf("the application in it: %w", err)
	}
	return c.name, c.offset, nil
}

// tableSize is the most that a table of partitions has.
const tableSize = 0xC00

// partitioned compares a table of partitions with the MD5 at its end.
func partitioned(table []byte) error {
	const entry = 32
	for at := 0; at+entry <= len(table); at += entry {
		one := table[at : at+entry]
		switch {
		case one[0] == 0xAA && one[1] == 0x50:
		case one[0] == 0xEB && one[1] == 0xEB && at > 0:
			if sum := md5.Sum(table[:at]); !bytes.Equal(sum[:], one[16:]) {
				return errors.New("it is damaged: its MD5 is another")
			}
			return nil
		default:
			return fmt.Errorf("its entry %d begins with % x", at/entry, one[:2])
		}
	}
	return errors.New("it has no end")
}

// hashed compares an image with the hash at its end.
func hashed(text []byte) error {
	const ended = "it ends too soon"
	if len(text) < head {
		return errors.New(ended)
	}
	if text[0] != magic || text[1] > mostSegments {
		return fmt.Errorf("it begins with % x", text[:4])
	}
	at := int64(head)
	for range text[1] {
		if at+8 > int64(len(text)) {
			return errors.New(ended)
		}
		at += 8 + int64(binary.LittleEndian.Uint32(text[at+4:]))
	}
	at = (at + 16) &^ 15 // at least the byte of the checksum
	switch {
	case text[23] != 1:
		return errors.New("it brings no SHA-256, as those of micropython.org do: it cannot be told whether it is whole")
	case at+sha256.Size > int64(len(text)):
		return errors.New(ended)
	}
	if sum := sha256.Sum256(text[:at]); !bytes.Equal(sum[:], text[at:at+sha256.Size]) {
		return errors.New("it is damaged: its SHA-256 is another")
	}
	return nil
}

// ChipOf is the chip of a MicroPython, by its sys.platform and what it says of its
// machine, of which the chip is the end: "Generic ESP32 module with ESP32", "M5Stamp with
// ESP32-PICO-D4", "ESP32S3 module with ESP32-S3". Empty: it is no chip of Espressif's.
func ChipOf(platform, machine string) string {
	at := strings.LastIndex(machine, " with ")
	switch {
	case platform == "esp8266":
		return "esp8266"
	case platform != "esp32" || at < 0:
		return ""
	}
	said := strings.ReplaceAll(strings.ToLower(machine[at+len(" with "):]), "-", "")
	found := ""
	for _, c := range chips {
		if strings.HasPrefix(said, c.name) && len(c.name) > len(found) {
			found = c.name
		}
	}
	return found
}
