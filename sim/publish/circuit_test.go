package publish_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/rfc2217"
)

// lines sets DTR and RTS one after the other, and waits for the answers.
func (c *caller) lines(steps ...byte) {
	c.t.Helper()
	for _, step := range steps {
		c.say(c.control(step))
		for answer := []byte(nil); len(answer) != 2 || answer[1] != step; {
			answer = c.answer()
		}
	}
}

const (
	inLoader = "waiting for download\r\n"
	rawREPL  = "raw REPL; CTRL-B to exit\r\n>"
)

func TestDTRAndRTSAreWiredAsTheAutoResetCircuitHasThem(t *testing.T) {
	t.Parallel()
	const dtr, rts, noDTR, noRTS = rfc2217.DTROn, rfc2217.RTSOn, rfc2217.DTROff, rfc2217.RTSOff
	for name, x := range map[string]struct {
		steps []byte
		want  string
	}{
		"RTS alone and off again is the reset button": {[]byte{noDTR, rts, noRTS}, "MicroPython v"},
		"RTS, then DTR without RTS, is the loader":    {[]byte{noDTR, rts, dtr, noRTS}, inLoader},
		"DTR alone changes nothing":                   {[]byte{noRTS, dtr, noDTR}, ""},
		"both change nothing":                         {[]byte{dtr, rts, noRTS, noDTR}, ""},
		"RTS, then both, starts it":                   {[]byte{noDTR, rts, dtr}, "MicroPython v"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, _ := onRFC2217(t, stand(t, 0))
			c := call(t, address)
			c.say([]byte("\x03\x03\x01"))
			c.until(rawREPL)
			c.say([]byte("was = 'here'\x04"))
			c.until("OK\x04\x04>")
			c.lines(x.steps...)
			if x.want == "" {
				c.say([]byte("print('still', was)\x04"))
				c.until("still here\r\n")
				return
			}
			c.until(x.want)
		})
	}
}

func TestABoardThatIsHeldSaysAndHearsNothingUntilItIsLetGo(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	c := call(t, address)
	c.say([]byte("\x03\x03\x01"))
	c.until(rawREPL)
	c.say([]byte("open('/heard', 'w').close()\nwhile True: print('x' * 50)\x04"))
	c.until("xxx")
	c.lines(rfc2217.DTROff, rfc2217.RTSOn)
	c.data = nil
	c.say([]byte("\x03\x03\x01import os; os.remove('/heard')\x04"), rfc2217.Subnegotiation(rfc2217.ComPort, rfc2217.SetModemStateMask, 7))
	require.Equal(t, []byte{111, 7}, c.answer()) // it has come past what was said
	require.Empty(t, string(c.data))
	c.lines(rfc2217.RTSOff)
	c.until(">>> ")
	c.say([]byte("import os; print('kept', 'heard' in os.listdir('/'))\r"))
	c.until("kept True\r\n")
}

func TestTheLoaderIsLeftByAReset(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	c := call(t, address)
	c.lines(rfc2217.DTROff, rfc2217.RTSOn, rfc2217.DTROn, rfc2217.RTSOff)
	c.until(inLoader)
	c.say([]byte("\x03\x03\x01")) // nobody is there who would answer
	c.lines(rfc2217.DTROff, rfc2217.RTSOn, rfc2217.RTSOff)
	c.until("MicroPython v")
	require.NotContains(t, c.until(">>> "), "raw REPL")
}

func TestABoardThatAClientHasLeftInResetStarts(t *testing.T) {
	t.Parallel()
	address, _ := onRFC2217(t, stand(t, 0))
	c := call(t, address)
	c.lines(rfc2217.DTROff, rfc2217.RTSOn)
	require.NoError(t, c.conn.Close())
	next := dial(t, address)
	var heard []byte
	require.Eventually(t, func() bool { // it may still be on its way to the prompt
		_, err := next.Write([]byte("\x03\x03\x01"))
		require.NoError(t, err)
		require.NoError(t, next.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
		buf := make([]byte, 4096)
		n, _ := next.Read(buf)
		heard = append(heard, buf[:n]...)
		return bytes.Contains(heard, []byte(rawREPL))
	}, time.Minute, time.Millisecond)
}
