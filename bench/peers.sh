#!/usr/bin/env bash
# Installs what make bench measures espy beside, and with, where it is missing: Debian's
# packages, the unix boards and mpremote; programs of npm's are installed by bench itself.
# Its output has a line for each that cannot be had: the name, a tab, and why. bench
# leaves it out by name in the tables. How it gets on is said on standard error.
set -uo pipefail
cd "$(dirname "$0")/.."
said=$(mktemp)
policy=/usr/sbin/policy-rc.d # bench starts nginx itself; no service is to run (invoke-rc.d(8))
ours= sudo=
trap 'rm -f "$said"; [ -z "$ours" ] || $sudo rm -f "$policy"' EXIT
[ "$(id -u)" = 0 ] || sudo="sudo -n"

absent() { printf '%s\t%s\n' "$1" "$2"; echo "bench: there is no $1: $2" >&2; }

# attempt NAME COMMAND… runs a command that brings what has that name. If it fails, its
# first error as apt writes them, or else its last line, is why.
attempt() {
  local name=$1 why
  shift
  "$@" 2>&1 | tee "$said" >&2 && return
  why=$(grep -m 1 '^E: ' "$said" || tail -n 1 "$said")
  absent "$name" "${why:-$1 failed}"
}

want=()
for program in wrk:wrk nginx:nginx-light node:nodejs npm:npm chromium:chromium; do
  command -v "${program%%:*}" >/dev/null || [ -x "/usr/sbin/${program%%:*}" ] || want+=("$program")
done
/usr/bin/python3 -c 'import serial' 2>/dev/null || want+=(python3-serial:python3-serial) # for mpremote
if [ ${#want[@]} -gt 0 ] && ! command -v apt-get >/dev/null; then
  for program in "${want[@]}"; do absent "${program%%:*}" "it is not installed, and there is no apt-get to install it with"; done
elif [ ${#want[@]} -gt 0 ]; then
  if [ ! -e $policy ] && printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null; then
    ours=yes
    $sudo chmod 755 $policy
  fi
  $sudo apt-get update -q >&2
  for program in "${want[@]}"; do
    attempt "${program%%:*}" $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${program##*:}"
  done
fi
attempt "unix boards" sim/unix/build/make.sh
attempt mpremote sim/publish/mpremote.sh
exit 0
