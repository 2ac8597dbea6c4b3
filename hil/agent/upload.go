package agent

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/repl"
)

// uploadPiece is how many bytes of a file are sent at a time: as base64 in a
// program, they must be read and compiled on a heap of 30 KB.
const uploadPiece = 768

// Python that an upload needs on the board. A file is written beside its place and
// compared with its hash before it takes that place, so that a line that drops a
// byte, or a cable that is pulled, leaves the former file or the new one. The
// modules' names with a u are those in C, even on a board that has others in Python.
const (
	uploadBegin = `
import os
from ubinascii import a2b_base64 as _espy_bytes, hexlify as _espy_hex
from uhashlib import sha256 as _espy_sha256
def _espy_mkdir(p):
 try: os.mkdir(p)
 except OSError: pass
def _espy_remove(p):
 try: os.remove(p)
 except OSError: pass
def _espy_place(tmp, p, want):
 h = _espy_sha256()
 with open(tmp, 'rb') as f:
  while True:
   b = f.read(256)
   if not b: break
   h.update(b)
 if _espy_hex(h.digest()).decode() != want: raise ValueError('damaged')
 _espy_remove(p)
 os.rename(tmp, p)
`
	// What is in memory of the former firmware must not be used any more.
	uploadEnd = `
import gc, sys
for _espy_m in list(sys.modules):
 if _espy_m.split('.')[0] == 'espy': del sys.modules[_espy_m]
del _espy_m, _espy_bytes, _espy_hex, _espy_sha256, _espy_mkdir, _espy_remove, _espy_place
gc.collect()
`
)

// upload writes the firmware to the board's flash, and no other file. The manifest
// goes first and comes last, so that half an upload is known as such.
func (l *Link) upload(ctx context.Context, fw Files) error {
	if err := l.repl.Exec(ctx, uploadBegin, nil); err != nil {
		return err
	}
	if err := l.repl.Exec(ctx, "_espy_remove("+quote(firmware.Manifest)+")", nil); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(fw.Files))
	for _, dir := range folders(append(names, firmware.Manifest)) {
		if err := l.repl.Exec(ctx, "_espy_mkdir("+quote(dir)+")", nil); err != nil {
			return err
		}
	}
	for _, name := range names {
		if name == firmware.Manifest {
			continue
		}
		if err := l.writeFile(ctx, name, fw.Files[name]); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	manifest, err := json.Marshal(map[string]string{"hash": fw.Hash, "form": fw.Form})
	if err != nil {
		return err
	}
	if err := l.writeFile(ctx, firmware.Manifest, manifest); err != nil {
		return fmt.Errorf("writing %s: %w", firmware.Manifest, err)
	}
	return l.repl.Exec(ctx, uploadEnd, nil)
}

// folders are the folders that hold files, outermost first.
func folders(files []string) []string {
	all := map[string]bool{}
	for _, file := range files {
		for dir := path.Dir(file); dir != "/" && dir != "."; dir = path.Dir(dir) {
			all[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// writeFile writes a file, again if it arrives damaged.
func (l *Link) writeFile(ctx context.Context, name string, content []byte) error {
	var err error
	for range tries {
		err = l.sendFile(ctx, name, content)
		var raised *repl.PythonError
		if !errors.As(err, &raised) || raised.Type == "OSError" { // the flash's doing, not the line's
			return err
		}
	}
	return err
}

func (l *Link) sendFile(ctx context.Context, name string, content []byte) error {
	tmp := name + ".new"
	var begin strings.Builder
	if other := otherForm(name); other != "" {
		fmt.Fprintf(&begin, "_espy_remove(%s)\n", quote(other))
	}
	fmt.Fprintf(&begin, "_espy_f = open(%s, 'wb')", quote(tmp))
	if err := l.repl.Exec(ctx, begin.String(), nil); err != nil {
		return err
	}
	for piece := range slices.Chunk(content, uploadPiece) {
		code := "_espy_f.write(_espy_bytes('" + base64.StdEncoding.EncodeToString(piece) + "'))"
		if err := l.repl.Exec(ctx, code, nil); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(content)
	place := fmt.Sprintf("_espy_f.close()\ndel _espy_f\n_espy_place(%s, %s, '%s')", quote(tmp), quote(name), hex.EncodeToString(sum[:]))
	return l.repl.Exec(ctx, place, nil)
}

// otherForm is the file that an import would find as well: of a module in both
// forms, the board takes the source, however old.
func otherForm(name string) string {
	switch path.Ext(name) {
	case ".py":
		return strings.TrimSuffix(name, ".py") + ".mpy"
	case ".mpy":
		return strings.TrimSuffix(name, ".mpy") + ".py"
	}
	return ""
}

// quote writes text as a Python string literal in ASCII, without the control
// characters that the raw REPL acts on.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range text {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}
