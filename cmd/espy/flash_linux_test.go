package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/esptool/esptooltest"
	"github.com/espy-hil/espy/hil/image/imagetest"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
)

// mirror is a micropython.org with one image, of a release.
func mirror(t *testing.T, release string) string {
	t.Helper()
	file := "/resources/firmware/ESP32_GENERIC-20251209-v" + release + ".bin"
	mux := http.NewServeMux()
	mux.HandleFunc("/download/ESP32_GENERIC/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<a href="` + file + `">`))
	})
	mux.HandleFunc(file, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(imagetest.ESP32(0, 0x1000, 300_000)) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// mirror8266 has release 1.27.0 for the ESP8266.
func mirror8266(t *testing.T) string {
	t.Helper()
	file := "/resources/firmware/ESP8266_GENERIC-20251209-v1.27.0.bin"
	mux := http.NewServeMux()
	mux.HandleFunc("/download/ESP8266_GENERIC/", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(file)) })
	mux.HandleFunc(file, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(imagetest.ESP8266(600_000)) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// attached is a virtual board of a release on a device.
func attached(t *testing.T, release string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "board")
	t.Cleanup(attach(t, path, release))
	return path
}

// attach attaches one at a path, until it is unplugged.
func attach(t *testing.T, path, release string) (unplug func()) {
	t.Helper()
	p, err := publish.OpenPty(path)
	require.NoError(t, err)
	spec, err := sim.Parse("sim:esp32@" + release)
	require.NoError(t, err)
	s, err := publish.Power(t.Context(), func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
		spec := spec
		spec.Reach = reach
		return sim.New(ctx, spec, nil)
	})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Pty(ctx, p) }()
	return func() {
		cancel()
		<-ended
		_ = s.Close()
	}
}

// flash runs espy flash, with a cache of its own.
func flash(t *testing.T, args ...string) (out string, status int) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "espy", append([]string{"flash"}, args...)...) // see TestMain
	c.Env = append(os.Environ(), "ESPY_CACHE="+t.TempDir())
	text, err := c.CombinedOutput()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	return string(text), c.ProcessState.ExitCode()
}

func TestFlashFetchesWritesAndProvesByWhatBoots(t *testing.T) {
	t.Parallel()
	tool := esptooltest.Install(t, "5.1.0")
	device := attached(t, "1.27")
	out, status := flash(t, "ESP32_GENERIC@1.27", "serial:"+device, "--esptool", tool, "--mirror", mirror(t, "1.27.0"), "--erase")
	require.Zero(t, status, out)
	require.Contains(t, out, "writing ESP32_GENERIC-20251209-v1.27.0.bin at 0x1000 of the esp32 on board serial:"+device+", with esptool 5.1.0\n")
	require.Contains(t, out, "boots MicroPython 1.27.0")
	said, err := os.ReadFile(tool + ".log")
	require.NoError(t, err)
	require.Regexp(t, `^--chip esp32 --port `+device+` --baud 460800 .* write-flash --flash-size detect --erase-all 0x1000 \S+/ESP32_GENERIC-20251209-v1\.27\.0\.bin\n$`, string(said))

	// An esptool that says it has written, and has not.
	require.NoError(t, os.WriteFile(tool+".idle", nil, 0o600))
	require.NoError(t, os.Remove(tool+".flash"))
	out, status = flash(t, "ESP32_GENERIC@1.27", "serial:"+device, "--esptool", tool, "--mirror", mirror(t, "1.27.0"))
	require.Equal(t, statusRig, status, out)
	require.Contains(t, out, "what the flash has is not seen to be that")
	require.NotContains(t, out, "boots MicroPython")
	require.NoError(t, os.Remove(tool+".idle"))

	// A board that goes on with what it had before was not written to.
	out, status = flash(t, "ESP32_GENERIC", "serial:"+device, "--esptool", tool, "--mirror", mirror(t, "1.26.1"))
	require.Equal(t, statusRig, status)
	require.Contains(t, out, "ESP32_GENERIC-20251209-v1.26.1.bin was written, but: board serial:"+device+" boots MicroPython 1.27.0")
	require.Contains(t, out, ", and 1.26.1 was written\n")
}

func TestFlashSeesThatTheChipIsTheImages(t *testing.T) {
	t.Parallel()
	tool := esptooltest.Install(t, "5.1.0")
	out, status := flash(t, "ESP8266_GENERIC", "serial:"+attached(t, "1.27"), "--esptool", tool, "--mirror", mirror8266(t))
	require.Equal(t, statusRig, status, out)
	require.Contains(t, out, "with ESP32, whose chip is esp32, and an image for the esp8266 was written")
}

// Nothing is fetched, and esptool not asked, for a board that is not there.
func TestFlashLooksForTheBoardFirst(t *testing.T) {
	t.Parallel()
	for board, want := range map[string]string{
		"serial:usb=NOPE":     "no port has the USB serial number NOPE",
		"serial:/dev/ttyUSB9": "there is no device /dev/ttyUSB9",
	} {
		tool := esptooltest.Install(t, "5.1.0")
		out, status := flash(t, "ESP32_GENERIC", board, "--esptool", tool, "--mirror", mirror(t, "1.27.0"))
		require.Equal(t, statusRig, status, out)
		require.Contains(t, out, want)
		require.NotContains(t, out, "fetching")
		require.NoFileExists(t, tool+".log")
	}
}

func TestFlashSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	device := attached(t, "1.27")
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"ESP32_GENERIC", "serial:" + device, "--esptool", "/nowhere/esptool"}, statusRig, "install it with pipx install esptool"},
		{[]string{"ESP32_GENERIC", "serial:" + device, "--esptool", esptooltest.Install(t, "3.1")}, statusRig, "espy knows versions 4 and 5"},
		{[]string{"ESP32_GENERIC", "tcp://127.0.0.1:1"}, statusUsage, "rfc2217:// has them"},
		{[]string{"a/b", "serial:" + device}, statusUsage, "is not BOARD or BOARD@RELEASE"},
		{[]string{"ESP32_GENERIC", "sim"}, statusUsage, "powered anew for each run"},
		{[]string{"ESP32_GENERIC@1.20", "serial:" + device, "--esptool", esptooltest.Install(t, "4.7.0"), "--mirror", mirror(t, "1.27.0")}, statusRig, "names no release 1.20 of ESP32_GENERIC; there are 1.27.0"},
	} {
		out, status := flash(t, c.args...)
		require.Equal(t, c.status, status, out)
		require.Contains(t, out, c.want)
	}
}
