package main

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/hil/serial"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/pty"
	"github.com/espy-hil/espy/sim/publish"
)

// What is no board, or a board in a bad way, is told of in one sentence that says what it
// is and what to do. DEVICE and TIME stand for what differs each time.
func TestABoardInABadWayIsToldOf(t *testing.T) {
	t.Parallel()
	const fails = "board serial:DEVICE does not come to MicroPython's prompt, by "
	all := "Ctrl-C, a soft reset, a reset, opening it anew"
	tests := map[string]struct {
		device func(t *testing.T, link string)
		says   string
	}{
		"a GPS": {
			thing("$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76\r\n", nil),
			fails + `Ctrl-C, in TIME: it sends positions (NMEA 0183), so it is a GPS receiver: choose another port; espy boards lists them (last heard "HEARD")`,
		},
		"a modem": {
			thing("", answering("AT\r", "AT\r\r\nOK\r\n")),
			fails + `Ctrl-C, in TIME: it obeys AT commands, so it is a modem, or an ESP with its AT firmware: choose another port; on an ESP, MicroPython takes the place of that: espy flash writes it (espy flash ESP32_GENERIC) (last heard "HEARD")`,
		},
		"a board without MicroPython": {
			thing("rst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\ninvalid header: 0xffffffff\r\n", nil),
			fails + strings.Replace(all, "a reset, ", "", 1) + `, in TIME: its flash holds nothing that it could start: espy flash writes it (espy flash ESP32_GENERIC) (last heard "HEARD")`,
		},
		"a main.py that never ends and swallows KeyboardInterrupt": {
			thing("MPY: soft reboot\r\n", nil),
			fails + strings.Replace(all, "a reset, ", "", 1) + ", in TIME: MicroPython is on it, and its boot.py or main.py never ends and swallows Ctrl-C: press its reset button while espy tries again, or erase its files: esptool erase_flash, then espy flash (last heard \"HEARD\")",
		},
		"a silent device": {
			thing("", nil),
			fails + strings.Replace(all, "a reset, ", "", 1) + ", in TIME: it is silent: this is not the board's port, or it has no MicroPython, or its main.py never ends and swallows Ctrl-C: try its reset button, and another port; where it has no MicroPython, espy flash writes it (espy flash ESP32_GENERIC) (nothing was heard of it)",
		},
		"CircuitPython": {
			circuitPython,
			"board serial:DEVICE runs CircuitPython, and espy's firmware is for MicroPython: espy flash writes it (espy flash ESP32_GENERIC)",
		},
		"a full filesystem": {
			virtual("import os\nos.statvfs = lambda p: (4096, 4096, 512, 2, 2, 0, 0, 0, 0, 255)"),
			"the firmware takes SIZE of the board's flash beside what it has, and 8.0 KiB are free: remove files of yours, or take the compiled form (--form mpy), or give up the former firmware first (espy deploy --clean)",
		},
		"a read-only filesystem": {
			virtual("import builtins\n_open = open\ndef ro(p, mode='r'):\n    if 'w' in mode: raise OSError(30)\n    return _open(p, mode)\nbuiltins.open = ro"),
			"the board's file system is read-only: unmount the board's USB drive, or see what its boot.py does",
		},
		"nothing at all": {
			func(*testing.T, string) {},
			"board serial:DEVICE: the board is not there: there is no device DEVICE; none is attached: plug the board in, with a cable that carries data",
		},
		"a file": {
			func(t *testing.T, link string) { require.NoError(t, os.WriteFile(link, nil, 0o600)) },
			"it is no serial port, or not one for 115200 baud",
		},
		"two at once on one board": {
			func(t *testing.T, link string) {
				virtual("")(t, link)
				b, err := serial.New("serial:"+link, serial.Options{})
				require.NoError(t, err)
				_, err = b.Open(t.Context())
				require.NoError(t, err)
				t.Cleanup(func() { require.NoError(t, b.Close()) })
			},
			"board serial:DEVICE: the board is in use: PROCESS has DEVICE open; end it, or choose another board",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said, status := runOn(t, test.device)
			require.Contains(t, said, test.says)
			require.Equal(t, statusRig, status, said)
		})
	}
}

func TestABoardInTheMiddleOfAPasteIsBroughtOutOfIt(t *testing.T) {
	t.Parallel()
	said, status := runOn(t, func(t *testing.T, link string) {
		virtual("")(t, link)
		f, err := os.OpenFile(link, os.O_RDWR, 0)
		require.NoError(t, err)
		_, err = f.WriteString("\x03\x02\x05print('never'\r\nif x:")
		require.NoError(t, err)
		require.NoError(t, f.Close())
	})
	require.Contains(t, said, "1 pass")
	require.Zero(t, status)
}

var (
	tookTime = regexp.MustCompile(`in \d+(\.\d+)?m?s: `)
	lastSaid = regexp.MustCompile(`last heard "[^\n]*"\)`)
	sizeSaid = regexp.MustCompile(`takes [\d.]+ KiB of`)
	process  = regexp.MustCompile(`: [\w.()-]+ \(process \d+\) has`)
)

// runOn runs a scenario on a board at a device, and gives what is said, and the status.
func runOn(t *testing.T, device func(t *testing.T, link string)) (said string, status int) {
	t.Helper()
	folder := t.TempDir()
	link := filepath.Join(folder, "device")
	device(t, link)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a.yaml"), []byte("name: gets an album\nrequest: {get: /albums/1}\nexpect: {status_code: 200}\n"), 0o600))
	on := "serial:" + link
	if strings.HasSuffix(t.Name(), "filesystem") {
		on = "kept" // what stands for the state of its flash must outlive trying again
		require.NoError(t, os.WriteFile(filepath.Join(folder, "espy.yaml"), []byte("boards: {kept: {device: ./device, reset: none}}\n"), 0o600))
	}
	c := exec.CommandContext(t.Context(), "espy", "run", "--on", on, "a.yaml") // see TestMain
	c.Dir = folder
	cache := os.Getenv("ESPY_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		require.NoError(t, err)
		cache = filepath.Join(user, "espy")
	}
	c.Env = append(os.Environ(), "ESPY_CACHE="+cache, "ESPY_LEASES="+filepath.Join(folder, "leases"), serial.ByIDVariable+"="+filepath.Join(folder, "none"), "NO_COLOR=1")
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		require.NoError(t, err)
	}
	text := strings.ReplaceAll(string(out), link, "DEVICE")
	if real, err := filepath.EvalSymlinks(link); err == nil {
		text = strings.ReplaceAll(text, real, "DEVICE")
	}
	text = tookTime.ReplaceAllString(text, "in TIME: ")
	text = lastSaid.ReplaceAllString(text, `last heard "HEARD")`)
	text = sizeSaid.ReplaceAllString(text, "takes SIZE of")
	return process.ReplaceAllString(text, ": PROCESS has"), status
}

// answering is a device that says something to what it is asked.
func answering(asked, says string) func(string) string {
	return func(heard string) string {
		if strings.Contains(heard, asked) {
			return says
		}
		return ""
	}
}

// thing is a pty behind which there is no board: it chatters whenever it hears something,
// and answers.
func thing(chatter string, answer func(heard string) string) func(*testing.T, string) {
	return func(t *testing.T, link string) {
		t.Helper()
		wire, terminal, err := pty.Open()
		require.NoError(t, err)
		require.NoError(t, os.Symlink(terminal.Name(), link))
		done := make(chan struct{})
		go func() {
			defer close(done)
			for p := make([]byte, 4096); ; {
				n, err := wire.Read(p)
				if err != nil {
					return
				}
				said := chatter
				if answer != nil {
					said += answer(string(p[:n]))
				}
				_, _ = io.WriteString(wire, said)
			}
		}()
		t.Cleanup(func() {
			require.NoError(t, errors.Join(terminal.Close(), wire.Close()))
			<-done
		})
	}
}

// circuitPython is a REPL like MicroPython's, as far as it is asked here.
func circuitPython(t *testing.T, link string) {
	t.Helper()
	var code strings.Builder
	thing("", func(heard string) string {
		var said strings.Builder
		for _, c := range heard {
			switch c {
			case '\x01':
				said.WriteString("\r\nraw REPL; CTRL-B to exit\r\n>")
				code.Reset()
			case '\x03', '\x02':
				code.Reset()
			case '\x04':
				said.WriteString("OK" + circuitPythonSays(code.String()) + "\x04>")
				code.Reset()
			default:
				code.WriteRune(c)
			}
		}
		return said.String()
	})(t, link)
}

// circuitPythonSays is output, 0x04, exception.
func circuitPythonSays(code string) string {
	switch {
	case strings.Contains(code, "espy.hello"):
		return "\x04Traceback (most recent call last):\r\n  File \"<stdin>\", line 1, in <module>\r\nImportError: no module named 'espy'\r\n"
	case strings.Contains(code, "sys.implementation"):
		return "\x1ecircuitpython\x1e\r\n\x04"
	}
	said := regexp.MustCompile(`^print\('(.*)'\)$`).FindStringSubmatch(code)
	if said == nil {
		return "\x04"
	}
	return said[1] + "\r\n\x04"
}

// virtual publishes a virtual board on which code has been run, and stays until a reset.
func virtual(code string) func(*testing.T, string) {
	return func(t *testing.T, link string) {
		t.Helper()
		s, err := publish.Power(t.Context(), func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
			spec, err := sim.Parse("sim")
			if err != nil {
				return nil, err
			}
			spec.Reach = reach
			b, err := sim.New(ctx, spec, nil)
			if err != nil {
				return nil, err
			}
			u, err := b.Open(ctx)
			if err != nil {
				return nil, err
			}
			defer u.Close()
			r := repl.New("sim", u, repl.Options{})
			return b, errors.Join(r.Enter(ctx), r.Exec(ctx, code, nil), r.Leave(ctx))
		})
		require.NoError(t, err)
		p, err := publish.OpenPty(link)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.Pty(ctx, p) }()
		t.Cleanup(func() {
			cancel()
			require.NoError(t, <-ended)
			require.NoError(t, s.Close())
		})
	}
}
