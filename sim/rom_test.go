package sim_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/sim"
)

// onAll runs a test on a board of every release, and on one with a chip.
func onAll(t *testing.T, test func(t *testing.T, b *sim.Board)) {
	t.Helper()
	names := []string{"sim:esp32"}
	for _, release := range sim.Releases() {
		names = append(names, "sim:"+release)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, power(t, name, nil))
		})
	}
}

func TestAsyncioIsTheBoardsOwn(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, b *sim.Board) {
		l, _, err := b.Listen(t.Context(), "main")
		require.NoError(t, err)
		defer l.Close()
		served := make(chan error, 1)
		go func() {
			c, err := l.Accept()
			if err == nil {
				_, err = io.CopyN(c, c, 5)
				c.Close()
			}
			served <- err
		}()
		got := run(t, talk(t, b), fmt.Sprintf(`
import asyncio
said = []
async def tick():
  for i in range(3):
    said.append(i)
    await asyncio.sleep_ms(1)
async def slow():
  await asyncio.sleep(100)
async def main():
  task = asyncio.create_task(tick())
  r, w = await asyncio.open_connection('127.0.0.1', %d)
  w.write(b'ping\n')
  await w.drain()
  said.append(await r.readline())
  w.close()
  await task
  try:
    await asyncio.wait_for_ms(slow(), 5)
  except asyncio.TimeoutError:
    said.append('late')
asyncio.run(main())
print(sorted(map(str, said)), asyncio.__version__)`, l.Addr().(*net.TCPAddr).Port))
		require.Equal(t, `['0', '1', '2', "b'ping\\n'", 'late'] (3, 0, 0)`, got)
		require.NoError(t, <-served)
	})
}

func TestCtrlCInterruptsAsyncioAndInput(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, b *sim.Board) {
		r := talk(t, b)
		for _, wait := range []string{"import asyncio\nasync def f(): await asyncio.sleep(100)\nasyncio.run(f())", "input()"} {
			p, err := r.Start(t.Context(), "print('ready')\n"+wait)
			require.NoError(t, err)
			for seen := []byte(nil); !bytes.Contains(seen, []byte("ready")); {
				out, err := p.Output(t.Context())
				require.NoError(t, err)
				seen = append(seen, out...)
			}
			require.NoError(t, r.Interrupt(t.Context()))
			var e *repl.PythonError
			require.ErrorAs(t, p.Wait(t.Context()), &e)
			require.Equal(t, "KeyboardInterrupt", e.Type)
		}
	})
}

func TestInputIsEchoedAndEdited(t *testing.T) {
	t.Parallel()
	b := power(t, "sim", nil)
	s := look(t, b)
	s.send("x = input('name? ')\r")
	s.until("\r\nname? ")
	s.send("\nesX\x7fpy\x08\x08\x08\x08\x08Espy\r")
	require.Equal(t, "esX\b \bpy\b \b\b \b\b \b\b \bEspy\r\n>>> ", s.until(">>> "))
	s.send("repr(x)\r")
	s.until("\"'Espy'\"")
	s.send("input()\r")
	s.until("input()\r\n")
	s.send("\x04")
	s.until("EOFError")
}

func TestTheConsoleCanBePolled(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, b *sim.Board) {
		r := talk(t, b)
		p, err := r.Start(t.Context(), `
import select, sys
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
print(poll.poll(0), poll.poll(1))
while not poll.poll(10): pass
print(repr(sys.stdin.read(1)), poll.poll(0))`)
		require.NoError(t, err)
		var seen []byte
		for !bytes.Contains(seen, []byte("[] []\r\n")) {
			out, err := p.Output(t.Context())
			require.NoError(t, err)
			seen = append(seen, out...)
		}
		require.NoError(t, p.Input(t.Context(), []byte("x")))
		for !bytes.Contains(seen, []byte("'x' []\r\n")) {
			out, err := p.Output(t.Context())
			require.NoError(t, err, "%s", seen)
			seen = append(seen, out...)
		}
		require.NoError(t, p.Wait(t.Context()))
	})
}

func TestWhatGoesToTheBufferOfStdoutIsBinary(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, b *sim.Board) {
		var out bytes.Buffer
		require.NoError(t, talk(t, b).Exec(t.Context(), "import sys\nprint('a')\nsys.stdout.buffer.write(b'b\\n\\r\\n\\x00\\n')\nsys.stdout.write('c\\n')", &out))
		require.Equal(t, "a\r\nb\n\r\n\x00\nc\r\n", out.String())
	})
}
