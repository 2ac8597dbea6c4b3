#!/usr/bin/env bash
# Puts esptool 4.7.0 into the user's cache where the system has none, for the tests that
# espy flash has with the real one: CACHE/esptool/esptool. It is Debian 13's package,
# from the mirror that this machine's apt knows, checked by apt; Debian 12 has none. It
# needs python3-serial and python3-intelhex. Debian leaves out the stubs for the ESP32,
# S2 and S3: for a board of yours take the one of pipx.
set -euo pipefail
export LC_ALL=C
readonly suite=trixie
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg
cache=${ESPY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/espy}
there=$cache/esptool
if command -v esptool >/dev/null || [ -x "$there/esptool" ]; then exit 0; fi
fail() { echo "esptool: $*" >&2; exit 1; }
for module in serial intelhex; do
  /usr/bin/python3 -c "import $module" 2>/dev/null || fail "python3-$module is missing; run: sudo apt-get install python3-$module"
done
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
mkdir -p "$cache"
work=$(mktemp -d "$cache/esptool-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/done"
apt=(-o Dir::State::Lists="$work/lists" -o Dir::Cache="$work" -o Dir::Etc::SourceList="$work/suite.sources"
  -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none)
while read -r mirror; do
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$mirror" "$suite" "$keyring" >"$work/suite.sources"
  if apt-get "${apt[@]}" -q --error-on=any update >"$work/apt.log" 2>&1 &&
    (cd "$work" && apt-get "${apt[@]}" -q download esptool) >>"$work/apt.log" 2>&1; then
    break
  fi
  cat "$work/apt.log" >&2
done < <(apt-get --print-uris update | sed -n "s#^'\(.*\)/dists/$codename/InRelease'.*#\1#p" | sort -u)
package=$(ls "$work"/esptool_*.deb 2>/dev/null) || fail "the package esptool of Debian $suite cannot be had from the mirrors that this machine's apt is configured for"
dpkg -x "$package" "$work/package"
mv "$work/package/usr/lib/python3/dist-packages" "$work/done/path"
printf '#!/bin/sh\nPYTHONPATH=$(dirname "$0")/path exec /usr/bin/python3 -m esptool "$@"\n' >"$work/done/esptool"
chmod +x "$work/done/esptool"
"$work/done/esptool" version >"$work/version" 2>&1 || { cat "$work/version" >&2; fail "it does not run"; }
mv -T "$work/done" "$there" 2>/dev/null || [ -x "$there/esptool" ] # another process was quicker
echo "esptool: is in $there"
