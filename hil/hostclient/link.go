package hostclient

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"runtime"
	"strings"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/board"
)

// Names of the clients.
const (
	NetHTTP = "net/http"
	Curl    = "curl"
)

// Host is this machine, as a board: it needs no power, and has no UART.
type Host struct{}

// Name is the board's name in results.
func (Host) Name() string { return "host" }

// Open says that there is no UART: see [Open].
func (Host) Open(context.Context) (board.UART, error) {
	return nil, fmt.Errorf("this machine is no board: it has no UART")
}

// Reset does nothing: no request leaves anything behind.
func (Host) Reset(context.Context) error { return nil }

// Close does nothing.
func (Host) Close() error { return nil }

// Link makes requests with the clients of this machine. It is used by one goroutine
// at a time.
type Link struct{ session *netHTTP }

// Open begins a conversation.
func Open() *Link { return &Link{} }

// Hello says what this machine is.
func (*Link) Hello() agent.Hello {
	return agent.Hello{Platform: runtime.GOOS, Machine: "this machine, " + runtime.Version(), Offers: []string{"tls"}}
}

// Lacks says what of a request the client cannot be asked for; empty: nothing.
func (*Link) Lacks(r agent.Request) string {
	switch {
	case len(r.Types) > 0:
		return "has no classes of Python"
	case r.MaxBody != nil:
		return "has no max_body"
	case r.Client == Curl && r.Session:
		return "has no Session"
	case r.HTTPVersion == "", r.HTTPVersion == "auto", r.HTTPVersion == "1.1":
		return ""
	case r.HTTPVersion == "1.0" && r.Client == Curl:
		return ""
	}
	return "does not send HTTP/" + r.HTTPVersion
}

// Do makes a request.
func (l *Link) Do(ctx context.Context, r agent.Request) (*agent.Record, error) {
	body, kind, err := payload(r)
	if err != nil {
		return nil, err
	}
	if r.Client == Curl {
		return curl(ctx, r, body, kind)
	}
	if r.Step == 0 || !r.Session || l.session == nil {
		l.end()
		if l.session, err = newNetHTTP(r); err != nil {
			return nil, err
		}
	}
	record, err := l.session.do(ctx, r, body, kind)
	if !r.Session {
		l.session.awaitClosed(ctx)
	}
	return record, err
}

// Close ends connections that are kept.
func (l *Link) Close() error {
	l.end()
	return nil
}

func (l *Link) end() {
	if l.session != nil {
		l.session.transport.CloseIdleConnections()
		l.session = nil
	}
}

// payload is the body of a request, and its media type where the form of the body
// says it. A request without a body has a nil one.
func payload(r agent.Request) (body []byte, kind string, err error) {
	switch {
	case r.HasJSON:
		body, err = json.Marshal(r.JSON)
		return body, "application/json", err
	case len(r.Form) > 0:
		pairs := make([]string, len(r.Form))
		for i, p := range r.Form {
			pairs[i] = url.QueryEscape(p[0]) + "=" + url.QueryEscape(p[1])
		}
		return []byte(strings.Join(pairs, "&")), "application/x-www-form-urlencoded", nil
	case r.Data != nil:
		return []byte(*r.Data), "", nil
	}
	return r.BodyBase64, "", nil
}
