package serial_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/boardtest"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/pty"
	"github.com/espy-hil/espy/sim/publish"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stand powers a virtual board until the test ends.
func stand(t *testing.T, files map[string][]byte) *publish.Stand {
	t.Helper()
	return powered(t, func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		spec, err := sim.Parse("sim")
		require.NoError(t, err)
		spec.Reach = reach
		return sim.New(ctx, spec, files)
	})
}

func powered(t *testing.T, power func(context.Context, func(netip.AddrPort) bool) (board.Board, error)) *publish.Stand {
	t.Helper()
	s, err := publish.Power(t.Context(), power)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// plug publishes a board on a pty, as plugging it in does; unplug hangs that up.
func plug(t *testing.T, s *publish.Stand, link string) (unplug func()) {
	t.Helper()
	p, err := publish.OpenPty(link)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Pty(ctx, p) }()
	done := false
	unplug = func() {
		if !done {
			done = true
			cancel()
			require.NoError(t, <-ended)
		}
	}
	t.Cleanup(unplug)
	return unplug
}

// attached is a board at a device.
func attached(t *testing.T, device string, opt serial.Options) *serial.Board {
	t.Helper()
	b, err := serial.New("serial:"+device, opt)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

// alone are options with a folder of lock files that no other test uses.
func alone(t *testing.T) serial.Options { return serial.Options{Locks: t.TempDir()} }

func TestABoardOnASerialPortConforms(t *testing.T) {
	t.Parallel()
	boardtest.Run(t, func(t *testing.T) board.Board {
		link := filepath.Join(t.TempDir(), "board")
		plug(t, stand(t, nil), link)
		return attached(t, link, alone(t))
	})
}

func ask(t *testing.T, u board.UART, code string) string {
	t.Helper()
	r := repl.New("board", u, repl.Options{})
	require.NoError(t, r.Enter(t.Context()))
	var out strings.Builder
	require.NoError(t, r.Exec(t.Context(), code, &out))
	return out.String()
}

func open(t *testing.T, b *serial.Board) board.UART {
	t.Helper()
	u, err := b.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = u.Close() }) // a test may have closed it
	return u
}

func TestADeviceThatIsNotThereIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("it was never there: nothing is to be waited for"))
	_, err := attached(t, "/dev/ttyUSB77", serial.Options{Locks: t.TempDir(), Finder: serial.ByID(t.TempDir())}).Open(ctx)
	require.ErrorIs(t, err, board.ErrMissing)
	require.EqualError(t, err, "board serial:/dev/ttyUSB77: the board is not there: there is no device /dev/ttyUSB77; none is attached: plug the board in, with a cable that carries data")
}

func TestADeviceThatIsNoSerialPortIsSaid(t *testing.T) {
	t.Parallel()
	plain := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(plain, nil, 0o600))
	for _, device := range []string{"/dev/null", plain} {
		_, err := attached(t, device, alone(t)).Open(t.Context())
		require.ErrorContains(t, err, "it is no serial port")
	}
}

func TestTwoEspyDoNotShareABoard(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "board")
	plug(t, stand(t, nil), link)
	real, err := filepath.EvalSymlinks(link)
	require.NoError(t, err)
	opt := alone(t)
	first := open(t, attached(t, link, opt))
	_, err = attached(t, real, opt).Open(t.Context())
	require.ErrorIs(t, err, board.ErrBusy, "whatever the device is called")
	require.ErrorContains(t, err, "this espy has "+real+" open already")
	require.NoError(t, first.Close())
	require.Equal(t, "42\r\n", ask(t, open(t, attached(t, real, opt)), "print(6 * 7)"))
}

// lockOf is the lock file of a device in a folder.
func lockOf(t *testing.T, folder, device string) string {
	t.Helper()
	real, err := filepath.EvalSymlinks(device)
	require.NoError(t, err)
	return filepath.Join(folder, "LCK.."+strings.ReplaceAll(strings.TrimPrefix(real, "/dev/"), "/", "_"))
}

// zombie is a process that has ended and is not waited for until the test ends.
func zombie(t *testing.T) int {
	t.Helper()
	c := exec.Command("true")
	ended, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	t.Cleanup(func() { _ = c.Wait() })
	_, _ = io.Copy(io.Discard, ended)
	require.Eventually(t, func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Process.Pid))
		return err == nil && strings.Contains(string(stat), ") Z ")
	}, time.Minute, time.Millisecond)
	return c.Process.Pid
}

func TestALockOfADeadProcessIsTakenOver(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "board")
	plug(t, stand(t, nil), link)
	opt := alone(t)
	name := lockOf(t, opt.Locks, link)
	for text, free := range map[string]bool{
		fmt.Sprintf("%10d\n", 1<<22+1):        true, // more than the kernel's numbers go to
		"":                                    true,
		"garbage":                             true,
		fmt.Sprintf("%10d\n", zombie(t)):      true,
		fmt.Sprintf("%10d espy\n", 1):         true,  // an espy that is dead, and whose number is another's now
		fmt.Sprintf("%10d\n", 1):              false, // of a program that lives
		fmt.Sprintf("%10d minicom root\n", 1): false,
	} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		u, err := attached(t, link, opt).Open(t.Context())
		if !free {
			require.ErrorIs(t, err, board.ErrBusy)
			require.ErrorContains(t, err, "(process 1)")
			require.NoError(t, os.Remove(name))
			continue
		}
		require.NoError(t, err, "%q", text)
		now, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprintf("%10d espy\n", os.Getpid()), string(now))
		require.NoError(t, u.Close())
		require.NoFileExists(t, name)
	}
}

func TestOnlyOneOfManyTakesAStaleLock(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "board")
	plug(t, stand(t, nil), link)
	opt := alone(t)
	require.NoError(t, os.WriteFile(lockOf(t, opt.Locks, link), fmt.Appendf(nil, "%10d\n", 1<<22+1), 0o600))
	const many = 8
	opened := make(chan error, many)
	for range many {
		b := attached(t, link, opt)
		go func() {
			_, err := b.Open(t.Context()) // stays open until the test ends
			opened <- err
		}()
	}
	won := 0
	for range many {
		if err := <-opened; err == nil {
			won++
		} else {
			require.ErrorIs(t, err, board.ErrBusy)
		}
	}
	require.Equal(t, 1, won)
}

func TestHangingUpIsToldFromOurOwnClose(t *testing.T) {
	t.Parallel()
	link := filepath.Join(t.TempDir(), "board")
	unplug := plug(t, stand(t, nil), link)
	b := attached(t, link, alone(t))
	u := open(t, b)
	ask(t, u, "print(1)")
	unplug()
	_, err := io.Copy(io.Discard, u)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, "as a device that is unplugged does")
	for err = nil; err == nil; { // the first may still go into the pipe
		_, err = u.Write([]byte("x"))
	}
	require.NotErrorIs(t, err, os.ErrClosed)
	require.NoError(t, u.Close())
	_, err = u.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrClosed)
	_, err = u.Write([]byte("x"))
	require.ErrorIs(t, err, os.ErrClosed)
}

func TestABoardThatIsPluggedInAgainIsFoundByItsNumber(t *testing.T) {
	t.Parallel()
	byID, s := t.TempDir(), stand(t, nil)
	link := func(port string) string {
		return filepath.Join(byID, "usb-Silicon_Labs_CP2102_Bridge_0042-if00-port"+port)
	}
	other := plug(t, stand(t, nil), filepath.Join(byID, "usb-Silicon_Labs_CP2102_Bridge_0001-if00-port0"))
	unplug := plug(t, s, link("0"))
	opt := alone(t)
	opt.Finder = serial.ByID(byID)
	b := attached(t, link("0"), opt)
	u := open(t, b)
	ask(t, u, "kept = 7")
	unplug()
	_, err := io.Copy(io.Discard, u)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.NoError(t, u.Close())

	again := make(chan board.UART, 1)
	go func() {
		u, err := b.Open(t.Context())
		if err != nil {
			t.Error(err)
		}
		again <- u
	}()
	other() // that another board comes and goes tells nothing
	plug(t, s, link("9"))
	u = <-again
	require.NotNil(t, u)
	require.Equal(t, link("9"), b.Device())
	require.Equal(t, "7\r\n", ask(t, u, "print(kept)"), "it is the same board")
	require.NoError(t, u.Close())
}

func TestABoardIsChosenByItsNumber(t *testing.T) {
	t.Parallel()
	byID := t.TempDir()
	opt := alone(t)
	opt.Finder = serial.ByID(byID)
	b := attached(t, "usb=0042", opt)
	_, err := b.Open(t.Context())
	require.ErrorIs(t, err, board.ErrMissing)
	plug(t, stand(t, nil), filepath.Join(byID, "usb-Silicon_Labs_CP2102_Bridge_0042-if00-port0"))
	require.Equal(t, "42\r\n", ask(t, open(t, b), "print(6 * 7)"))
}

func TestANumberThatTwoHaveChoosesNeither(t *testing.T) {
	t.Parallel()
	byID := t.TempDir()
	opt := alone(t)
	opt.Finder = serial.ByID(byID)
	one, other := filepath.Join(byID, "usb-Silicon_Labs_CP2102N_0001-if00-port0"), filepath.Join(byID, "usb-Silicon_Labs_CP2102_0001-if00-port0")
	plug(t, stand(t, nil), one)
	unplug := plug(t, stand(t, nil), other)
	_, err := attached(t, "usb=0001", opt).Open(t.Context())
	require.EqualError(t, err, "board serial:usb=0001: the USB serial number 0001 is that of "+one+" and of "+other+
		": name the board by its device (device: in espy.yaml), such as its link in /dev/serial/by-path")
	var final interface{ Final() bool }
	require.ErrorAs(t, err, &final)
	require.True(t, final.Final())
	require.Equal(t, "42\r\n", ask(t, open(t, attached(t, other, opt)), "print(6 * 7)"), "its device tells which")
	unplug()
	require.Equal(t, "42\r\n", ask(t, open(t, attached(t, "usb=0001", opt)), "print(6 * 7)"))
}

func TestAWriteThatIsNotTakenEndsWithItsDeadline(t *testing.T) {
	t.Parallel()
	wire, terminal, err := pty.Open()
	require.NoError(t, err)
	b := attached(t, terminal.Name(), alone(t))
	u := open(t, b)
	require.NoError(t, terminal.Close())
	require.NoError(t, u.SetWriteDeadline(time.Now().Add(300*time.Millisecond)))
	for err = nil; err == nil; {
		_, err = u.Write(make([]byte, 1<<12)) // nobody reads the other end
	}
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.ErrorContains(t, u.Close(), "it takes nothing of what was written to it")
	require.NoError(t, wire.Close()) // unplugged: now the device is closed
}

func TestNamesThatAreNoBoardsAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"serial:", "serial:auto", "serial:usb=", "/dev/ttyUSB0", ""} {
		_, err := serial.New(name, serial.Options{})
		require.Error(t, err, name)
	}
}

func TestPortsAreReadFromLinks(t *testing.T) {
	t.Parallel()
	byID := t.TempDir()
	for name, number := range map[string]string{
		"usb-Silicon_Labs_CP2102_USB_to_UART_Bridge_Controller_0001-if00-port0": "0001",
		"usb-Espressif_USB_JTAG_serial_debug_unit_34:85:18:AA:BB:CC-if00":       "34:85:18:AA:BB:CC",
		"usb-1a86_USB_Serial-if00-port0":                                        "Serial", // a CH340 has none; nothing in the name tells
		"something":                                                             "",
	} {
		require.NoError(t, os.Symlink("/dev/null", filepath.Join(byID, name)))
		ports, err := serial.ByID(byID).Ports()
		require.NoError(t, err)
		require.Len(t, ports, 1)
		require.Equal(t, number, ports[0].Number, name)
		require.NoError(t, os.Remove(filepath.Join(byID, name)))
	}
	require.NoError(t, os.Symlink("/dev/gone", filepath.Join(byID, "usb-A_B_1-if00")))
	ports, err := serial.ByID(byID).Ports()
	require.NoError(t, err)
	require.Empty(t, ports, "a link that leads nowhere")
	ports, err = serial.ByID("/nowhere").Ports()
	require.NoError(t, err)
	require.Empty(t, ports)
}
