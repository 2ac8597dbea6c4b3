// Package imagetest makes images that are built as MicroPython's are, and hold nothing.
package imagetest

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

const (
	partitions  = 0x8000
	application = 0x10000
)

// ESP32 is an image for a chip of ESP-IDF, by its number, that begins at an offset of
// the flash: a bootloader, a table of partitions, and an application of so many bytes at 0x10000.
func ESP32(chip uint16, offset, size int) []byte {
	text := one(chip, 5000)
	text = append(text, slices.Repeat([]byte{0xff}, partitions-offset-len(text))...)
	text = append(text, table()...)
	text = append(text, slices.Repeat([]byte{0xff}, application-offset-len(text))...)
	return append(text, one(chip, size)...)
}

// table is a table of partitions: nvs, phy_init, factory, vfs.
func table() []byte {
	var text []byte
	for i := range 4 {
		entry := make([]byte, 32)
		entry[0], entry[1], entry[2] = 0xAA, 0x50, byte(i)
		text = append(text, entry...)
	}
	sum := md5.Sum(text)
	text = append(text, 0xEB, 0xEB)
	text = append(text, slices.Repeat([]byte{0xff}, 14)...)
	return append(text, sum[:]...)
}

// one is an image with two segments and a hash.
func one(chip uint16, size int) []byte {
	text := make([]byte, 24)
	text[0], text[1], text[23] = 0xE9, 2, 1
	binary.LittleEndian.PutUint16(text[12:], chip)
	for _, n := range []int{size / 3, size - size/3} {
		text = binary.LittleEndian.AppendUint32(text, 0x3f400000)
		text = binary.LittleEndian.AppendUint32(text, uint32(n))
		for i := range n {
			text = append(text, byte(i*7))
		}
	}
	text = append(text, make([]byte, (len(text)+16)&^15-len(text))...)
	sum := sha256.Sum256(text)
	return append(text, sum[:]...)
}

// ESP8266 is an image for an ESP8266.
func ESP8266(size int) []byte {
	text := make([]byte, size)
	text[0], text[1] = 0xE9, 1
	return text
}
