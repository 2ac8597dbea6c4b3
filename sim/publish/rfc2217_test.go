package publish_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/rfc2217"
	"github.com/espy-hil/espy/sim/publish"
)

func onRFC2217(t *testing.T, s *publish.Stand) (address string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	return l.Addr().String(), while(t, func(ctx context.Context) error { return s.RFC2217(ctx, l) })
}

// caller is a client that says what the tests have it say, and takes apart what it hears.
type caller struct {
	t    *testing.T
	conn net.Conn
	dec  rfc2217.Decoder
	data []byte
	said [][]byte // values of subnegotiations
}

func call(t *testing.T, address string) *caller {
	t.Helper()
	return &caller{t: t, conn: dial(t, address)}
}

func (c *caller) say(wire ...[]byte) {
	c.t.Helper()
	_, err := c.conn.Write(bytes.Join(wire, nil))
	require.NoError(c.t, err)
}

func (c *caller) control(value byte) []byte {
	return rfc2217.Subnegotiation(rfc2217.ComPort, rfc2217.SetControl, value)
}

func (c *caller) hear() {
	c.t.Helper()
	buf := make([]byte, 4096)
	n, err := c.conn.Read(buf)
	require.NoError(c.t, err, "heard %q, and the values %q", c.data, c.said)
	c.dec.Decode(buf[:n], func(b []byte) { c.data = append(c.data, b...) }, func(e rfc2217.Event) {
		if e.Command == rfc2217.SB {
			c.said = append(c.said, bytes.Clone(e.Value))
		}
	})
}

// until takes data up to and with text.
func (c *caller) until(text string) string {
	c.t.Helper()
	for !bytes.Contains(c.data, []byte(text)) {
		c.hear()
	}
	n := bytes.Index(c.data, []byte(text)) + len(text)
	taken := string(c.data[:n])
	c.data = c.data[n:]
	return taken
}

// urge says something until text is heard: a board that is just starting, because the
// client before has let go of its lines, hears nothing yet.
func (c *caller) urge(what, text string) {
	c.t.Helper()
	for !bytes.Contains(c.data, []byte(text)) {
		c.say([]byte(what))
		require.NoError(c.t, c.conn.SetReadDeadline(time.Now().Add(time.Second)))
		for !bytes.Contains(c.data, []byte(text)) {
			buf := make([]byte, 4096)
			n, err := c.conn.Read(buf)
			c.dec.Decode(buf[:n], func(b []byte) { c.data = append(c.data, b...) }, func(rfc2217.Event) {})
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			require.NoError(c.t, err, "heard %q", c.data)
		}
	}
	c.until(text)
	require.NoError(c.t, c.conn.SetReadDeadline(time.Now().Add(time.Minute)))
}

// answer is the value of the next subnegotiation.
func (c *caller) answer() []byte {
	c.t.Helper()
	for len(c.said) == 0 {
		c.hear()
	}
	v := c.said[0]
	c.said = c.said[1:]
	return v
}

func TestTheSettingsOfAPortAreAnswered(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	c := call(t, address)
	for i, x := range []struct{ ask, want string }{
		{"\x00", "\x64espy sim, board sim"},
		{"\x01\x00\x00\x00\x00", "\x65\x00\x01\xc2\x00"}, // 115200
		{"\x01\x00\xff\xff\x00", "\x65\x00\xff\xff\x00"}, // has to be escaped
		{"\x01\x00", "\x65\x00\xff\xff\x00"},             // is none
		{"\x02\x07", "\x66\x07"},
		{"\x02\x63", "\x66\x07"}, // there are no 99 bits
		{"\x03\x03", "\x67\x03"},
		{"\x04\x02", "\x68\x02"},
		{"\x05\x02", "\x69\x01"}, // XON/XOFF: there is none
		{"\x05\x07", "\x69\x09"}, // DTR is off
		{"\x05\x05", "\x69\x05"}, // break
		{"\x05\x04", "\x69\x05"},
		{"\x05\x06", "\x69\x06"},
		{"\x05", "\x69\x01"},
		{"\x0a\x01", "\x6e\x01"},
		{"\x0b\xff", "\x6f\xff"},
		{"\x0c\x03", "\x70\x03"},
	} {
		c.say(rfc2217.Subnegotiation(rfc2217.ComPort, []byte(x.ask)...))
		if i == 0 {
			require.Equal(t, "\x6b\xb0", string(c.answer()), "it is told first how the lines stand")
		}
		require.Equal(t, x.want, string(c.answer()), "asked %q", x.ask)
	}
}

func TestRTSWithoutDTRIsTheResetButton(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	c := call(t, address)
	hang := func() {
		c.say([]byte("\x03\x03\x01"))
		c.until("raw REPL; CTRL-B to exit\r\n>")
		c.say([]byte("import micropython\nmicropython.kbd_intr(-1)\nprint('hangs')\nwhile True: pass\x04"))
		c.until("hangs\r\n")
	}
	hang()
	c.say(rfc2217.Subnegotiation(rfc2217.ComPort, rfc2217.Signature))
	c.answer() // how the lines stand
	c.answer()
	for _, step := range []byte{rfc2217.DTROn, rfc2217.RTSOn, rfc2217.RTSOff, rfc2217.DTROff} { // what opening a port does
		c.say(c.control(step))
		require.Equal(t, []byte{105, step}, c.answer())
	}
	c.say(c.control(rfc2217.RTSOn))
	require.Equal(t, []byte{105, rfc2217.RTSOn}, c.answer())
	c.data = nil
	c.say(c.control(rfc2217.RTSOff))
	c.until(">>> ")
	hang()
}

func TestAClientMaySuspendTheFlow(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	c := call(t, address)
	c.say([]byte("\x03\x03\x01"))
	c.until("raw REPL; CTRL-B to exit\r\n>")
	c.say(rfc2217.Subnegotiation(rfc2217.ComPort, rfc2217.SuspendFlow), []byte("print('later')\x04"),
		rfc2217.Subnegotiation(rfc2217.ComPort, rfc2217.Signature))
	c.answer() // how the lines stand
	c.answer()
	require.Empty(t, string(c.data))
	c.say(rfc2217.Subnegotiation(rfc2217.ComPort, rfc2217.ResumeFlow))
	c.until("later\r\n")
}

func TestAClientThatSuspendsTheFlowAndVanishesLeavesTheBoardUsable(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	c := call(t, address)
	c.say(rfc2217.Subnegotiation(rfc2217.ComPort, rfc2217.SuspendFlow), []byte("\x03\x03\x01while True: print('x' * 100)\x04"))
	require.NoError(t, c.conn.Close())
	next := call(t, address)
	next.say([]byte("\x03\x03\x01"))
	next.until("raw REPL; CTRL-B to exit\r\n>")
}

func TestASecondClientOfThePortIsToldWhyItIsTurnedAway(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	first := call(t, address)
	first.say([]byte("\x03\x03\x01"))
	first.until("raw REPL; CTRL-B to exit\r\n>")
	got, err := io.ReadAll(dial(t, address))
	require.NoError(t, err)
	require.Contains(t, string(got), "another client has its UART")
}

// Whatever a client says, the board is there for the next one.
func TestNoClientSpoilsABoardForTheNext(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	piece := rapid.OneOf(
		rapid.SliceOfN(rapid.Byte(), 0, 40),
		rapid.Custom(func(t *rapid.T) []byte {
			return append([]byte{rfc2217.IAC}, rapid.SliceOfN(rapid.ByteRange(236, 255), 0, 6).Draw(t, "commands")...)
		}),
		rapid.Custom(func(t *rapid.T) []byte {
			value := rapid.SliceOfN(rapid.ByteRange(0, 16), 0, 6).Draw(t, "value")
			return rfc2217.Subnegotiation(rfc2217.ComPort, value...)
		}),
	)
	rapid.Check(t, func(rt *rapid.T) {
		c := call(t, address)
		for range rapid.IntRange(1, 10).Draw(rt, "pieces") {
			if _, err := c.conn.Write(piece.Draw(rt, "piece")); err != nil {
				break // it has been thrown out
			}
		}
		require.NoError(t, c.conn.Close())
		next := call(t, address)
		next.urge("\r\x03\x03\x01", "raw REPL; CTRL-B to exit\r\n>")
		next.say([]byte("micropython = __import__('micropython'); micropython.kbd_intr(3)\nprint('usa' + 'ble')\x04"))
		next.until("usable\r\n")
		require.NoError(t, next.conn.Close())
	})
}
