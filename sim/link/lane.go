package link

import (
	"context"
	"net"
	"os"
	"sync"
	"time"
)

// packet is bytes on their way.
type packet struct {
	data  []byte
	first bool      // it begins a segment; what comes later of that shares its chances
	due   time.Time // when it arrives
}

// fault is what befalls packets, one after the other, before they are on their way.
type fault func(*packet)

// lane is one direction of a connection.
type lane struct {
	network *Network
	fall    *downfall
	faults  []fault
	limit   int // bytes under way at most

	mu      sync.Mutex
	moved   chan struct{} // closed when anything below changes
	queue   []packet
	queued  int
	inHand  bool  // what was taken last is not yet with whom it is for
	entered int64 // bytes so far
	end     error // of the stream, behind what is queued
	broken  error // at once
}

func newLane(n *Network, fall *downfall, limit int, faults ...fault) *lane {
	return &lane{network: n, fall: fall, faults: faults, limit: limit, moved: make(chan struct{})}
}

// change says that something has; mu is held.
func (l *lane) change() {
	close(l.moved)
	l.moved = make(chan struct{})
}

// finish ends the stream behind what is under way: io.EOF, or an error.
func (l *lane) finish(end error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.end == nil {
		l.end = end
		l.change()
	}
}

// abort ends it at once, for both ends.
func (l *lane) abort(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		l.broken, l.queue, l.queued = why, nil, 0
		l.change()
	}
}

// put sends bytes on their way, waiting for room until expired is closed.
func (l *lane) put(p []byte, expired <-chan struct{}) (done int, err error) {
	for done < len(p) {
		l.mu.Lock()
		moved := l.moved
		switch {
		case l.broken != nil:
			defer l.mu.Unlock()
			return done, l.broken
		case l.end != nil:
			defer l.mu.Unlock()
			return done, net.ErrClosed
		}
		if room := l.limit - l.queued; room > 0 {
			done += l.enter(p[done:min(len(p), done+room)])
			l.mu.Unlock()
			continue
		}
		l.mu.Unlock()
		select {
		case <-moved:
		case <-expired:
			return done, os.ErrDeadlineExceeded
		}
	}
	return done, nil
}

// enter makes a packet of what p begins with; mu is held.
func (l *lane) enter(p []byte) int {
	at := int(l.entered % segment)
	p = p[:min(len(p), segment-at)]
	next := packet{data: append([]byte(nil), p...), first: at == 0, due: time.Now()}
	for _, f := range l.faults {
		f(&next)
	}
	l.queue = append(l.queue, next)
	l.queued += len(p)
	l.entered += int64(len(p))
	l.change()
	return len(p)
}

// take gives bytes that have arrived, waiting for some until expired is closed. What
// was taken before is with whom it is for.
func (l *lane) take(p []byte, expired <-chan struct{}) (int, error) {
	l.mu.Lock()
	if l.inHand {
		l.inHand = false
		l.change()
	}
	l.mu.Unlock()
	for {
		outage := l.network.outage.change()
		n, wait, moved, err := l.arrived(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		if err := pause(wait, moved, outage, expired); err != nil {
			return 0, err
		}
	}
}

// never is a wait that only a change ends.
const never = time.Duration(-1)

// arrived gives what can be taken now, or how long that takes if nothing changes.
func (l *lane) arrived(p []byte) (n int, wait time.Duration, moved <-chan struct{}, err error) {
	l.mu.Lock()
	falls := false
	defer func() {
		l.mu.Unlock()
		if falls {
			l.fall.happen()
		}
	}()
	switch {
	case l.broken != nil:
		return 0, 0, l.moved, l.broken
	case len(l.queue) == 0:
		return 0, never, l.moved, l.end
	}
	now, first := time.Now(), &l.queue[0]
	if back, down := l.network.outage.end(now); down {
		if back.IsZero() {
			return 0, never, l.moved, nil
		}
		return 0, back.Sub(now), l.moved, nil
	}
	if wait := first.due.Sub(now); wait > 0 {
		return 0, wait, l.moved, nil
	}
	n = min(len(p), len(first.data))
	n, falls = l.fall.carry(n)
	copy(p, first.data[:n])
	if first.data = first.data[n:]; len(first.data) == 0 {
		l.queue = l.queue[1:]
	}
	l.queued -= n
	l.inHand = true
	l.change()
	return n, 0, l.moved, nil
}

// pause waits for a time, or for what may end it.
func pause(wait time.Duration, moved, outage, expired <-chan struct{}) error {
	var alarm <-chan time.Time
	if wait != never {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		alarm = timer.C
	}
	select {
	case <-alarm:
	case <-moved:
	case <-outage:
	case <-expired:
		return os.ErrDeadlineExceeded
	}
	return nil
}

// drained waits until everything that was put is with whom it is for.
func (l *lane) drained(ctx context.Context) {
	for {
		l.mu.Lock()
		moved, drained := l.moved, len(l.queue) == 0 && !l.inHand || l.broken != nil
		l.mu.Unlock()
		if drained {
			return
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
	}
}

// waiting tells whether something is under way or has arrived.
func (l *lane) waiting() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue) > 0
}

// deadline is a channel that is closed when a time has passed.
type deadline struct {
	mu      sync.Mutex
	expired chan struct{}
	timer   *time.Timer
}

func (d *deadline) wait() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.expired == nil {
		d.expired = make(chan struct{})
	}
	return d.expired
}

// set takes effect for pending waits if it is past, as it does with Go's sockets.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil && !d.timer.Stop() {
		<-d.expired // its function runs, or has run
	}
	d.timer = nil
	if d.expired == nil || isClosed(d.expired) {
		d.expired = make(chan struct{})
	}
	if t.IsZero() {
		return
	}
	expired := d.expired
	if left := time.Until(t); left > 0 {
		d.timer = time.AfterFunc(left, func() { close(expired) })
		return
	}
	close(expired)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
