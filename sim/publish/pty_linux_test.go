package publish_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/espy-hil/espy/sim/publish"
)

// onPty publishes a board, and gives the link to its pty.
func onPty(t *testing.T, s *publish.Stand) (link string, stop func()) {
	t.Helper()
	link = filepath.Join(t.TempDir(), "board")
	p, err := publish.OpenPty(link)
	require.NoError(t, err)
	return link, while(t, func(ctx context.Context) error { return s.Pty(ctx, p) })
}

// openPty opens the client's end, as a program does that takes it for a serial port.
func openPty(t *testing.T, link string) *os.File {
	t.Helper()
	f, err := os.OpenFile(link, os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	require.NoError(t, f.SetDeadline(time.Now().Add(time.Minute)))
	t.Cleanup(func() { _ = f.Close() }) // a test may have closed it
	return f
}

func TestAPublishedBoardRunsProgramsOnAPty(t *testing.T) {
	t.Parallel()
	link, _ := onPty(t, stand(t, 0))
	require.Equal(t, "42", run(t, talk(t, openPty(t, link)), "print(6 * 7)"))
}

func TestAPtyChangesNoByte(t *testing.T) {
	t.Parallel()
	link, _ := onPty(t, stand(t, 0))
	f := openPty(t, link)
	r := talk(t, f)
	// 3 interrupts and 10 is printed as 13 10: the board's doing.
	program, err := r.Start(t.Context(), "import sys, micropython\nmicropython.kbd_intr(-1)\nprint('on', end='')\nx = sys.stdin.buffer.read(256)\nmicropython.kbd_intr(3)\n"+
		"sys.stdout.buffer.write(bytes(b for b in x if b != 10))\nprint(x == bytes(range(256)))")
	require.NoError(t, err)
	got, err := program.Output(t.Context())
	require.NoError(t, err)
	require.Equal(t, "on", string(got))
	all := make([]byte, 256)
	want := make([]byte, 0, 256)
	for i := range all {
		all[i] = byte(i)
		if i != '\n' {
			want = append(want, byte(i))
		}
	}
	require.NoError(t, program.Input(t.Context(), all))
	want = append(want, "True\r\n\x04\x04>"...)
	var heard []byte
	for len(heard) < len(want) {
		b, err := program.Heard(t.Context())
		require.NoError(t, err)
		heard = append(heard, b...)
	}
	require.Equal(t, want, heard)
}

func TestAPtyIsFoundAsItWasByTheNextClient(t *testing.T) {
	t.Parallel()
	s := stand(t, 0)
	link, _ := onPty(t, s)
	address, _ := onTCP(t, s)
	for i := range 20 {
		f := openPty(t, link)
		r := talk(t, f)
		require.Equal(t, "2", run(t, r, "print(1 + 1)"))
		if i%2 == 0 { // leaves cooked mode, and output that nobody reads
			require.NoError(t, unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, &unix.Termios{
				Lflag: unix.ICANON | unix.ECHO | unix.ISIG, Iflag: unix.ICRNL, Oflag: unix.OPOST | unix.ONLCR, Cflag: unix.CS8 | unix.CREAD,
			}))
			_, err := f.WriteString("print('x' * 30000)\x04")
			require.NoError(t, err)
		}
		require.NoError(t, f.Close())
		c := dial(t, address) // has the board when the pty's client is known to have gone
		_, err := c.Write([]byte("\x01"))
		require.NoError(t, err)
		_, err = c.Read(make([]byte, 1))
		require.NoError(t, err)
		require.NoError(t, c.Close())
	}
}

func TestAClientOnThePtyIsTurnedAwayWhileAnotherHasTheBoardOverTCP(t *testing.T) {
	t.Parallel()
	s := stand(t, 0)
	address, _ := onTCP(t, s)
	link, _ := onPty(t, s)
	c := dial(t, address)
	talk(t, c)

	f := openPty(t, link)
	const want = "espy: board sim: another client has its UART; come back when it has gone\r\n"
	got := make([]byte, len(want))
	for n := 0; n < len(got); {
		m, err := f.Read(got[n:])
		require.NoError(t, err)
		n += m
	}
	require.Equal(t, want, string(got))
	require.NoError(t, f.Close())
	require.NoError(t, c.Close())
	require.Equal(t, "1", run(t, talk(t, openPty(t, link)), "print(1)"))
}

func TestTheLinkToAPtyIsRemovedInTheEnd(t *testing.T) {
	t.Parallel()
	link, stop := onPty(t, stand(t, 0))
	f := openPty(t, link)
	talk(t, f)
	stop()
	_, err := os.Lstat(link)
	require.ErrorIs(t, err, os.ErrNotExist)
	for err = nil; err == nil; { // hung up: the end of the file, or EIO
		_, err = f.Read(make([]byte, 100))
	}
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
}

func TestALinkThatAKilledEspyLeftIsReplacedAndAnyOtherFileIsNot(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	stale, file, living := filepath.Join(folder, "stale"), filepath.Join(folder, "file"), filepath.Join(folder, "living")
	require.NoError(t, os.Symlink("/dev/pts/1000000", stale))
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	first, err := publish.OpenPty(living)
	require.NoError(t, err)
	defer func() { require.NoError(t, first.Close()) }()
	for _, taken := range []string{file, living} {
		_, err := publish.OpenPty(taken)
		require.ErrorIs(t, err, os.ErrExist)
		_, err = os.Lstat(taken)
		require.NoError(t, err)
	}
	p, err := publish.OpenPty(stale)
	require.NoError(t, err)
	require.NoError(t, p.Close())
	_, err = os.Lstat(stale)
	require.ErrorIs(t, err, os.ErrNotExist)
}
