package rig

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/esptool"
	"github.com/espy-hil/espy/hil/image"
	"github.com/espy-hil/espy/hil/repl"
	"github.com/espy-hil/espy/hil/serial"
)

// Flashing is what is to be written to which board's flash.
type Flashing struct {
	Image   string // BOARD[@RELEASE] of micropython.org
	Board   string // serial:PORT or rfc2217://HOST:PORT; empty: the one that is attached
	Map     string // the file of the hardware map; empty: the nearest
	Erase   bool   // all of the flash first, the user's files with it
	Program string // esptool; empty: the one on PATH
	Baud    int
	Site    string // in place of micropython.org; empty: that
}

// Flash fetches an official image of MicroPython, has the user's esptool write it to a
// board, and sees that the board boots it. It says what it does, and what esptool says.
func Flash(ctx context.Context, f Flashing, out io.Writer) error {
	say := func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
	kind, release, err := image.Parse(f.Image)
	if err != nil {
		return mistake("%w", err)
	}
	chosen, port, err := flashable(f.Board, f.Map)
	if err != nil {
		return err
	}
	tool, err := esptool.Find(ctx, f.Program)
	if err != nil {
		return err
	}
	source, err := image.Usual()
	if err != nil {
		return fmt.Errorf("finding the cache of images: %w", err)
	}
	if f.Site != "" {
		source.Site = strings.TrimSuffix(f.Site, "/")
	}
	i, err := source.Find(ctx, kind, release)
	if err == nil {
		i, err = source.Fetch(ctx, i, say)
	}
	if err != nil {
		return err
	}
	say("writing %s at 0x%x of the %s on board %s, with esptool %s", i.File(), i.Offset, i.Chip, chosen.name, tool.Version)
	power, err := powering(chosen, deploy.Files{})
	if err != nil {
		return mistake("%w", err)
	}
	b, err := leased(chosen.where(), "espy flash", func(ctx context.Context) (board.Board, error) {
		w := esptool.Write{Port: port, Chip: i.Chip, Offset: i.Offset, Image: i.Path, Baud: f.Baud, Erase: f.Erase}
		if err := tool.Write(ctx, w, out); err != nil {
			return nil, err
		}
		return power(ctx)
	})(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	said, err := boots(ctx, b, i)
	if err != nil {
		return fmt.Errorf("%s was written, but: %w", i.File(), err)
	}
	say("board %s boots MicroPython %s", chosen.name, said)
	return nil
}

// flashable is the board that is meant, and what esptool is to call its port.
func flashable(name, file string) (t target, port string, err error) {
	var names []string
	if name != "" {
		names = []string{name}
	}
	all, err := reachable(names, file)
	if err != nil {
		return t, "", err
	}
	if name == "" {
		all = slices.DeleteFunc(all, target.away)
	}
	if len(all) == 0 {
		return t, "", ErrNoBoard
	}
	if len(all) > 1 {
		names = nil
		for i := range all {
			names = append(names, all[i].name)
		}
		return t, "", mistake("%d boards are meant, and one can be written to at a time: name it: %s", len(all), strings.Join(names, ", "))
	}
	t = all[0]
	switch where := t.where(); {
	case strings.HasPrefix(where, "tcp://"):
		return t, "", mistake("board %s: a board behind tcp:// cannot be brought to its boot loader, for want of modem lines; rfc2217:// has them", t.name)
	case !strings.HasPrefix(where, "serial:"):
		return t, where, nil
	default:
		b, err := serial.New(where, serial.Options{Name: t.name})
		if err != nil {
			return t, "", err
		}
		defer b.Close()
		port, err = b.Find()
		return t, port, err
	}
}

// away tells whether a board of the map is known not to be attached.
func (t target) away() bool {
	where := t.where()
	if !strings.HasPrefix(where, "serial:") {
		return false
	}
	b, err := serial.New(where, serial.Options{})
	if err != nil {
		return false
	}
	defer b.Close()
	_, err = b.Find()
	return errors.Is(err, board.ErrMissing)
}

// firstBoot is how long a board may take to be at its prompt: it makes its file system.
const firstBoot = 30 * time.Second

// askVersion prints what a board has booted.
const askVersion = `
import sys
v = sys.implementation[1]
print('.'.join(str(n) for n in v[:3]) + ('-' + v[3] if len(v) > 3 and v[3] else ''), 'on', getattr(sys.implementation, '_machine', sys.platform))
`

// boots sees that a board boots an image's release, and says what it says of itself.
func boots(ctx context.Context, b board.Board, i image.Image) (string, error) {
	uart, err := b.Open(ctx)
	if err != nil {
		return "", err
	}
	defer uart.Close()
	r := repl.New(b.Name(), uart, repl.Options{Wait: firstBoot})
	if err := r.Enter(ctx); err != nil {
		return "", fmt.Errorf("board %w; press its RESET button, and see whether its flash is as large as the image wants", err)
	}
	var out bytes.Buffer
	if err := r.Exec(ctx, askVersion+"print(sys.platform)\n", &out); err != nil {
		return "", err
	}
	said, platform, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(out.String(), "\r\n", "\n")), "\n")
	if is := image.ChipOf(platform, said); is != i.Chip {
		return "", fmt.Errorf("board %s boots MicroPython %s, whose chip is %s, and an image for the %s was written", b.Name(), said, cmp.Or(is, "not told (platform "+platform+")"), i.Chip)
	}
	version, _, _ := strings.Cut(said, " ")
	want, _, _ := strings.Cut(i.Release, "-") // a preview does not tell its number
	if got, _, _ := strings.Cut(version, "-"); got != want && got != want+".0" {
		return "", fmt.Errorf("board %s boots MicroPython %s, and %s was written", b.Name(), said, i.Release)
	}
	return said, r.Leave(ctx)
}
