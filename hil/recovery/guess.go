package recovery

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/espy-hil/espy/hil/patience"
	"github.com/espy-hil/espy/hil/repl"
)

// Guess is what a device seems to be that does not come to MicroPython's prompt.
type Guess struct {
	What   string // a clause
	Advice string // what to do
	// NoBoard says that it is something else, which is to be left in peace.
	NoBoard bool
}

// toFlash is how a board gets MicroPython.
const toFlash = "espy flash writes it (espy flash ESP32_GENERIC)"

// signs are what devices say that are not at MicroPython's prompt, the surest first.
var signs = []struct {
	say   *regexp.Regexp
	guess Guess
}{
	{
		regexp.MustCompile(`\$(G[PNLAB]|BD|QZ)[A-Z]{3},`),
		Guess{"it sends positions (NMEA 0183), so it is a GPS receiver", "choose another port; espy boards lists them", true},
	},
	{
		regexp.MustCompile(`(?i)(^|\n)[^\n]* login: ?$|(?i)password: ?$`),
		Guess{"it asks for a login, so it is the console of another computer", "choose another port; espy boards lists them", true},
	},
	{
		regexp.MustCompile(`(?m)^AT\s[\s\S]*^(OK|ERROR)\s*$|^\s*(OK|ERROR)\s*$`),
		Guess{"it obeys AT commands, so it is a modem, or an ESP with its AT firmware", "choose another port; on an ESP, MicroPython takes the place of that: " + toFlash, true},
	},
	{
		regexp.MustCompile(`CircuitPython`),
		Guess{"it runs CircuitPython", "espy's firmware is for MicroPython: " + toFlash, true},
	},
	{
		regexp.MustCompile(`waiting for download|DOWNLOAD_BOOT|DOWNLOAD\(`),
		Guess{"it waits in its loader to be flashed", "let go of its BOOT button (GPIO0) and press reset; if it has no MicroPython yet, " + toFlash, false},
	},
	{
		regexp.MustCompile(`invalid header: 0xffffffff|flash read err|No bootable app|ets_main\.c`),
		Guess{"its flash holds nothing that it could start", toFlash, false},
	},
	{
		regexp.MustCompile(`(?i)brownout`),
		Guess{"its supply voltage breaks down", "use a better cable, or a powered hub", false},
	},
	{
		regexp.MustCompile(`Guru Meditation|Fatal exception|Backtrace:|abort\(\) was called|rst cause:|rst:0x`),
		Guess{"it starts, or crashes and starts again, and shows no prompt: other firmware, or a boot.py or main.py that lets nothing in", "if it has MicroPython, erase its files (esptool erase_flash); then " + toFlash, false},
	},
	{
		regexp.MustCompile(`MicroPython|MPY: soft reboot|KeyboardInterrupt|>>> `),
		Guess{"MicroPython is on it, and its boot.py or main.py never ends and swallows Ctrl-C", "press its reset button while espy tries again, or erase its files: esptool erase_flash, then espy flash", false},
	},
}

// recognise guesses from what was heard.
func recognise(heard string) Guess {
	for _, s := range signs {
		if s.say.MatchString(heard) {
			return s.guess
		}
	}
	switch {
	case heard == "":
		return Guess{"it is silent: this is not the board's port, or it has no MicroPython, or its main.py never ends and swallows Ctrl-C", "try its reset button, and another port; where it has no MicroPython, " + toFlash, false}
	case garbled(heard):
		return Guess{"it sends what is no text, as one does at another baud rate", "say its baud rate (baud: in espy.yaml); MicroPython's boards have 115200", false}
	}
	return Guess{"it talks, but does not answer as MicroPython does: other firmware, or a main.py that never ends and swallows Ctrl-C", "if it has no MicroPython, " + toFlash + "; otherwise press its reset button while espy tries again", false}
}

// garbled tells whether a good part of a text is none.
func garbled(s string) bool {
	bad := 0
	for _, c := range s {
		if c == utf8.RuneError || c < ' ' && !strings.ContainsRune("\r\n\t\x03\x04\x1b", c) {
			bad++
		}
	}
	return bad*4 > len([]rune(s))
}

// atPatience is how long a modem may take to say OK.
const atPatience = 300 * time.Millisecond

// guess guesses what does not answer to Ctrl-C. A modem says nothing unless it is asked.
func (p *patient) guess(ctx context.Context) Guess {
	g := recognise(p.heard)
	if g.NoBoard || p.gone {
		return g
	}
	ctx, cancel := patience.Within(ctx, atPatience)
	defer cancel()
	said, err := p.repl.Say(ctx, "\r\nAT\r\n", "OK\r\n", "ERROR\r\n")
	if err == nil {
		p.heard = said
		return recognise(said)
	}
	p.heard += said
	return g
}

// Foreign is a board that has a prompt like MicroPython's, and is not MicroPython.
type Foreign struct {
	Board          string
	Implementation string // circuitpython
}

func (e *Foreign) Error() string {
	name := e.Implementation
	if name == "circuitpython" {
		name = "CircuitPython"
	}
	return fmt.Sprintf("board %s runs %s, and espy's firmware is for MicroPython: %s", e.Board, name, toFlash)
}

// Check sees that what answers at the raw REPL is MicroPython. Nothing is known of an
// answer that does not come whole: then it may be.
func Check(ctx context.Context, name string, r *repl.REPL) error {
	var out strings.Builder
	err := r.Exec(ctx, "import sys\nprint('\\x1e' + sys.implementation[0] + '\\x1e')", &out)
	if err != nil && !errors.As(err, new(*repl.PythonError)) {
		return err
	}
	if m := implementation.FindStringSubmatch(out.String()); m != nil && m[1] != "micropython" {
		return &Foreign{Board: name, Implementation: m[1]}
	}
	return nil
}

var implementation = regexp.MustCompile("\x1e(circuitpython|micropython|cpython|pycopy)\x1e")
