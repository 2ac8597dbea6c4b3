#!/usr/bin/env bash
# Builds the interpreters of the unix boards, and mpy-cross, from Debian's source
# package of MicroPython, into the user's cache:
#
#   the machine's own Debian mirror --> the package of trixie, unpatched by us
#       + board/ (our variant)      --> CACHE/unix-HASH/{micropython,micropython-tls,mpy-cross}
#
# HASH is over the files of this folder, so that another variant, or another
# release, is another build; package unix computes it alike. What is there already
# is not built again.
set -euo pipefail
export LC_ALL=C

readonly release=1.25.0 # from 1.27 on the unix port compiles this REPL itself
readonly suite=trixie
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg

here=$(cd "$(dirname "$0")" && pwd)
hash=$(cd "$here" && find . -type f ! -name '.*' | sort | xargs sha256sum | sha256sum | cut -c1-12)
cache=${ESPY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/espy}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
built=$cache/unix-$hash
packages=$cache/micropython-$release-source

say() { echo "unix-board: $*"; }
fail() { say "$*" >&2; exit 1; }

if [ -e "$built/mpy-cross" ]; then
  say "is built, in $built"
  exit 0
fi

codename=
[ "$(uname -sm)" != "Linux x86_64" ] || codename=$(. /etc/os-release && case "$ID" in debian) echo "${VERSION_CODENAME:-}" ;; esac)
case $codename in
bookworm | trixie) ;;
*) fail "the unix boards are built on Debian 12 or 13 on x86-64, which this system is not; the boards named sim run everywhere" ;;
esac

# need COMMAND PACKAGE: notes that the package is missing if the command fails.
missing=()
need() { eval "$1" >/dev/null 2>&1 || missing+=("$2"); }
need "command -v gcc" gcc
need "command -v make" make
need "command -v python3" python3
need "command -v xz" xz-utils
need "command -v dpkg-source" dpkg-dev
need "echo 'int main(void){return 0;}' | gcc -m32 -static -x c -o /dev/null -" gcc-multilib
need "test -e /usr/include/mbedtls/ssl.h" libmbedtls-dev
need "test -e $keyring" debian-archive-keyring
if [ ${#missing[@]} -gt 0 ]; then
  [ "$(id -u)" = 0 ] || fail "${missing[*]} missing; run: sudo apt-get install ${missing[*]}"
  say "installing ${missing[*]}"
  apt-get update -q >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}" >&2
fi

exec 9>"$built.lock"
flock 9
[ ! -e "$built/mpy-cross" ] || exit 0 # another process was quicker
work=$(mktemp -d "$cache/building-XXXXXX")
trap 'rm -rf "$work"' EXIT

# fetch FOLDER downloads the source package of the suite from the mirrors that the
# machine's own sources name, by a configuration of apt that is used for this alone.
fetch() {
  local mirror apt
  mkdir -p "$work/lists/partial" "$work/archives/partial" "$1"
  apt=(-o Dir::State::Lists="$work/lists" -o Dir::Cache="$work" -o Dir::Etc::SourceList="$work/suite.sources"
    -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User="$(id -un)")
  while read -r mirror; do
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$mirror" "$suite" "$keyring" >"$work/suite.sources"
    if apt-get "${apt[@]}" -q --error-on=any update >"$work/apt.log" 2>&1 &&
      (cd "$1" && apt-get "${apt[@]}" -q source --download-only micropython) >>"$work/apt.log" 2>&1; then
      return
    fi
    cat "$work/apt.log" >&2
  done < <(apt-get --print-uris update | sed -n "s#^'\(.*\)/dists/$codename/InRelease'.*#\1#p" | sort -u)
  fail "the source package micropython of Debian $suite cannot be had from the mirrors that this machine's apt is configured for: see what apt said above"
}

if [ ! -e "$packages" ]; then
  say "fetching the source of MicroPython $release (6 MB)"
  fetch "$work/fetched"
  ls "$work"/fetched/micropython_"$release"*.dsc >/dev/null 2>&1 || fail "Debian $suite has $(basename "$work"/fetched/*.dsc), wanted MicroPython $release"
  mv "$work/fetched" "$packages"
fi
# apt has checked the files by the archive's signature; the package's own is by its
# maintainer's key, which Debian 12 does not know.
dpkg-source --no-check -x "$packages"/*.dsc "$work/source" >"$work/unpack.log" 2>&1 || { cat "$work/unpack.log" >&2; fail "unpacking the source failed"; }

# compile FOLDER PROGRAM ARGUMENTS… runs one of the package's makefiles.
compile() {
  local folder=$1 program=$2 log=$work/$2.log
  shift 2
  say "compiling $program"
  make -C "$work/source/$folder" -j"$(nproc)" BUILD="$work/build-$program" PROG="$program" "$@" >"$log" 2>&1 || {
    tail -n 40 "$log" >&2
    fail "compiling $program failed"
  }
}

variant=(VARIANT_DIR="$here/board" MICROPY_MPYCROSS="$work/build-mpy-cross/mpy-cross" MICROPY_MPYCROSS_DEPENDENCY= LDFLAGS_EXTRA=-static)
compile mpy-cross mpy-cross
compile ports/unix micropython "${variant[@]}" MICROPY_FORCE_32BIT=1 MICROPY_PY_SSL=0
compile ports/unix micropython-tls "${variant[@]}" MICROPY_PY_SSL=1 MICROPY_SSL_MBEDTLS=1

mkdir "$work/done"
for program in micropython micropython-tls mpy-cross; do
  mv "$work/build-$program/$program" "$work/done/"
done
cp "$work/source/LICENSE" "$work/done/LICENSE"
basename "$packages"/*.dsc .dsc >"$work/done/SOURCE"
rm -rf "$built"
mv "$work/done" "$built"
say "built, in $built"
