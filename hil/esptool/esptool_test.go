package esptool_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/esptool"
	"github.com/espy-hil/espy/hil/esptool/esptooltest"
)

func TestArgumentsAreThoseOfTheVersion(t *testing.T) {
	t.Parallel()
	w := esptool.Write{Port: "/dev/ttyUSB0", Chip: "esp32", Offset: 0x1000, Image: "a.bin", Baud: 460800, Erase: true}
	require.Equal(t, "--chip esp32 --port /dev/ttyUSB0 --baud 460800 --before default_reset --after hard_reset write_flash --flash_size detect --erase-all 0x1000 a.bin",
		strings.Join(esptool.Tool{Major: 4}.Args(w), " "))
	w.Erase, w.Offset, w.Chip = false, 0, "esp32c3"
	require.Equal(t, "--chip esp32c3 --port /dev/ttyUSB0 --baud 460800 --before default-reset --after hard-reset write-flash --flash-size detect 0x0 a.bin",
		strings.Join(esptool.Tool{Major: 5}.Args(w), " "))
}

func TestBothVersionsTakeWhatTheyAreGiven(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.4", "4.7.0", "4.8.1", "5.0.dev1", "5.1.0"} {
		for _, erase := range []bool{false, true} {
			program := esptooltest.Install(t, version)
			tool, err := esptool.Find(t.Context(), program)
			require.NoError(t, err)
			require.Equal(t, version, tool.Version)
			file := filepath.Join(t.TempDir(), "image.bin")
			require.NoError(t, os.WriteFile(file, []byte("image"), 0o600))
			var out bytes.Buffer
			require.NoError(t, tool.Write(t.Context(), esptool.Write{Port: "/dev/null", Chip: "esp32s3", Image: file, Baud: 460800, Erase: erase}, &out), "%s", &out)
			require.Contains(t, out.String(), "Hash of data verified.")
			require.Contains(t, out.String(), "Verification successful")
			require.Equal(t, erase, strings.Contains(out.String(), "Chip erase completed"))
		}
	}
}

// The stand-in must be as strict as the real ones are, or it says nothing.
func TestStandInRefusesTheOtherVersionsWords(t *testing.T) {
	t.Parallel()
	for version, other := range map[string]int{"4.7.0": 5, "5.1.0": 4} {
		tool := esptool.Tool{Program: esptooltest.Install(t, version), Major: other}
		file := filepath.Join(t.TempDir(), "image.bin")
		require.NoError(t, os.WriteFile(file, []byte("image"), 0o600))
		var out bytes.Buffer
		err := tool.Write(t.Context(), esptool.Write{Port: "/dev/null", Chip: "esp32", Image: file, Baud: 460800}, &out)
		require.Error(t, err, version)
	}
}

func TestWhatEsptoolComplainsAboutIsSaid(t *testing.T) {
	t.Parallel()
	tool, err := esptool.Find(t.Context(), esptooltest.Install(t, "4.7.0"))
	require.NoError(t, err)
	err = tool.Write(t.Context(), esptool.Write{Port: "/dev/nowhere", Chip: "esp32", Image: os.DevNull, Baud: 460800}, &bytes.Buffer{})
	require.ErrorContains(t, err, "writing /dev/null to /dev/nowhere: ")
	require.ErrorContains(t, err, "it said: A fatal error occurred: Could not open /dev/nowhere; hold the board's BOOT (or FLASH) button")
}

func TestEsptoolWithoutTheChipsStubWantsTheOriginal(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "esptool")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\ncat >&2 <<'E'\nTraceback (most recent call last):\n"+
		"FileNotFoundError: [Errno 2] No such file or directory: '/usr/lib/python3/dist-packages/esptool/targets/stub_flasher/stub_flasher_32.json'\nE\nexit 1\n"), 0o755))
	err := esptool.Tool{Program: program, Major: 4}.Write(t.Context(), esptool.Write{Port: "/dev/null", Chip: "esp32", Image: os.DevNull, Baud: 460800}, &bytes.Buffer{})
	require.ErrorContains(t, err, "Debian's esptool comes without what an ESP32, S2 or S3 takes for that, and the original with it: install it with pipx")
}

// Version 4.7.0 knows no ESP32-C5, and no button helps.
func TestChipThatEsptoolDoesNotKnowWantsANewerOne(t *testing.T) {
	t.Parallel()
	for version, says := range map[string]string{
		"4.7.0": "esptool: error: argument --chip/-c: invalid choice: 'esp32c5' (choose from 'auto', 'esp8266', 'esp32')",
		"5.0.0": "╭─ Error ─────╮\n│ Invalid value for '--chip' / '-c': 'esp32c5' is not one of 'auto', 'esp32'. │\n╰─────────────╯",
	} {
		program := filepath.Join(t.TempDir(), "esptool")
		require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\ncat >&2 <<'E'\n"+says+"\nE\nexit 2\n"), 0o755))
		tool := esptool.Tool{Program: program, Version: version, Major: int(version[0] - '0')}
		err := tool.Write(t.Context(), esptool.Write{Port: "/dev/null", Chip: "esp32c5", Image: os.DevNull, Baud: 460800}, &bytes.Buffer{})
		require.ErrorContains(t, err, "esptool "+version+" does not know that chip, and a newer one may: install it")
		require.NotContains(t, err.Error(), "BOOT")
		require.NotContains(t, err.Error(), "╯")
	}
}

func TestVersionThatIsNotKnownSaysWhatToInstall(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"3.3.3":   "is of version 3.3.3, and espy knows versions 4 and 5: install it with pipx install esptool",
		"6.0.0":   "is of version 6.0.0",
		"nothing": "it said",
	} {
		_, err := esptool.Find(t.Context(), esptooltest.Install(t, version))
		require.ErrorContains(t, err, want)
	}
	_, err := esptool.Find(t.Context(), filepath.Join(t.TempDir(), "esptool"))
	require.ErrorContains(t, err, "install it with pipx install esptool")
}

func TestEsptoolThatHangsIsEnded(t *testing.T) {
	t.Parallel()
	tool := esptool.Tool{Program: esptooltest.Install(t, "5.1.0"), Major: 5}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := tool.Write(ctx, esptool.Write{Port: "/dev/hangs", Chip: "esp32", Image: os.DevNull, Baud: 460800}, &bytes.Buffer{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// That esptool ended well is no proof: the flash is read.
func TestFlashThatHasSomethingElseIsSeen(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"4.7.0", "5.1.0"} {
		program := esptooltest.Install(t, version)
		require.NoError(t, os.WriteFile(program+".idle", nil, 0o600))
		tool, err := esptool.Find(t.Context(), program)
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), "image.bin")
		require.NoError(t, os.WriteFile(file, []byte("image"), 0o600))
		err = tool.Write(t.Context(), esptool.Write{Port: "/dev/null", Chip: "esp32", Image: file, Baud: 460800}, &bytes.Buffer{})
		require.ErrorContains(t, err, "was written to /dev/null, and what the flash has is not seen to be that")
		require.ErrorContains(t, err, "Verification failed")
	}
}

// A program that says yes to everything has not compared anything.
func TestComparisonThatSaysNothingIsNone(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "esptool")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755))
	err := esptool.Tool{Program: program, Major: 5}.Write(t.Context(), esptool.Write{Port: "/dev/null", Chip: "esp32", Image: os.DevNull, Baud: 460800}, &bytes.Buffer{})
	require.ErrorContains(t, err, "it does not say that the digest matched")
}

// The environment is of all tests, so this is not parallel.
func TestWithoutEsptoolItSaysWhatToInstall(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := esptool.Find(t.Context(), "")
	require.EqualError(t, err, "there is no esptool and no esptool.py on PATH: "+esptool.Install)
}
