#!/usr/bin/env bash
# Installs what make bench measures espy beside, where it is missing: Debian's
# packages, the unix boards and mpremote. What cannot be installed is said here, and
# left out by name in the tables; programs of npm's are installed by bench itself.
set -uo pipefail
cd "$(dirname "$0")/.."
want=()
for program in wrk:wrk nginx:nginx-light node:nodejs npm:npm; do
  command -v "${program%%:*}" >/dev/null || [ -x "/usr/sbin/${program%%:*}" ] || want+=("${program##*:}")
done
/usr/bin/python3 -c 'import serial' 2>/dev/null || want+=(python3-serial) # for mpremote
if [ ${#want[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "bench: not there, and no apt-get to install it with: ${want[*]}" >&2
  else
    sudo=; [ "$(id -u)" = 0 ] || sudo="sudo -n"
    policy=/usr/sbin/policy-rc.d # bench starts nginx itself; no service is to run (invoke-rc.d(8))
    if [ ! -e $policy ] && printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null; then
      trap '$sudo rm -f $policy' EXIT
      $sudo chmod 755 $policy
    fi
    $sudo apt-get update -q >&2
    for package in "${want[@]}"; do
      DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qy --no-install-recommends "$package" >&2 ||
        echo "bench: $package could not be installed" >&2
    done
  fi
fi
sim/unix/build/make.sh >&2 || echo "bench: the unix boards could not be built" >&2
sim/publish/mpremote.sh >&2 || echo "bench: mpremote could not be installed" >&2
exit 0
