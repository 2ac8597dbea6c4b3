package standalone

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"github.com/espy-hil/espy/fakeapi"
)

// A log has a line for each request: what was asked in which version, what was
// answered in which, and how long that took.
type log struct {
	*slog.Logger
	shown func(line string) string // how a line of a client's is written
}

// newLog writes to a file: in colours for a person, as key=value for a program.
func newLog(f *os.File) *log {
	if !term.IsTerminal(int(f.Fd())) {
		return &log{slog.New(slog.NewTextHandler(f, nil)), shortened} // which quotes by itself
	}
	return &log{slog.New(tint.NewTextHandler(f, &tint.Options{
		TimeFormat: "15:04:05.000",
		NoColor:    os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb",
	})), printable}
}

// clean has every line that is shown cleaned first; nil: as it is.
func (l *log) clean(by func(string) string) *log {
	if by != nil {
		shown := l.shown
		l.shown = func(line string) string { return shown(by(line)) }
	}
	return l
}

// observer is told what is to be logged; a quiet one of the server's own trouble alone.
func (l *log) observer(quiet bool) fakeapi.Observer {
	if !quiet {
		return fakeapi.Observer{Exchange: l.exchange, Failed: l.failed}
	}
	return fakeapi.Observer{Exchange: func(fakeapi.Exchange) {}, Failed: func(f fakeapi.Failure) {
		if f.Connection == 0 {
			l.failed(f)
		}
	}}
}

func (l *log) exchange(e fakeapi.Exchange) {
	version, status := e.Answered()
	level := slog.LevelInfo
	if status == 0 || status >= 400 {
		level = slog.LevelWarn
	}
	answer := slog.Int("status", status)
	if status == 0 {
		answer = slog.String("status", "none")
	}
	l.LogAttrs(context.Background(), level, l.shown(e.RequestLine),
		slog.String("asked", cmp.Or(l.shown(e.Asked()), "unreadable")),
		slog.String("answered", cmp.Or(version, "nothing")),
		answer,
		slog.Duration("took", e.End.Sub(e.Start).Round(time.Microsecond)),
		slog.Int("connection", e.Connection),
		slog.Int("received", len(e.Request)),
		slog.Int("sent", len(e.Reply)))
}

// shortened is a request line of a width that can be read; the longest that is taken
// has 64 KiB.
func shortened(line string) string {
	const most = 200
	if len(line) <= most {
		return line
	}
	return strings.ToValidUTF8(line[:most], "") + "…"
}

// printable is a line for a terminal, which would obey some of what a client can send.
func printable(line string) string {
	quoted := strconv.Quote(shortened(line))
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

func (l *log) failed(f fakeapi.Failure) {
	if f.Connection == 0 {
		l.LogAttrs(context.Background(), slog.LevelError, "clients wait to be connected", slog.String("why", f.Err.Error()))
		return
	}
	l.LogAttrs(context.Background(), slog.LevelWarn, "no request came",
		slog.Int("connection", f.Connection), slog.Any("client", f.Client), slog.String("why", f.Err.Error()))
}

// stopped is the last line.
func (l *log) stopped() { l.Info("stopped") }
