package run_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/hil/run"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A stage is a pool of boards that do as a test says. Without a script they make
// the request and report what came.
type stage struct {
	offers []string
	power  func(n int) error                                                                              // n-th board powered, from 1
	open   func(ctx context.Context, n int) error                                                         // n-th conversation opened, from 1
	do     func(ctx context.Context, n int, r agent.Request) (rec *agent.Record, handled bool, err error) // n-th request, from 1
	host   string                                                                                         // board.Networked, under this host
	deaf   bool                                                                                           // Listen fails
	hear   func(net.Listener) net.Listener                                                                // what becomes of its listeners

	mu                                   sync.Mutex
	powered, opened, asked, reset, alive int
	listeners                            []string
}

func (s *stage) count(n *int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	*n++
	return *n
}

func (s *stage) pool(name string, size int) run.Pool {
	return run.Pool{Name: name, Size: size, Power: func(context.Context) (board.Board, error) {
		if n := s.count(&s.powered); s.power != nil {
			if err := s.power(n); err != nil {
				return nil, err
			}
		}
		s.count(&s.alive)
		b := &fakeBoard{stage: s, name: name}
		if s.host != "" {
			return networkedBoard{b}, nil
		}
		return b, nil
	}}
}

// fakeBoard is a board without a UART: its conversations are fakeLinks.
type fakeBoard struct {
	stage  *stage
	name   string
	closed sync.Once
}

func (b *fakeBoard) Name() string { return b.name }

func (b *fakeBoard) Open(context.Context) (board.UART, error) {
	return nil, errors.New("a fake board has no UART")
}

func (b *fakeBoard) Reset(context.Context) error {
	b.stage.count(&b.stage.reset)
	return nil
}

func (b *fakeBoard) Close() error {
	b.closed.Do(func() {
		b.stage.mu.Lock()
		defer b.stage.mu.Unlock()
		b.stage.alive--
	})
	return nil
}

// networkedBoard knows its servers under a host of its own.
type networkedBoard struct{ *fakeBoard }

func (b networkedBoard) Listen(_ context.Context, name string) (net.Listener, string, error) {
	if b.stage.deaf {
		return nil, "", errors.New("no port is free")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	b.stage.mu.Lock()
	defer b.stage.mu.Unlock()
	b.stage.listeners = append(b.stage.listeners, name)
	if b.stage.hear != nil {
		l = b.stage.hear(l)
	}
	return l, b.stage.host, err
}

// connect opens a conversation with a fake board.
func connect(ctx context.Context, b board.Board) (run.Link, error) {
	f, ok := b.(*fakeBoard)
	if n, networked := b.(networkedBoard); networked {
		f, ok = n.fakeBoard, true
	}
	if !ok {
		return nil, fmt.Errorf("%T is no fake board", b)
	}
	if n := f.stage.count(&f.stage.opened); f.stage.open != nil {
		if err := f.stage.open(ctx, n); err != nil {
			return nil, err
		}
	}
	return fakeLink{f}, nil
}

type fakeLink struct{ board *fakeBoard }

func (l fakeLink) Hello() agent.Hello {
	return agent.Hello{
		MicroPython: "1.29.0", Platform: "fake", Machine: "a fake board", Offers: l.board.stage.offers,
		Firmware: result.Firmware{Hash: "ab", Form: "py"},
	}
}

func (l fakeLink) Close() error { return nil }

func (l fakeLink) Do(ctx context.Context, r agent.Request) (*agent.Record, error) {
	s := l.board.stage
	if n := s.count(&s.asked); s.do != nil {
		if rec, handled, err := s.do(ctx, n, r); handled {
			return rec, err
		}
	}
	return exchange(ctx, r)
}

// exchange makes a request as a plain client would, and reports on it.
func exchange(ctx context.Context, r agent.Request) (*agent.Record, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	var dialer net.Dialer
	_, port, _ := net.SplitHostPort(u.Host)
	c, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return raised("OSError", err), nil
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	version := r.HTTPVersion
	if version == "" {
		version = "1.1"
	}
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s HTTP/%s\r\nHost: %s\r\nConnection: close\r\n", r.Method, u.RequestURI(), version, u.Host)
	for _, h := range r.Headers {
		fmt.Fprintf(&head, "%s: %s\r\n", h[0], h[1])
	}
	if _, err := io.WriteString(c, head.String()+"\r\n"); err != nil {
		return raised("OSError", err), nil
	}
	reply, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return raised("ProtocolError", err), nil
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		return raised("IncompleteRead", err), nil
	}
	sum := sha256.Sum256(body)
	response := &result.Response{
		Types: map[string]string{"response": "Response"}, StatusCode: reply.StatusCode,
		Reason:  strings.TrimPrefix(reply.Status, fmt.Sprint(reply.StatusCode, " ")),
		Version: strings.TrimPrefix(reply.Proto, "HTTP/"), RequestVersion: version, URL: r.URL,
		Body: result.Body{Length: int64(len(body)), SHA256: hex.EncodeToString(sum[:]), Base64: body},
	}
	for _, name := range slices.Sorted(maps.Keys(reply.Header)) {
		response.Headers = append(response.Headers, [2]string{name, reply.Header.Get(name)})
	}
	for _, want := range r.Want {
		if want == "json" {
			response.JSON = body
		} else {
			response.Text = new(string(body))
		}
	}
	return &agent.Record{Response: response, TimingMS: map[string]float64{"total": 1}, Log: "done\n"}, nil
}

func raised(class string, err error) *agent.Record {
	return &agent.Record{Raises: &result.Raises{In: "request", Type: class, Message: err.Error()}}
}

// broken is a conversation that broke off.
func broken(started, rig bool) error {
	return &agent.Error{Board: "a", Phase: "request", Started: started, Rig: rig, After: time.Second, Log: "Panic\n", Err: errors.New("it broke")}
}

// witness is an observer that writes down what it is told.
type witness struct {
	mu       sync.Mutex
	planned  int
	started  int
	finished []result.Run
	onStart  func(n int)
}

func (w *witness) Planned(all []*result.Run) { w.planned = len(all) }

func (w *witness) Started(*result.Run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.started++
	if w.onStart != nil {
		w.onStart(w.started)
	}
}

func (w *witness) Finished(r *result.Run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.finished = append(w.finished, *r)
}
