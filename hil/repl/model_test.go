package repl_test

import (
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/espy-hil/espy/hil/repl"
)

// model is a board as pyexec.c makes one, with scripted programs in the place of
// Python: what is sent to it as code is looked up in programs.
type model struct {
	t        *testing.T
	conn     net.Conn
	in       chan byte
	stop     chan struct{} // one receive for each Ctrl-C while a program runs
	programs map[string]func(*model) (traceback string)

	window  int    // of raw paste; 0: the board answers "R\x00"
	refuse  int    // so often it says R\x00 nevertheless, or a line makes it seem so
	ancient bool   // knows no Ctrl-E at all
	deaf    int    // so many bytes are lost before the board listens
	banner  string // boot noise, said before anything else

	raw     bool
	ran     []string // code as it arrived
	running chan bool
}

const helpText = "MicroPython v1.27.0 on 2025-12-09; Model with net.Pipe\r\nType \"help()\" for more information.\r\n"

var printCall = regexp.MustCompile(`^print\('([^']*)'\)$`)

// start powers m up and returns a conversation with it.
func (m *model) start(t *testing.T, opt repl.Options) *repl.REPL {
	t.Helper()
	host, conn := net.Pipe()
	m.t = t
	m.conn, m.in, m.stop, m.running = conn, make(chan byte, 1<<20), make(chan struct{}, 64), make(chan bool, 1)
	m.running <- false
	done := make(chan struct{})
	go m.receive()
	go func() { defer close(done); m.main() }()
	t.Cleanup(func() { _ = host.Close(); <-done })
	return repl.New("model", host, opt)
}

func (m *model) receive() {
	defer close(m.in)
	p := make([]byte, 512)
	for {
		n, err := m.conn.Read(p)
		if err != nil {
			return
		}
		for _, b := range p[:n] {
			if m.deaf > 0 {
				m.deaf--
				continue
			}
			running := <-m.running
			m.running <- running
			if running && b == 3 {
				m.stop <- struct{}{}
				continue
			}
			m.in <- b
		}
	}
}

func (m *model) say(s string) { _, _ = m.conn.Write([]byte(s)) }

// hear takes a byte; a board without power panics out of its main loop.
func (m *model) hear() byte {
	b, ok := <-m.in
	if !ok {
		panic(powerOff{})
	}
	return b
}

type powerOff struct{}

func (m *model) main() {
	defer func() {
		if r := recover(); r != nil && r != (powerOff{}) {
			panic(r)
		}
	}()
	if m.banner != "" {
		m.say(m.banner)
	}
	for {
		if m.raw {
			m.rawREPL()
		} else {
			m.friendlyREPL()
		}
	}
}

// friendlyREPL echoes, as readline does, and runs nothing.
func (m *model) friendlyREPL() {
	m.say("\r\n" + helpText + ">>> ")
	for {
		switch b := m.hear(); b {
		case 1:
			m.raw = true
			m.say("\r\n")
			return
		case 3, '\r':
			m.say("\r\n>>> ")
		default:
			m.say(string(rune(b)))
		}
	}
}

func (m *model) rawREPL() {
	m.say("raw REPL; CTRL-B to exit\r\n>")
	var line []byte
	for {
		switch b := m.hear(); b {
		case 1:
			if string(line) == "\x05A" && !m.ancient {
				m.paste()
				line = nil
				m.say(">")
				continue
			}
			m.say("raw REPL; CTRL-B to exit\r\n>")
			line = nil
		case 2:
			m.raw = false
			return
		case 3:
			line = nil
		case 4:
			m.say("OK")
			if len(line) == 0 {
				m.say("\r\nMPY: soft reboot\r\n")
				return
			}
			if m.execute(string(line)) {
				return
			}
			line = nil
			m.say(">")
		default:
			line = append(line, b)
		}
	}
}

func (m *model) paste() {
	if m.refuse > 0 {
		m.refuse--
		m.say("R\x00")
		return
	}
	if m.window == 0 {
		m.say("R\x00")
		return
	}
	m.say("R\x01" + string([]byte{byte(m.window), byte(m.window >> 8), 1}))
	var code []byte
	for left := m.window; ; {
		b := m.hear()
		if len(m.in) > 2*m.window { // two windows at most are free at any time; Ctrl-D is not counted
			m.t.Error("more was sent than the board had room for")
		}
		if b == 4 {
			m.say("\x04")
			break
		}
		if b == 3 {
			m.say("\x04\x04Traceback (most recent call last):\r\nKeyboardInterrupt: \r\n\x04")
			return
		}
		code = append(code, b)
		if strings.HasSuffix(string(code), "syntax error") {
			m.say("\x04")
			for m.hear() != 4 {
			}
			m.say("\x04Traceback (most recent call last):\r\n  File \"<stdin>\", line 1\r\nSyntaxError: invalid syntax\r\n\x04")
			return
		}
		if left--; left == 0 {
			m.say("\x01")
			left = m.window
		}
	}
	m.execute(string(code))
}

// execute runs a program; it tells whether the interpreter started anew.
func (m *model) execute(code string) (anew bool) {
	m.ran = append(m.ran, code)
	var traceback string
	if p, ok := m.programs[code]; ok {
		<-m.running
		m.running <- true
		traceback = p(m)
		<-m.running
		m.running <- false
	} else if said := printCall.FindStringSubmatch(code); said != nil {
		m.say(said[1] + "\r\n")
	} else {
		traceback = "Traceback (most recent call last):\r\n  File \"<stdin>\", line 1, in <module>\r\nNameError: name isn't defined\r\n"
	}
	if traceback == exits {
		m.say("\x04\x04MPY: soft reboot\r\n")
		return true
	}
	m.say("\x04" + traceback + "\x04")
	return false
}

// exits is what a program returns that raises SystemExit.
const exits = "SystemExit"

// brief are options under which silence is noticed soon: for a bubble of its own time.
var brief = repl.Options{Wait: 100 * time.Millisecond, Retry: 20 * time.Millisecond, Pause: -1}

// patient are options for a board that answers.
var patient = repl.Options{Wait: 20 * time.Second, Retry: 10 * time.Second, Pause: -1}
