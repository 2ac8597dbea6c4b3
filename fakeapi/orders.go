package fakeapi

import (
	"errors"
	"math"
	"sync"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// orders are a plan that is, or was, in force, and what has been used up of it.
type orders struct {
	plan  plan.Server
	since int // connections that had been accepted before

	mu   sync.Mutex
	used []int // how often each route has answered
}

func newOrders(p plan.Server, since int) *orders {
	return &orders{plan: p, since: since, used: make([]int, len(p.Routes))}
}

// Plan is the plan in force. What its slices hold is not to be changed.
func (s *Server) Plan() plan.Server { return s.orders.Load().plan }

// Change puts a changed plan in force, from the next request on, also on
// connections that are open. Routes count their times anew, and fail_first its
// connections. Whether the server listens at all, and its certificate, are settled
// when it starts.
func (s *Server) Change(change func(*plan.Server)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.orders.Load().plan
	certificate := p.TLS
	change(&p)
	switch {
	case plan.Unreachable(p.Faults) != s.unreachable:
		return errors.New("whether a server listens cannot be changed while it runs: start it with refuse_connection, or without")
	case p.TLS != certificate:
		return errors.New("TLS cannot be changed while a server runs: start it with another certificate")
	}
	s.orders.Store(newOrders(p, s.accepted))
	return nil
}

// obey has the connection's next request answered by these orders.
func (c *conn) obey(o *orders) {
	if c.orders == o {
		return
	}
	c.orders, c.denied = o, nil
	number := c.number - o.since
	if number <= 0 {
		number = math.MaxInt // it is none of the first connections under these orders
	}
	if end, denied := plan.Drops(o.plan.Faults, number); denied {
		c.denied = &end
	}
}
