package esptooltest

import (
	"bytes"
	"compress/zlib"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"io"
	"sync"
)

// Chip is an ESP8266's boot loader, and the stub that esptool puts in its place, as far as
// writing its flash takes them (docs.espressif.com/projects/esptool: serial protocol).
// What comes in frames is for them, and all else for the program on the board: which of
// the two runs is not told by a pin.
//
//	wire --\xc0 command \xc0--> Chip --> Flash
//	     --other bytes--------> board
type Chip struct {
	Spoil int64 // of the flash, the byte that decays once it was written and looked at; 0: none

	mu        sync.Mutex // of what is written to the wire
	wire      io.Writer
	registers map[uint32]uint32
	stub      bool // it runs

	state  sync.Mutex
	flash  []byte
	erased bool // all of it, at once

	deflated bytes.Buffer
	left     uint32 // pieces of it
	at       uint32
}

// The commands.
const (
	memEnd         = 0x06
	synchronise    = 0x08
	writeRegister  = 0x09
	readRegister   = 0x0a
	deflateBegin   = 0x10
	deflateData    = 0x11
	flashMD5       = 0x13
	eraseFlash     = 0xd0
	frame          = 0xc0
	escape         = 0xdb
	flashSize      = 4 << 20
	magicRegister  = 0x40001000 // whose value tells the chip
	clockRegister  = 0x60000014
	spiCommand     = 0x60000200
	spiUser2       = 0x60000224 // the command to the flash's own chip
	spiData        = 0x60000240
	readIdentifier = 0x9f
)

// NewChip is a chip whose flash is empty.
func NewChip() *Chip {
	return &Chip{
		flash:     bytes.Repeat([]byte{0xff}, flashSize),
		registers: map[uint32]uint32{magicRegister: 0xfff0c101, clockRegister: 451}, // 26 MHz, at 115200 baud
	}
}

// Reset ends the stub.
func (c *Chip) Reset() {
	c.state.Lock()
	defer c.state.Unlock()
	c.stub = false
}

// Serve answers what comes over a wire, until that ends; board is who else is there.
func (c *Chip) Serve(wire io.ReadWriter, board io.ReadWriter) {
	c.mu.Lock()
	c.wire = wire
	c.mu.Unlock()
	go func() {
		for p := make([]byte, 4096); ; {
			n, err := board.Read(p)
			c.say(p[:n])
			if err != nil {
				return
			}
		}
	}()
	var command []byte
	framed := false
	for p := make([]byte, 1<<16); ; {
		n, err := wire.Read(p)
		if err != nil {
			return
		}
		for _, b := range p[:n] {
			switch {
			case b == frame && framed && len(command) > 0:
				c.obey(unescape(command))
				framed, command = false, nil
			case b == frame:
				framed = true
			case framed:
				command = append(command, b)
			default:
				_, _ = board.Write([]byte{b})
			}
		}
	}
}

// Flash is so much of the flash, from an address on, and whether all of it was erased.
func (c *Chip) Flash(at, size int) (content []byte, erased bool) {
	c.state.Lock()
	defer c.state.Unlock()
	return bytes.Clone(c.flash[at : at+size]), c.erased
}

func (c *Chip) say(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = c.wire.Write(p)
}

// obey obeys a command: 0, its code, the length of its data, a checksum, and the data.
func (c *Chip) obey(command []byte) {
	if len(command) < 8 || command[0] != 0 {
		return
	}
	c.state.Lock()
	defer c.state.Unlock()
	code, data := command[1], command[8:]
	word := func(i int) uint32 {
		if len(data) < 4*i+4 {
			return 0
		}
		return binary.LittleEndian.Uint32(data[4*i:])
	}
	switch code {
	case synchronise:
		value := uint32(0x20120707)
		if c.stub {
			value = 0
		}
		for range 8 {
			c.answer(code, value, nil)
		}
	case readRegister:
		c.answer(code, c.registers[word(0)], nil)
	case writeRegister:
		c.register(word(0), word(1))
		c.answer(code, 0, nil)
	case memEnd:
		c.answer(code, 0, nil)
		c.stub = true
		c.say([]byte("\xc0OHAI\xc0"))
	case deflateBegin:
		c.deflated.Reset()
		c.left, c.at = word(1), word(3)
		c.answer(code, 0, nil)
	case deflateData:
		if len(data) < 16 || len(data)-16 != int(word(0)) {
			c.refuse(code)
			return
		}
		c.deflated.Write(data[16:])
		if c.left--; c.left == 0 && c.inflate() != nil {
			c.refuse(code)
			return
		}
		c.answer(code, 0, nil)
	case flashMD5:
		sum := md5.Sum(c.flash[word(0) : word(0)+word(1)])
		c.answer(code, 0, sum[:])
		if c.Spoil > 0 {
			c.flash[c.Spoil] ^= 0xff
		}
	case eraseFlash:
		c.erased = true
		for i := range c.flash {
			c.flash[i] = 0xff
		}
		c.answer(code, 0, nil)
	default:
		c.answer(code, 0, nil)
	}
}

// register writes a register: of those that talk to the flash's chip, one has it say how
// large it is.
func (c *Chip) register(address, value uint32) {
	if address != spiCommand {
		c.registers[address] = value
		return
	}
	if c.registers[spiUser2]&0xff == readIdentifier {
		c.registers[spiData] = 0x1640ef // of Winbond, 2^0x16 bytes
	}
}

// inflate writes what has come to the flash.
func (c *Chip) inflate() error {
	r, err := zlib.NewReader(&c.deflated)
	if err != nil {
		return err
	}
	image, err := io.ReadAll(r)
	if err != nil || int(c.at)+len(image) > len(c.flash) {
		return errors.Join(err, io.ErrShortWrite)
	}
	copy(c.flash[c.at:], image)
	return nil
}

func (c *Chip) answer(code byte, value uint32, data []byte) { c.reply(code, value, data, 0) }

func (c *Chip) refuse(code byte) { c.reply(code, 0, nil, 1) }

// reply says 1, the code, the length of the data, a value, the data, and how it went.
func (c *Chip) reply(code byte, value uint32, data []byte, failed byte) {
	data = append(bytes.Clone(data), failed, 0)
	text := []byte{1, code}
	text = binary.LittleEndian.AppendUint16(text, uint16(len(data)))
	text = binary.LittleEndian.AppendUint32(text, value)
	text = append(text, data...)
	text = bytes.ReplaceAll(text, []byte{escape}, []byte{escape, 0xdd})
	text = bytes.ReplaceAll(text, []byte{frame}, []byte{escape, 0xdc})
	c.say(append(append([]byte{frame}, text...), frame))
}

func unescape(p []byte) []byte {
	p = bytes.ReplaceAll(p, []byte{escape, 0xdc}, []byte{frame})
	return bytes.ReplaceAll(p, []byte{escape, 0xdd}, []byte{escape})
}
