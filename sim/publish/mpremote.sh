#!/usr/bin/env bash
# Puts mpremote, MicroPython's own tool for boards, into the user's cache where the
# system has none: CACHE/mpremote/mpremote. It comes from Debian's source package of
# MicroPython, which make unix-board has fetched, as Debian 13's own package of it
# does. It needs Debian's python3-serial.
set -euo pipefail
cache=${ESPY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/espy}
there=$cache/mpremote
if command -v mpremote >/dev/null || [ -x "$there/mpremote" ]; then exit 0; fi
fail() { echo "mpremote: $*" >&2; exit 1; }
source=$(ls "$cache"/micropython-*-source/*.orig.tar.xz 2>/dev/null | tail -n 1 || true)
[ -n "$source" ] || fail "MicroPython's source is not in $cache: run make unix-board, or install mpremote"
/usr/bin/python3 -c 'import serial' 2>/dev/null || fail "python3-serial is missing; run: sudo apt-get install python3-serial"
work=$(mktemp -d "$cache/mpremote-XXXXXX")
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xf "$source" --wildcards '*/tools/mpremote/mpremote/*' --strip-components=3
mkdir -p "$work/done/path"
mv "$work/mpremote" "$work/done/path/mpremote"
printf '#!/bin/sh\nPYTHONPATH=$(dirname "$0")/path exec /usr/bin/python3 -m mpremote "$@"\n' >"$work/done/mpremote"
chmod +x "$work/done/mpremote"
mv -T "$work/done" "$there" 2>/dev/null || [ -x "$there/mpremote" ] # another process was quicker
echo "mpremote: is in $there"
