//go:build peers

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A screen is a terminal of its own, in tmux, and a shell in it that knows espy.
type screen struct {
	t      *testing.T
	socket string
}

// newScreen opens a terminal with a program in it.
func newScreen(t *testing.T, columns, rows int, program ...string) *screen {
	t.Helper()
	folder, err := os.MkdirTemp("", "espy-screen-") // a socket's path may not be long
	require.NoError(t, err)
	s := &screen{t, filepath.Join(folder, "tmux")}
	t.Cleanup(func() {
		_ = exec.Command("tmux", "-S", s.socket, "kill-server").Run() // it has ended by itself where its program has
		require.NoError(t, os.RemoveAll(folder))
	})
	home := t.TempDir()
	s.tmux(append([]string{
		"-f", "/dev/null", "new-session", "-d", "-x", strconv.Itoa(columns), "-y", strconv.Itoa(rows),
		"-e", "HOME=" + home, "-e", "PATH=" + os.Getenv("PATH"), "-e", "ESPY_CACHE=" + cacheFolder(t), "-e", "PS1=ready> ", "-c", home,
	}, program...)...)
	return s
}

func (s *screen) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", s.socket}, args...)...).CombinedOutput()
	require.NoError(s.t, err, "%s", out)
	return string(out)
}

// types sends keys, as tmux names them.
func (s *screen) types(keys ...string) {
	s.t.Helper()
	for _, key := range keys {
		s.tmux("send-keys", key)
	}
}

// shows waits until the screen shows something, and gives all of it.
func (s *screen) shows(what string) string {
	s.t.Helper()
	var all string
	require.Eventually(s.t, func() bool {
		all = s.tmux("capture-pane", "-p", "-J", "-S", "-1000")
		return strings.Contains(all, what)
	}, time.Minute, 20*time.Millisecond, "%q is not shown; last was:\n%s", what, lastly{&all})
	return all
}

// lastly is a text as it is when it is printed.
type lastly struct{ text *string }

func (l lastly) String() string { return *l.text }

func TestShellsCompleteCommandLinesPeer(t *testing.T) {
	t.Parallel()
	shells := map[string]struct {
		program []string
		load    string
	}{
		"bash": {[]string{"bash", "--norc", "-i"}, "source <(espy completion bash); echo load''ed"},
		"zsh":  {[]string{"zsh", "-f", "-i"}, "autoload -U compinit && compinit -u; source <(espy completion zsh); echo load''ed"},
		"fish": {[]string{"fish", "--no-config", "-i"}, "espy completion fish | source; echo load''ed"},
	}
	for name, shell := range shells {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 100, 30, shell.program...)
			s.types(shell.load, "Enter")
			s.shows("\nloaded")
			for i, line := range []struct{ typed, shown string }{
				{"espy vers", "espy version"},
				{"espy run --http-v", "espy run --http-version"},
				{"espy run --on sim,unix:es", "espy run --on sim,unix:esp8266"},
				{"espy run --http-version=au", "espy run --http-version=auto"},
				{"espy serve --personality helidon", "espy serve --personality helidon-4"},
				{"espy run --on sim:1.2", "1.29"},   // several are offered
				{"espy lint /etc/host", "hostname"}, // as are files
			} {
				s.types(line.typed, "Tab", "Tab")
				s.shows(line.shown)
				s.types("C-u") // C-c would be a signal, which overtakes what was typed before
				s.types(fmt.Sprintf("clear; echo do''ne%d", i), "Enter")
				s.shows(fmt.Sprintf("done%d", i))
			}
		})
	}
}

// The grid fills in on a real terminal, whatever its size, and is whole at the end.
func TestTheGridOnATerminalPeer(t *testing.T) {
	t.Parallel()
	bundled, err := filepath.Abs("../../scenarios")
	require.NoError(t, err)
	for _, size := range [][2]int{{80, 24}, {20, 10}, {200, 5}} {
		t.Run(strconv.Itoa(size[0]), func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, size[0], size[1], "sh")
			s.types("espy run --on sim,sim:1.24 "+bundled+"/version; echo status''=$?", "Enter")
			s.shows(" of 2") // the live part: so many of 262
			if size[0] == 80 {
				s.tmux("resize-window", "-x", "50", "-y", "24")
			}
			all := s.shows("\nstatus=0")
			require.NotRegexp(t, `(?m)^\d+ of \d+  `, all, "the live part is left behind")
			require.NotContains(t, all, "…  ", "a cell is not full")
			require.Regexp(t, `(?m)^\d+ runs in .*: \d+\s+pass`, all)
		})
	}
}

// Colours are for a terminal whose user wants them; a terminal that cannot erase has no
// live part.
func TestColoursAreLeftOutWhereTheyAreNotWantedPeer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before        string
		colours, live bool
	}{
		"usual":    {"", true, true},
		"NO_COLOR": {"NO_COLOR=1 ", false, true},
		"dumb":     {"TERM=dumb ", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 80, 24, "sh")
			raw := filepath.Join(t.TempDir(), "raw") // every byte that the terminal got
			s.tmux("pipe-pane", "cat >"+raw)
			s.types(c.before+"espy run -t tutorial; echo status''=$?", "Enter")
			s.shows("\nstatus=0")
			require.Eventually(t, func() bool {
				text, err := os.ReadFile(raw)
				return err == nil && strings.Contains(string(text), "status=0")
			}, time.Minute, 20*time.Millisecond)
			text, err := os.ReadFile(raw)
			require.NoError(t, err)
			_, text, _ = bytes.Cut(text, []byte("scenario")) // what the shell writes before is its own
			require.Equal(t, c.colours, bytes.Contains(text, []byte("\x1b[32mpass")))
			require.Equal(t, c.live, bytes.Contains(text, []byte("\x1b[2K")))
		})
	}
}
