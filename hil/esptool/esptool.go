// Package esptool writes an image to a chip's flash, and compares the two, with the user's own esptool, of
// version 4 or 5, which spell their words differently.
//
//	esptool, or esptool.py --version--> 4: write_flash --flash_size   5: write-flash --flash-size
package esptool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Install says how to get it.
const Install = "install it with pipx install esptool (or pip install --user esptool)"

// Tool is an installed esptool.
type Tool struct {
	Program string
	Version string
	Major   int
}

// names are what the program is called: from version 5 on without .py.
var names = []string{"esptool", "esptool.py"}

// versioned is the version in what esptool says of itself: "esptool.py v4.7.0", "esptool v5.1.0".
var versioned = regexp.MustCompile(`(?m)^(?:esptool(?:\.py)? v)?(\d+)(\.\d+\S*)$`)

// patience is how long it may take to say its version: Python starts.
const patience = 30 * time.Second

// Find finds esptool: the program of that name or path, or one on PATH if it is empty.
func Find(ctx context.Context, program string) (Tool, error) {
	look := names
	if program != "" {
		look = []string{program}
	}
	for _, name := range look {
		path, err := exec.LookPath(name)
		if err == nil {
			return ask(ctx, path)
		}
	}
	return Tool{}, fmt.Errorf("there is no %s on PATH: %s", strings.Join(look, " and no "), Install)
}

// ask asks a program for its version.
func ask(ctx context.Context, path string) (Tool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "version").CombinedOutput()
	m := versioned.FindSubmatch(out)
	switch {
	case err != nil:
		return Tool{}, fmt.Errorf("asking %s for its version: %w; it said: %s", path, err, bytes.TrimSpace(out))
	case m == nil:
		return Tool{}, fmt.Errorf("asking %s for its version: it said %q", path, bytes.TrimSpace(out))
	}
	t := Tool{Program: path, Version: string(m[1]) + string(m[2])}
	if t.Major, err = strconv.Atoi(string(m[1])); err != nil || t.Major < 4 || t.Major > 5 {
		return Tool{}, fmt.Errorf("%s is of version %s, and espy knows versions 4 and 5: %s", path, t.Version, Install)
	}
	return t, nil
}

// Write is what is to be written where.
type Write struct {
	Port   string // a device, or rfc2217://HOST:PORT
	Chip   string
	Offset int64
	Image  string // a file
	Baud   int
	Erase  bool // all of the flash first
}

// Args are the arguments for a version of esptool.
func (t Tool) Args(w Write) []string {
	args := append(t.to(w), t.word("write-flash"), "--"+t.word("flash-size"), "detect")
	if w.Erase {
		args = append(args, "--erase-all") // spelt so in both
	}
	return append(args, fmt.Sprintf("0x%x", w.Offset), w.Image)
}

// VerifyArgs are the arguments to compare the flash with what was written. The size of
// the flash, which is in the image, is detected as it was for that.
func (t Tool) VerifyArgs(w Write) []string {
	return append(t.to(w), t.word("verify-flash"), "--"+t.word("flash-size"), "detect", fmt.Sprintf("0x%x", w.Offset), w.Image)
}

// word spells a word as the version does.
func (t Tool) word(text string) string {
	if t.Major == 4 {
		return strings.ReplaceAll(text, "-", "_")
	}
	return text
}

// to are the arguments that say which chip is meant, and what is done with it afterwards.
func (t Tool) to(w Write) []string {
	return []string{
		"--chip", w.Chip, "--port", w.Port, "--baud", strconv.Itoa(w.Baud),
		"--before", t.word("default-reset"), "--after", t.word("hard-reset"),
	}
}

// matched is what esptool says of a flash that has the image, in all versions: -- verify
// OK (digest matched), and Verification successful (digest matched).
const matched = "digest matched"

// noSuchChip is what a parser of arguments says of a chip, of argparse in version 4, of
// click in version 5.
var noSuchChip = regexp.MustCompile(`--chip\S*( / '-c')?: (invalid choice:|'\w+' is not one of)`)

// noStub is what becomes of an esptool whose packager has left out the program that it
// puts on the chip: Debian does for those for which it has no compiler.
var noStub = regexp.MustCompile(`FileNotFoundError.*stub_flasher`)

// fatal begins the line with what went wrong, in all versions.
const fatal = "A fatal error occurred: "

// Write writes an image, which erases what it takes the place of, and has esptool read
// the flash and compare it. What esptool says goes to out as it comes.
func (t Tool) Write(ctx context.Context, w Write, out io.Writer) error {
	if said, err := t.run(ctx, t.Args(w), out); err != nil {
		advice := "hold the board's BOOT (or FLASH) button while it connects, or try --baud 115200"
		switch {
		case noStub.MatchString(said.String()):
			advice = "Debian's esptool comes without what an ESP32, S2 or S3 takes for that, and the original with it: " + Install
		case noSuchChip.MatchString(said.String()):
			advice = "esptool " + t.Version + " does not know that chip, and a newer one may: " + Install
		}
		return fmt.Errorf("writing %s to %s: %s: %w; it said: %s; %s", w.Image, w.Port, t.Program, err, said.line(), advice)
	}
	said, err := t.run(ctx, t.VerifyArgs(w), out)
	if err == nil && !strings.Contains(said.String(), matched) {
		err = errors.New("it does not say that the digest matched")
	}
	if err != nil {
		return fmt.Errorf("%s was written to %s, and what the flash has is not seen to be that: %s %s: %w; it said: %s; try --baud 115200, or another cable",
			w.Image, w.Port, t.Program, t.word("verify-flash"), err, said.line())
	}
	return nil
}

// run runs esptool; last: the end of what it said.
func (t Tool) run(ctx context.Context, args []string, out io.Writer) (last *tail, err error) {
	last = &tail{}
	c := exec.CommandContext(ctx, t.Program, args...)
	c.Stdout = io.MultiWriter(out, last)
	c.Stderr = c.Stdout
	c.WaitDelay = 5 * time.Second
	if err = c.Run(); err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return last, err
}

// tail keeps the end of what was written to it.
type tail struct{ text []byte }

func (t *tail) Write(p []byte) (int, error) {
	const enough = 1 << 10
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-enough):]
	return len(p), nil
}

func (t *tail) String() string { return string(t.text) }

// line is the line that says what went wrong, behind which there may be hints and
// addresses of pages, or the last that says something.
func (t *tail) line() string {
	lines := strings.FieldsFunc(string(t.text), func(r rune) bool { return r == '\n' || r == '\r' })
	for _, line := range lines {
		if strings.Contains(line, fatal) {
			return strings.TrimSpace(line)
		}
	}
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.Trim(lines[i], " │"); strings.ContainsFunc(line, unicode.IsLetter) { // click draws boxes
			return line
		}
	}
	return "nothing"
}
