package fakeapi

// mostIdle is how large an empty input buffer may be that a connection keeps for
// its next request.
const mostIdle = 64 << 10

// keep is as much of b, which belongs to x, as the connection may still hold. The
// caller holds mu.
func (c *conn) keep(x *exchange, b []byte) []byte {
	if x.forgotten {
		return nil
	}
	b = b[:min(len(b), max(c.server.limits.Capture-c.kept, 0))]
	c.kept += len(b)
	x.held += len(b)
	c.server.held.Add(int64(len(b)))
	return b
}

// forgetOldest lets the oldest exchanges go until the rest is within the limits: a
// server that runs for days shows what happened last. The caller holds no lock.
func (s *Server) forgetOldest() {
	if s.held.Load() <= int64(s.limits.Memory) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgetLocked()
}

// forgetLocked is forgetOldest for a caller that holds s.mu. The newest exchange
// stays, whatever its size: Capture bounds it.
func (s *Server) forgetLocked() {
	for len(s.exchanges) > 1 && (len(s.exchanges) > s.limits.History || s.held.Load() > int64(s.limits.Memory)) {
		s.exchanges[0].forget()
		s.exchanges[0] = nil
		s.exchanges = s.exchanges[1:]
	}
}

// forget drops what x holds, and has its connection keep nothing more of it.
func (x *exchange) forget() {
	x.conn.mu.Lock()
	defer x.conn.mu.Unlock()
	x.conn.kept -= x.held
	x.conn.server.held.Add(int64(-x.held))
	x.request, x.reply, x.held, x.forgotten = nil, nil, 0, true
}
