package agent

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// flip damages a frame or a command in one bit.
func flip(text string) string {
	b := []byte(text)
	b[len(b)/2] ^= 1
	return string(b)
}

// On a line that spoils some of what it carries, the record is as on a good one,
// and the request is made once.
func TestWhatTheLineLosesOrDamagesIsAskedForAgain(t *testing.T) {
	t.Parallel()
	is := func(frame, name string) bool { return strings.Contains(frame, `"frame": "`+name+`"`) }
	for name, bad := range map[string]func() (frame func(int, string) string, sent func(string) string){
		"the start is damaged": func() (func(int, string) string, func(string) string) {
			return first(func(f string) bool { return is(f, "start") }, flip), nil
		},
		"the start is lost": func() (func(int, string) string, func(string) string) {
			return first(func(f string) bool { return is(f, "start") }, lose), nil
		},
		"the record is damaged": func() (func(int, string) string, func(string) string) {
			return first(func(f string) bool { return is(f, "record") }, flip), nil
		},
		"the record is lost": func() (func(int, string) string, func(string) string) {
			return first(func(f string) bool { return is(f, "record") }, lose), nil
		},
		"the record is cut short": func() (func(int, string) string, func(string) string) {
			return first(func(f string) bool { return is(f, "record") }, func(f string) string { return f[:50] }), nil
		},
		"every record is damaged, and arrives in slices": func() (func(int, string) string, func(string) string) {
			return func(_ int, f string) string {
				if is(f, "record") {
					return flip(f)
				}
				return f
			}, nil
		},
		"every other part is damaged": func() (func(int, string) string, func(string) string) {
			return func(n int, f string) string {
				if is(f, "part") && n%2 == 0 {
					return flip(f)
				}
				return f
			}, nil
		},
		"the end is lost": func() (func(int, string) string, func(string) string) {
			return first(func(f string) bool { return is(f, "bye") }, lose), nil
		},
		"noise stands before every frame": func() (func(int, string) string, func(string) string) {
			return func(_ int, f string) string { return "\x1eespy 7 \x04\xff\x00" + f }, nil
		},
		"the request is damaged": func() (func(int, string) string, func(string) string) {
			return nil, damageFirst("{", "[")
		},
		"the request is another one": func() (func(int, string) string, func(string) string) {
			return nil, damageFirst("3000", "3001")
		},
		"the request's code is damaged": func() (func(int, string) string, func(string) string) {
			return nil, damageFirst("run(", "ruin(")
		},
		"a command is damaged": func() (func(int, string) string, func(string) string) {
			return nil, damageFirst("part body", "part bod\x05")
		},
		"a command is lost": func() (func(int, string) string, func(string) string) {
			return nil, damageFirst("\n3 ", "")
		},
		"noise stands before a command": func() (func(int, string) string, func(string) string) {
			return nil, damageFirst("\n3 ", "\xff\x03 noise\n3 ")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := do(t, open(t, virtual(t, current())), get("bytes/3000")).Response
			synctest.Test(t, func(t *testing.T) { // silence takes its time
				b := &tapped{Board: virtual(t, current())}
				l := open(t, b)
				b.frame, b.sent = bad()
				got := do(t, l, get("bytes/3000"))
				require.Equal(t, want, got.Response)
				b.frame, b.sent = nil, nil
				require.Equal(t, 1, asked(t, l), "the request is made once")
				require.Equal(t, want, do(t, l, get("bytes/3000")).Response, "the conversation goes on")
			})
		})
	}
}

// first changes the first frame that is meant.
func first(meant func(string) bool, change func(string) string) func(int, string) string {
	done := false
	return func(_ int, f string) string {
		if done || !meant(f) {
			return f
		}
		done = true
		return change(f)
	}
}

func lose(string) string { return "" }

// damageFirst replaces the first occurrence of what is written to the board.
func damageFirst(from, to string) func(string) string {
	done := false
	return func(piece string) string {
		if done || !strings.Contains(piece, from) {
			return piece
		}
		done = true
		return strings.Replace(piece, from, to, 1)
	}
}

func TestFramesBeyondRepairAreTheRigs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ frames, phase string }{
		"every record is damaged, in slices as well": {"record part", "request"},
		"every part is damaged":                      {"part", "record"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := &tapped{Board: virtual(t, current())}
			l := open(t, b)
			b.onFrame(func(_ int, f string) string {
				for name := range strings.FieldsSeq(c.frames) {
					if strings.Contains(f, `"frame": "`+name+`"`) {
						return flip(f)
					}
				}
				return f
			})
			_, err := l.Do(t.Context(), get("bytes/3000"))
			var e *Error
			require.ErrorAs(t, err, &e)
			require.True(t, e.Started && e.Rig, "%v", err)
			require.Equal(t, c.phase, e.Phase)
			require.ErrorContains(t, err, "the line damages the frames beyond repair")
			require.ErrorContains(t, err, "check cable, port and baud rate")
		})
	}
}

func TestSilenceOnALineThatDamagesSaysNothingOnTheFirmware(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &tapped{Board: virtual(t, current())}
		l := open(t, b)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		damaged := false
		b.onFrame(func(_ int, f string) string {
			switch {
			case !strings.Contains(f, `"frame": "record"`):
				return f
			case damaged:
				return lose(f)
			}
			damaged = true
			return flip(f)
		})
		_, err := l.Do(ctx, get("calls"))
		var e *Error
		require.ErrorAs(t, err, &e)
		require.True(t, e.Started && e.Rig, "%v", err)
	})
}

func TestRequestThatNeverArrivesIsGivenUpUnsent(t *testing.T) {
	t.Parallel()
	b := &tapped{Board: virtual(t, current())}
	l := open(t, b)
	b.sent = func(piece string) string { return strings.Replace(piece, "{", "[", 1) }
	_, err := l.Do(t.Context(), get("calls"))
	var e *Error
	require.ErrorAs(t, err, &e)
	require.True(t, !e.Started && e.Rig, "%v", err)
	require.Equal(t, "start", e.Phase)
	require.ErrorContains(t, err, "board sim: start: the request arrived damaged")
	require.ErrorContains(t, err, "no request was sent: reset the board and try again")
}
