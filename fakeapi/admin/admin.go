// Package admin is a page that shows what a running fake API does, and changes what
// it does: which routes there are, what the last exchanges were, byte by byte, which
// versions are accepted, and what goes wrong. The same is to be had as JSON; see
// docs/serve.md.
//
// The page is for the person at this machine. Its listener is its own and on the
// loopback interface, and it answers nobody who has come by another name or from
// another page (see guard.go).
//
//	browser ── GET /, page.js, page.css ──> files of the page
//	        ── GET /api/state ────────────> what there is
//	        ── PUT /api/plan ─────────────> Server.Change
//	        ── GET /api/exchanges?after= ─> Journal, which the server's Observer fills
//	        ── GET /api/capture.pcapng ───> Journal, which the server's capture fills
package admin

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// A Site is what the page is about.
type Site struct {
	Server  *fakeapi.Server
	Journal *Journal // which the server's observer and capture must feed
	URL     string   // of the server
	CA      []byte   // certificate of its CA as PEM; nil: plain HTTP
}

//go:embed page
var page embed.FS

// longest is how long a request for news may wait for some.
const longest = 25 * time.Second

// Serve serves the page on l, a loopback listener that it owns from now on, until
// stop is called.
func Serve(l net.Listener, site Site) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &http.Server{
		Handler:           guard(l.Addr(), handler(site)),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      longest + 10*time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(l) // its error is that it was closed
	}()
	return func() {
		cancel()
		s.Close()
		<-done
	}
}

// handler is the page and its API, unguarded.
func handler(site Site) http.Handler {
	files, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // it is embedded
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServerFS(files))
	mux.HandleFunc("GET /api/state", site.state)
	mux.HandleFunc("PUT /api/plan", site.change)
	mux.HandleFunc("GET /api/exchanges", site.exchanges)
	mux.HandleFunc("GET /api/exchanges/{id}", site.exchange)
	mux.HandleFunc("GET /api/capture.pcapng", site.pcapng)
	mux.HandleFunc("GET /api/capture.txt", site.text)
	mux.HandleFunc("GET /api/ca.pem", site.ca)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, fmt.Sprintf("there is no %.40q to be had with %.10q", r.URL.Path, r.Method))
	})
	return mux
}

// say answers with JSON.
func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.Encode(v) // an error is a client that has left
}

// fail answers with a sentence.
func fail(w http.ResponseWriter, status int, why string) {
	say(w, status, struct {
		Error string `json:"error"`
	}{why})
}

// change puts other words in force.
func (s Site) change(w http.ResponseWriter, r *http.Request) {
	const most = 64 << 10
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, most))
	d.DisallowUnknownFields()
	var words plan.Words
	err := d.Decode(&words)
	if _, more := d.Token(); err == nil && more != io.EOF {
		err = errors.New("something follows it")
	}
	if err != nil {
		fail(w, http.StatusBadRequest, fmt.Sprintf("the body is not a plan: %v", err))
		return
	}
	// Tried out first: orders that are given count fail_first anew.
	if err = words.Apply(new(plan.Server)); err == nil {
		err = s.Server.Change(func(p *plan.Server) { words.Apply(p) })
	}
	if err != nil {
		fail(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	say(w, http.StatusOK, plan.WordsOf(s.Server.Plan()))
}

// exchanges lists what came after ?after=, and waits for news for ?wait= seconds.
func (s Site) exchanges(w http.ResponseWriter, r *http.Request) {
	after, err := number(r, "after")
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	wait, err := number(r, "wait")
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), min(time.Duration(wait)*time.Second, longest))
	defer cancel()
	say(w, http.StatusOK, s.Journal.since(ctx, after))
}

// number is a query parameter that is one; 0 where it is missing.
func number(r *http.Request, name string) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, fmt.Errorf("%s=%.40q is not a number", name, text)
	}
	return int(n), nil
}

func (s Site) exchange(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err == nil {
		if e, ok := s.Journal.find(id); ok {
			say(w, http.StatusOK, e)
			return
		}
	}
	fail(w, http.StatusNotFound, fmt.Sprintf("exchange %.40s is not remembered", r.PathValue("id")))
}

// pcapng gives what is remembered of the wire as a file for Wireshark.
func (s Site) pcapng(w http.ResponseWriter, _ *http.Request) {
	download(w, "application/octet-stream", "espy.pcapng")
	if sink, err := capture.NewPcapng(w); err == nil {
		s.Journal.recent.Replay(sink)
	}
}

// text gives it for people to read.
func (s Site) text(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	s.Journal.recent.Replay(capture.NewText(w))
}

func (s Site) ca(w http.ResponseWriter, _ *http.Request) {
	if s.CA == nil {
		fail(w, http.StatusNotFound, "the server speaks plain HTTP: there is no CA")
		return
	}
	download(w, "application/x-pem-file", "espy-ca.pem")
	w.Write(s.CA)
}

func download(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Cache-Control", "no-store")
}
