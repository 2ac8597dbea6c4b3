// Package esptooltest installs a stand-in for esptool that takes the arguments which
// the real one of a version takes, and no others (docs.espressif.com/projects/esptool:
// basic commands, flash modes, and the guide to migrating to version 5).
package esptooltest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Install installs a version and gives its path. Writing to /dev/nowhere fails, to
// /dev/hangs never ends, and elsewhere writes the arguments to the file PROGRAM.log, and
// keeps the image in PROGRAM.flash, with which it compares. Where PROGRAM.idle is, it
// writes nothing and says it has.
func Install(t testing.TB, version string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "esptool")
	name, separator := "esptool", "-"
	if version < "5" {
		name, separator = "esptool.py", "_"
	}
	says := name + " v" + version + "\n" + version
	if version == "nothing" {
		says = "Traceback (most recent call last):"
	}
	text := strings.NewReplacer("NAME", name, "SAYS", says, "SEP", separator).Replace(script)
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

const script = `#!/bin/sh
wrong() { echo "NAME: error: $*" >&2; exit 2; }
if [ "$*" = version ]; then
  echo "SAYS"
  exit
fi
all="$*"
while [ $# -gt 0 ]; do
  case "$1" in
  --chip | -c)
    case "$2" in esp8266 | esp32 | esp32s2 | esp32s3 | esp32c2 | esp32c3 | esp32c6 | esp32h2 | esp32p4) ;; *) wrong "argument --chip: invalid choice: $2" ;; esac
    shift 2 ;;
  --port | -p) port=$2; shift 2 ;;
  --baud | -b) [ "$2" -gt 0 ] || wrong "argument --baud"; shift 2 ;;
  --before) [ "$2" = defaultSEPreset ] || wrong "argument --before: invalid choice: $2"; shift 2 ;;
  --after) [ "$2" = hardSEPreset ] || wrong "argument --after: invalid choice: $2"; shift 2 ;;
  writeSEPflash) does=write; shift; break ;;
  verifySEPflash) does=verify; shift; break ;;
  *) wrong "unrecognized arguments: $1" ;;
  esac
done
while [ $# -gt 0 ]; do
  case "$1" in
  --flashSEPsize) [ "$2" = detect ] || wrong "argument --flashSEPsize: invalid choice: $2"; shift 2 ;;
  --erase-all | -e) erase=1; shift ;;
  0x*) offset=$1; file=$2; shift 2 ;;
  *) wrong "unrecognized arguments: $1" ;;
  esac
done
[ -n "$offset" ] && [ -e "$file" ] || wrong "Must be pairs of an address and the binary filename"
case "$port" in
/dev/nowhere)
  echo; echo "A fatal error occurred: Could not open $port"; echo
  echo "Hint: Check if the port is correct and ESP connected"; echo
  exit 2 ;;
/dev/hangs) exec sleep 60 ;;
esac
echo "Connecting..."
if [ $does = verify ]; then
  if cmp -s "$file" "$0.flash"; then
    echo "Verification successful (digest matched)."
    exit
  fi
  echo "A fatal error occurred: Verification failed (digest mismatch)."
  exit 2
fi
echo "$all" >"$0.log"
[ -e "$0.idle" ] || cp "$file" "$0.flash"
[ -z "$erase" ] || echo "Chip erase completed successfully in 3.1s"
echo "Hash of data verified."
echo "Hard resetting via RTS pin..."
`
