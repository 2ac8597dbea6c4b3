package sim

import (
	"bytes"

	"github.com/espy-hil/espy/sim/vm"
)

// Control characters of MicroPython's REPL (shared/readline/readline.h).
const (
	ctrlA = 0x01 // raw REPL
	ctrlB = 0x02 // friendly REPL
	ctrlC = 0x03 // interrupt, clear the line
	ctrlD = 0x04 // execute, soft reset
	ctrlE = 0x05 // paste mode; in the raw REPL: raw paste
)

// rawPrompt is what a board prints on entering the raw REPL.
const rawPrompt = "raw REPL; CTRL-B to exit\r\n>"

// pasteWindow is half of MICROPY_REPL_STDIN_BUFFER_MAX, the flow-control window
// of raw paste mode on every port.
const pasteWindow = 128

// console stands between the UART and the VM's REPL. It does what a port's C code
// does there: CR LF, and raw paste, for which the VM would wait inside a loop
// that the host cannot feed. It is used by the board's goroutine alone.
type console struct {
	out      func([]byte) error // waits while nobody reads
	announce func([]byte) error // never waits
	machine  string             // what the banner says that this is; "" is as the VM has it

	mode
	held    []byte // what is printed while holding
	holding bool
}

// mode is where the two ends stand.
type mode struct {
	raw    bool   // the REPL is in raw mode
	line   string // the beginning of what the raw REPL has been given since its last prompt
	paste  *paste // raw paste is under way
	lastCR bool   // the last byte printed was CR
}

// paste is a raw paste: code that comes in windows, then Ctrl-D.
type paste struct {
	code   []byte
	window int // bytes until the host is told of a further window
}

func (c *console) powerOn() {
	c.mode = mode{}
}

// hold keeps what is printed, for whoever called it to look at.
func (c *console) hold() { c.holding, c.held = true, nil }

func (c *console) release() []byte {
	held := c.held
	c.holding, c.held = false, nil
	return held
}

// print translates LF to CR LF.
func (c *console) print(p []byte) error {
	var cooked []byte
	for i, b := range p {
		if b == '\n' && !c.lastCR {
			if cooked == nil {
				cooked = append(make([]byte, 0, len(p)+16), p[:i]...)
			}
			cooked = append(cooked, '\r')
		}
		if cooked != nil {
			cooked = append(cooked, b)
		}
		c.lastCR = b == '\r'
	}
	if cooked == nil {
		cooked = p
	}
	return c.write(cooked)
}

// write sends bytes as they are.
func (c *console) write(p []byte) error {
	if c.holding {
		c.held = append(c.held, p...)
		return nil
	}
	return c.out(p)
}

// restart shows the prompt of a machine that has just been booted. A soft reset
// keeps the REPL's mode.
func (c *console) restart(m *vm.Machine) error {
	c.line, c.paste = "", nil
	err := m.Prompt()
	if err != nil {
		return err
	}
	if !c.raw {
		banner := c.named(c.release())
		if c.machine != "" { // the ports' REPL begins without the empty line that the VM's has
			banner = bytes.TrimPrefix(banner, []byte("\r\n"))
		}
		return c.announce(banner)
	}
	_, err = m.Feed(ctrlA)
	c.release()
	if err != nil {
		return err
	}
	return c.announce([]byte(rawPrompt))
}

// feed passes one byte from the UART to the REPL.
func (c *console) feed(m *vm.Machine, b byte) (exited bool, err error) {
	switch {
	case c.paste != nil:
		return c.pasted(m, b)
	case !c.raw && b == ctrlA:
		return c.enterRaw(m)
	case b == ctrlB && c.machine != "":
		return c.leaveRaw(m)
	case !c.raw:
		return m.Feed(b)
	case b == ctrlA && c.line == "\x05A":
		return false, c.beginPaste(m)
	}
	switch b {
	case ctrlB:
		c.raw, c.line = false, ""
	case ctrlA, ctrlC, ctrlD:
		c.line = ""
	default:
		if len(c.line) < 3 { // enough to know ctrlE A
			c.line += string([]byte{b})
		}
	}
	return m.Feed(b)
}

// enterRaw feeds Ctrl-A, which means the raw REPL only at an empty prompt: the
// answer tells.
func (c *console) enterRaw(m *vm.Machine) (bool, error) {
	c.hold()
	exited, err := m.Feed(ctrlA)
	answer := c.release()
	if bytes.HasSuffix(answer, []byte(rawPrompt)) {
		c.raw, c.line = true, ""
	}
	if outErr := c.out(answer); err == nil {
		err = outErr
	}
	return exited, err
}

// leaveRaw feeds Ctrl-B, which shows the banner at either prompt.
func (c *console) leaveRaw(m *vm.Machine) (bool, error) {
	c.raw, c.line = false, ""
	c.hold()
	exited, err := m.Feed(ctrlB)
	if outErr := c.out(c.named(c.release())); err == nil {
		err = outErr
	}
	return exited, err
}

// vmMachine is what the VM's banner says that it is.
const vmMachine = "JS with Emscripten"

// named puts the chip's name into a banner.
func (c *console) named(banner []byte) []byte {
	if c.machine == "" {
		return banner
	}
	return bytes.Replace(banner, []byte("; "+vmMachine), []byte("; "+c.machine), 1)
}

// beginPaste answers the handshake of raw paste (docs/reference/repl.rst of
// MicroPython): supported, the window, and a further window.
func (c *console) beginPaste(m *vm.Machine) error {
	c.line = ""
	c.paste = &paste{window: pasteWindow}
	if _, err := m.Feed(ctrlC); err != nil { // the REPL forgets the handshake
		return err
	}
	return c.out([]byte{'R', 1, pasteWindow & 0xFF, pasteWindow >> 8, 1})
}

// pasted takes one byte of raw paste. Ctrl-D ends it and runs the code through the
// ordinary raw REPL, without the OK that raw paste does not have.
func (c *console) pasted(m *vm.Machine, b byte) (exited bool, err error) {
	p := c.paste
	switch b {
	case ctrlC:
		c.paste = nil
		// As the port's C code: the end of the paste is confirmed, then
		// KeyboardInterrupt raised while compiling.
		return false, c.out([]byte("\x04\x04Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n\x04>"))
	case ctrlD:
		c.paste = nil
		return c.runPasted(m, p.code)
	}
	p.code = append(p.code, b)
	if p.window--; p.window == 0 {
		p.window = pasteWindow
		return false, c.out([]byte{1})
	}
	return false, nil
}

func (c *console) runPasted(m *vm.Machine, code []byte) (exited bool, err error) {
	if err := c.out([]byte{ctrlD}); err != nil {
		return false, err
	}
	if len(code) == 0 {
		code = []byte{'\n'} // an empty line would be a soft reset
	}
	if bytes.ContainsAny(code, "\x01\x02") {
		// The raw REPL would obey these where raw paste does not; no source has them.
		return false, c.out([]byte("\x04Traceback (most recent call last):\r\nSyntaxError: control character in source\r\n\x04>"))
	}
	for _, b := range code {
		if _, err := m.Feed(b); err != nil {
			return false, err
		}
	}
	out := c.out
	defer func() { c.out = out }()
	c.out = skipping("OK", out, func() { c.out = out })
	return m.Feed(ctrlD)
}

// skipping leaves out what the first prints begin with, then calls done.
func skipping(prefix string, out func([]byte) error, done func()) func([]byte) error {
	return func(p []byte) error {
		n := 0
		for n < len(p) && n < len(prefix) && p[n] == prefix[n] {
			n++
		}
		if prefix = prefix[n:]; prefix == "" || n < len(p) {
			done()
		}
		if n == len(p) {
			return nil
		}
		return out(p[n:])
	}
}
