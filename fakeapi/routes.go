package fakeapi

import (
	"net/http"
	"strings"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// route finds the first route that matches and is not used up, and uses it.
func (o *orders) route(line requestLine, r *http.Request) *plan.Route {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.plan.Routes {
		route := &o.plan.Routes[i]
		if (route.Times > 0 && o.used[i] >= route.Times) || !matches(route, line, r) {
			continue
		}
		o.used[i]++
		return route
	}
	return nil
}

// matches compares a route with a request: the path as it was sent or decoded,
// and the query as it was sent where the route has one.
func matches(route *plan.Route, line requestLine, r *http.Request) bool {
	if route.Method != "" && route.Method != line.method {
		return false
	}
	path, query, hasQuery := strings.Cut(route.Path, "?")
	if hasQuery && query != r.URL.RawQuery {
		return false
	}
	return path == r.URL.Path || path == r.URL.EscapedPath()
}

func routed(route *plan.Route) reply {
	r := reply{status: route.Status, reason: route.Reason, headers: route.Headers, body: route.Body}
	if r.status == 0 {
		r.status = http.StatusOK
	}
	switch {
	case route.JSON:
		r.kind = "application/json"
	case len(route.Body) > 0:
		r.kind = http.DetectContentType(route.Body)
	}
	return r
}
