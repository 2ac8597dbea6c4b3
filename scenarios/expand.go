package scenarios

import (
	"fmt"
	"slices"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// Expand fills run-time variables into the texts of requests, expectations and
// server plans: $(server), $(main), $(main.host), $(main.port), and what steps
// saved. It returns a copy; v stays as it is. A value that a step has yet to save
// is left as it is written: expand the original again, or [Step.Expand] the step,
// once it is known. A variable that neither vars nor a step has a value for is an
// error.
//
// Every text of a variant goes through Expand before it is used, since $$( stands
// for $( in them.
func (v Variant) Expand(vars map[string]string) (Variant, error) {
	later := map[string]bool{}
	for _, s := range v.Steps {
		for _, save := range s.Save {
			later[save.Name] = true
		}
	}
	e := expander{value: func(name string) (string, bool) {
		if value, ok := vars[name]; ok {
			return value, true
		}
		return "$(" + name + ")", later[name]
	}}
	v.Servers = each(v.Servers, func(s Server) Server {
		s.Plan = e.server(s.Plan)
		return s
	})
	v.Steps = each(v.Steps, e.step)
	return v, e.err
}

// Expand fills run-time variables into one step: see [Variant.Expand]. Every
// variable needs a value.
func (s Step) Expand(vars map[string]string) (Step, error) {
	e := expander{value: func(name string) (string, bool) {
		value, ok := vars[name]
		return value, ok
	}}
	return e.step(s), e.err
}

// expander fills templates and keeps the first error.
type expander struct {
	value func(name string) (string, bool)
	err   error
}

// each is a new list of what f makes of each item; nil stays nil.
func each[T any](list []T, f func(T) T) []T {
	list = slices.Clone(list)
	for i := range list {
		list[i] = f(list[i])
	}
	return list
}

// pointer is f for what may be nil.
func pointer[T any](p *T, f func(T) T) *T {
	if p == nil {
		return nil
	}
	v := f(*p)
	return &v
}

func (e *expander) text(s string) string {
	filled, err := fillTemplate(s, e.value)
	if err != nil && e.err == nil {
		e.err = err
	}
	return filled
}

func (e *expander) bytes(b []byte) []byte {
	if b == nil || !hasVariables(string(b)) {
		return b
	}
	return []byte(e.text(string(b)))
}

func (e *expander) match(m Match) Match {
	switch {
	case !hasVariables(m.Text):
		return m
	case m.Regexp == nil:
		m.Text = e.text(m.Text)
		return m
	}
	filled, err := compileMatch(m, e.value)
	if err != nil {
		if e.err == nil {
			e.err = fmt.Errorf("%s: %w", m.Pos, err)
		}
		return m
	}
	filled.Text = filled.Regexp.String()
	return filled
}

func (e *expander) server(p plan.Server) plan.Server {
	p.Versions = pointer(p.Versions, func(v plan.Versions) plan.Versions {
		v.Refuse.Reason = pointer(v.Refuse.Reason, e.text)
		v.Refuse.Headers = each(v.Refuse.Headers, e.header)
		v.Refuse.Body = e.bytes(v.Refuse.Body)
		return v
	})
	p.Routes = each(p.Routes, func(r plan.Route) plan.Route {
		r.Path = e.text(r.Path)
		r.Reason = pointer(r.Reason, e.text)
		r.Headers = each(r.Headers, e.header)
		r.Body = e.bytes(r.Body)
		return r
	})
	p.Raw = each(p.Raw, func(r plan.Reply) plan.Reply {
		r.Parts = each(r.Parts, func(part plan.Part) plan.Part {
			part.Bytes = e.bytes(part.Bytes)
			part.Repeat = pointer(part.Repeat, func(r plan.Repeat) plan.Repeat {
				r.Bytes = e.bytes(r.Bytes)
				return r
			})
			return part
		})
		return r
	})
	return p
}

func (e *expander) header(h plan.Header) plan.Header {
	h.Name, h.Value = e.text(h.Name), e.text(h.Value)
	return h
}

func (e *expander) step(s Step) Step {
	s.Request = e.request(s.Request)
	s.Expect = e.expect(s.Expect)
	s.Wire = pointer(s.Wire, func(w Wire) Wire {
		w.Items = each(w.Items, e.wireItem)
		return w
	})
	if s.Clients != nil {
		clients := make(map[string]Expect, len(s.Clients))
		for name, expect := range s.Clients {
			clients[name] = e.expect(expect)
		}
		s.Clients = clients
	}
	return s
}

func (e *expander) request(r Request) Request {
	r.Method, r.URL = e.text(r.Method), e.text(r.URL)
	r.Headers, r.Form = each(r.Headers, e.field), each(r.Form, e.field)
	r.Data = pointer(r.Data, e.text)
	r.JSON = e.sent(r.JSON)
	r.Chunks = each(r.Chunks, e.bytes)
	r.Auth = pointer(r.Auth, func(a [2]string) [2]string { return [2]string{e.text(a[0]), e.text(a[1])} })
	return r
}

func (e *expander) field(f HeaderField) HeaderField {
	return HeaderField{e.text(f.Name), e.text(f.Value)}
}

// sent fills the strings of a JSON value that is sent.
func (e *expander) sent(v any) any {
	switch v := v.(type) {
	case string:
		return e.text(v)
	case []any:
		return each(v, e.sent)
	case Object:
		return Object(each(v, func(m Member) Member { return Member{e.text(m.Key), e.sent(m.Value)} }))
	default:
		return v
	}
}

func (e *expander) expect(x Expect) Expect {
	for _, m := range []**Match{&x.Reason, &x.Text, &x.Content, &x.ContentSHA256, &x.Version, &x.RequestVersion, &x.URL} {
		*m = pointer(*m, e.match)
	}
	x.Headers = each(x.Headers, e.headerMatch)
	x.JSON, x.JSONExact = pointer(x.JSON, e.json), pointer(x.JSONExact, e.json)
	x.Types = each(x.Types, func(t TypeMatch) TypeMatch { return TypeMatch{t.Name, e.match(t.Value)} })
	x.Raises = pointer(x.Raises, func(r Raises) Raises {
		r.Type, r.Message = pointer(r.Type, e.match), pointer(r.Message, e.match)
		return r
	})
	return x
}

func (e *expander) headerMatch(h HeaderMatch) HeaderMatch {
	return HeaderMatch{e.text(h.Name), e.match(h.Value)}
}

// json fills the strings of a JSON value that is expected.
func (e *expander) json(j JSON) JSON {
	j.String = e.match(j.String)
	j.Array = each(j.Array, e.json)
	j.Object = each(j.Object, func(m JSONMember) JSONMember { return JSONMember{e.text(m.Key), e.json(m.Value)} })
	return j
}

func (e *expander) wireItem(w WireItem) WireItem {
	w.Line, w.Body = pointer(w.Line, e.match), pointer(w.Body, e.match)
	w.BodySHA256, w.Server = pointer(w.BodySHA256, e.match), pointer(w.Server, e.match)
	w.Headers = each(w.Headers, e.headerMatch)
	w.JSON = pointer(w.JSON, e.json)
	return w
}
