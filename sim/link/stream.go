package link

import (
	"cmp"
	"context"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"
)

// stream is the board's end of a connection.
type stream interface {
	net.Conn
	CloseWrite() error
	// glance reads what has come, and waits for nothing: os.ErrDeadlineExceeded if
	// nothing has.
	glance(p []byte) (int, error)
	// hangUp is Close, so that the peer sees it at once.
	hangUp()
}

// plain is a socket of the host's.
type plain struct{ *net.TCPConn }

func (c plain) glance(p []byte) (int, error) { return glance(c.TCPConn, p) }

// While this process starts another (curl, the interpreter of a unix board), the
// latter has every open file for a moment, and holds open what is closed here: only a
// shutdown is told nevertheless. Where something was not read, closing is a reset, and
// no shutdown.
func (c plain) hangUp() {
	if !unread(c.TCPConn) {
		_ = c.CloseWrite() // of what is already lost, perhaps
	}
	_ = c.Close()
}

// carry puts a connection on the network as its conditions have it.
func (n *Network) carry(c *net.TCPConn) stream {
	if n.Conditions.perfect() {
		return plain{c}
	}
	return n.slow(c)
}

// slow is a connection under conditions.
type slow struct {
	plain
	up, down *lane
	fall     *downfall
	read     deadline
	write    deadline
	gone     chan struct{} // closed when the board has left
	leave    func()        // closes it
	over     chan struct{} // closed when nothing of it is left
}

// underWay is how many bytes of a direction are, at most: what a host's sockets hold.
const underWay = 64 << 10

func (n *Network) slow(c *net.TCPConn) *slow {
	number := n.connections.Add(1)
	fall := n.downfall()
	way := func(direction uint64, limit int) *lane {
		chance := rand.New(rand.NewPCG(n.Conditions.Seed, number<<1|direction))
		return newLane(n, fall, limit, n.Conditions.bandwidth(), n.Conditions.loss(chance), n.Conditions.latency(chance))
	}
	limit := underWay
	if w := n.Conditions.Window; w > 0 {
		limit = max(w/2, 1) // the other half is the host's socket's
	}
	s := &slow{plain: plain{c}, fall: fall, up: way(0, cmp.Or(n.Conditions.Window, underWay)), down: way(1, limit), gone: make(chan struct{}), over: make(chan struct{})}
	s.leave = sync.OnceFunc(func() { close(s.gone) })
	n.pumps.begin(s)
	return s
}

// move moves bytes until the board has left and what it has sent is with the peer, or
// both ends have said all they had to say.
func (s *slow) move() {
	received := make(chan struct{})
	go func() {
		defer close(received)
		s.receive()
	}()
	s.send()
	select {
	case <-received:
	case <-s.gone:
	}
	s.plain.hangUp()
	<-received
	s.fall.stop()
	close(s.over)
}

// receive moves what the peer sends onto its lane.
func (s *slow) receive() {
	var buf [4096]byte
	for {
		n, err := s.TCPConn.Read(buf[:])
		if _, full := s.down.put(buf[:n], nil); full != nil {
			return
		}
		if err != nil {
			s.down.finish(err)
			return
		}
	}
}

// send moves what has arrived to the peer.
func (s *slow) send() {
	var buf [4096]byte
	for {
		n, err := s.up.take(buf[:], nil)
		if err == io.EOF { // the board has no more to say
			_ = s.TCPConn.CloseWrite()
			return
		}
		if err == nil {
			_, err = s.TCPConn.Write(buf[:n])
		}
		if err != nil {
			s.up.abort(err)
			return
		}
	}
}

func (s *slow) Read(p []byte) (int, error)   { return s.down.take(p, s.read.wait()) }
func (s *slow) Write(p []byte) (int, error)  { return s.up.put(p, s.write.wait()) }
func (s *slow) glance(p []byte) (int, error) { return s.down.take(p, always) }

// always is a deadline that has passed.
var always = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func (s *slow) SetReadDeadline(t time.Time) error  { s.read.set(t); return nil }
func (s *slow) SetWriteDeadline(t time.Time) error { s.write.set(t); return nil }

func (s *slow) SetDeadline(t time.Time) error {
	s.read.set(t)
	s.write.set(t)
	return nil
}

func (s *slow) CloseWrite() error {
	s.up.finish(io.EOF)
	return nil
}

// Close sends what is under way first, as TCP does.
func (s *slow) Close() error {
	s.hangUp()
	return nil
}

func (s *slow) hangUp() {
	if s.down.waiting() || unread(s.TCPConn) {
		_ = s.SetLinger(0) // it was not read: a reset
	}
	s.down.abort(net.ErrClosed)
	s.up.finish(io.EOF)
	s.leave()
}

// abort drops everything.
func (s *slow) abort() {
	s.down.abort(net.ErrClosed)
	s.up.abort(net.ErrClosed)
	s.leave()
	_ = s.TCPConn.SetDeadline(past) // ends what is being moved
}

// pumps are the connections under conditions, each of which has goroutines that move
// its bytes until it is closed and everything has been sent.
type pumps struct {
	mu     sync.Mutex
	open   map[*slow]struct{}
	closed bool
	wait   sync.WaitGroup
}

func (p *pumps) begin(s *slow) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed { // the board is being powered off
		s.abort()
	}
	if p.open == nil {
		p.open = map[*slow]struct{}{}
	}
	p.open[s] = struct{}{}
	p.wait.Go(func() {
		s.move()
		p.mu.Lock()
		delete(p.open, s)
		p.mu.Unlock()
	})
}

// abort ends all connections.
func (p *pumps) abort(forGood bool) {
	p.mu.Lock()
	p.closed = p.closed || forGood
	for s := range p.open {
		s.abort()
	}
	p.mu.Unlock()
	p.wait.Wait()
}

// settle returns when what the board has sent is with its peers, closes of its
// connections included.
func (p *pumps) settle(ctx context.Context) {
	p.mu.Lock()
	open := slices.Collect(maps.Keys(p.open))
	p.mu.Unlock()
	for _, s := range open {
		if s.up.drained(ctx); !isClosed(s.gone) {
			continue
		}
		select {
		case <-s.over:
		case <-ctx.Done():
		}
	}
}

// listener is one that a board reaches under conditions.
type listener struct {
	*net.TCPListener
	network *Network
}

// Settle returns when everything that the board has sent is with its peers, unless the
// network is down, or slower than anybody waits for.
func (l listener) Settle(ctx context.Context) {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if l.network.Up() {
		l.network.pumps.settle(ctx)
	}
}
