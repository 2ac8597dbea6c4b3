package fakeapi

import (
	"bytes"
	"maps"
	"net/http"
	"slices"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// call asks the fake API, and takes its answer down instead of sending it: the
// status line, the framing and the order of the fields stay ours. The body of the
// reply is a's, until a is used again.
func (s *Server) call(r *http.Request, a *transcript) reply {
	a.begin()
	s.api.ServeHTTP(a, r)
	out := reply{status: a.status, kind: a.header.Get("Content-Type"), body: a.body.Bytes()}
	a.header.Del("Content-Type")
	if len(a.header) == 0 {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		for _, value := range a.header[name] {
			out.headers = append(out.headers, plan.Header{Name: name, Value: value})
		}
	}
	return out
}

// transcript is the http.ResponseWriter that takes an answer down.
type transcript struct {
	status int
	wrote  bool
	header http.Header
	body   bytes.Buffer
}

// begin is a new page.
func (a *transcript) begin() {
	if a.header == nil {
		a.header = make(http.Header, 2)
	}
	clear(a.header)
	a.body.Reset()
	a.status, a.wrote = http.StatusOK, false
}

func (a *transcript) Header() http.Header { return a.header }

func (a *transcript) WriteHeader(status int) {
	if !a.wrote {
		a.status, a.wrote = status, true
	}
}

func (a *transcript) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}
