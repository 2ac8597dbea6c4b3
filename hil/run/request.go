package run

import (
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/compare"
	"github.com/espy-hil/espy/scenarios"
)

// request puts a step's request in the agent's words. A path alone belongs to the
// first server.
func request(step *scenarios.Step, s *servers, client string, bodyLimit int) agent.Request {
	r := &step.Request
	url := r.URL
	if strings.HasPrefix(url, "/") {
		url = s.base + url
	}
	cadata := s.cadata
	if client == frozen {
		cadata = nil
	}
	return agent.Request{
		Client:         client,
		Method:         r.Method,
		URL:            url,
		HTTPVersion:    r.HTTPVersion,
		Headers:        pairs(r.Headers),
		Data:           r.Data,
		BodyBase64:     r.BodyHex,
		Chunks:         r.Chunks,
		JSON:           r.JSON,
		HasJSON:        r.HasJSON,
		Form:           pairs(r.Form),
		Auth:           r.Auth,
		TimeoutMS:      milliseconds(r.Timeout),
		DeadlineMS:     milliseconds(r.Deadline),
		AllowRedirects: r.AllowRedirects,
		Stream:         r.Stream,
		Verify:         r.Verify,
		CAData:         cadata,
		Clock:          clock(cadata, time.Now().UTC()),
		MaxBody:        r.MaxBody,
		Read:           r.Read.How,
		ReadSize:       r.Read.Size,
		Want:           wanted(step, client),
		Types:          types(step, client),
		BodyLimit:      bodyLimit,
	}
}

// clock is what tells a board the time, which it needs where it has a certificate to judge.
func clock(cadata []byte, now time.Time) []int {
	if cadata == nil {
		return nil
	}
	const daysFromMonday = 6 // what Weekday, which counts from Sunday, is off by, modulo 7
	weekday := (int(now.Weekday()) + daysFromMonday) % 7
	return []int{now.Year(), int(now.Month()), now.Day(), weekday, now.Hour(), now.Minute(), now.Second(), 0}
}

// frozen is the client that a board has of its own, which verifies nothing and has
// no cadata= (micropython-lib #838).
const frozen = "requests"

func pairs(fields []scenarios.HeaderField) [][2]string {
	var list [][2]string
	for _, f := range fields {
		list = append(list, [2]string{f.Name, f.Value})
	}
	return list
}

func milliseconds(d *time.Duration) *int64 {
	if d == nil {
		return nil
	}
	return new(d.Milliseconds())
}

// wanted is what the board must compute beside the bytes, which it does only when
// asked since text and json cost heap.
func wanted(step *scenarios.Step, client string) []string {
	e := compare.For(step, client)
	text := e.Text != nil
	json := e.JSON != nil || e.JSONExact != nil
	for _, t := range e.Types {
		text = text || t.Name == "text"
		json = json || t.Name == "json" || strings.HasPrefix(t.Name, "json.")
	}
	for _, s := range step.Save {
		text = text || s.Path == ".text"
		json = json || s.Path == ".json" || strings.HasPrefix(s.Path, ".json.")
	}
	var want []string
	if text {
		want = append(want, "text")
	}
	if json {
		want = append(want, "json")
	}
	return want
}

// types are the values whose class the board is to name.
func types(step *scenarios.Step, client string) []string {
	var names []string
	for _, t := range compare.For(step, client).Types {
		names = append(names, t.Name)
	}
	return names
}
