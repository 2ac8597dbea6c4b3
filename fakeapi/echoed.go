package fakeapi

import (
	"cmp"
	"net/http"

	"github.com/espy-hil/espy/fakeapi/echo"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// echoed asks the echo corner; ok is false where the path is none of its own.
func (t *turn) echoed(asked *http.Request, body []byte) (r reply, ok bool) {
	if !echo.Serves(asked.URL.Path) {
		return reply{}, false
	}
	a := echo.Ask(&echo.Request{
		Method: t.line.method, Version: t.line.version, Base: t.base(asked),
		URL: asked.URL, Fields: t.follow.fields, Body: body,
	})
	r = reply{
		status: cmp.Or(a.Status, http.StatusOK), kind: a.Kind, body: a.Body,
		wait: a.Wait, stream: a.Stream, length: a.Length,
		upgrade: a.Status == http.StatusUpgradeRequired,
	}
	for _, h := range a.Headers {
		r.headers = append(r.headers, plan.Header{Name: h[0], Value: h[1]})
	}
	return r, true
}

// base is how the client reaches this server: as it says itself, or, where it says
// nothing, by address.
func (t *turn) base(asked *http.Request) string {
	scheme := "http://"
	if t.secure() {
		scheme = "https://"
	}
	return scheme + cmp.Or(asked.Host, t.net.LocalAddr().String())
}
