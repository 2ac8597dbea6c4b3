package admin

import (
	"net/http"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/fakeapi/plan/personality"
)

// state is everything but the exchanges.
type state struct {
	URL           string            `json:"url"`
	TLS           *certificate      `json:"tls"` // null: plain HTTP
	Connections   int               `json:"open_connections"`
	Plan          plan.Words        `json:"plan"`
	Personalities []personalityKind `json:"personalities"`
	Faults        []faultKind       `json:"faults"`
	Paths         []path            `json:"paths"`
}

type certificate struct {
	Cert string `json:"cert"`
}

type personalityKind struct {
	Name   string `json:"name"`
	Server string `json:"server"`
	Source string `json:"source"`
}

type faultKind struct {
	Name    string `json:"name"`
	Says    string `json:"says"`
	Expects string `json:"expects"`
	Flag    bool   `json:"flag"` // true or false
}

// path is one that is answered. N stands for a number, … for words of one's own.
type path struct {
	Methods string `json:"methods"`
	Path    string `json:"path"`
}

func (s Site) state(w http.ResponseWriter, _ *http.Request) {
	p := s.Server.Plan()
	now := state{URL: s.URL, Connections: s.Server.OpenConnections(), Plan: plan.WordsOf(p)}
	if p.TLS != nil {
		now.TLS = &certificate{p.TLS.Cert}
	}
	for _, kind := range personality.All() {
		now.Personalities = append(now.Personalities, personalityKind{kind.Name, kind.Server, kind.Source})
	}
	for _, kind := range plan.FaultKinds() {
		if !kind.Unreachable { // which cannot be changed while the server runs
			now.Faults = append(now.Faults, faultKind{kind.Name, kind.Says, kind.Expects(), kind.Takes == plan.Flag})
		}
	}
	for _, r := range p.Routes {
		now.Paths = append(now.Paths, path{r.Method, r.Path})
	}
	for _, place := range fakeapi.Paths() {
		now.Paths = append(now.Paths, path{place[0], place[1]})
	}
	say(w, http.StatusOK, now)
}
