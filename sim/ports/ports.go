// Package ports opens listeners on loopback for boards that are on this machine, of which
// every run has fresh ones.
//
// A kernel that is asked for any free port looks for one among those of connections
// that have ended within the last minute. After some thousand runs there are few
// others in the half of the range in which Linux looks first, and the search takes
// longer than the request that follows (measured: 0.5 to 0.7 ms, of a run of 3). So a
// port is asked for by number, each the next one: that takes 7 µs, and the port on which
// an earlier run listened stays refused for as long as there are others.
package ports

import (
	"context"
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
)

// The ports that are asked for: those which IANA leaves to such use (RFC 6335 6) and
// Linux gives to such use as well.
const (
	first = 49152
	last  = 60999
)

// tries are how many ports may be taken until the kernel is to search after all.
const tries = 64

// ring goes round the ports.
type ring struct {
	next atomic.Uint32
	open func(ctx context.Context, port uint32) (*net.TCPListener, error)
}

// all is that of this process. Processes begin in different places.
var all = ring{open: listen}

func init() { all.next.Store(rand.Uint32N(last - first + 1)) }

// Listen opens a listener on 127.0.0.1. It is TCP's own: nobody on this machine has a
// second path to it, which multipath TCP would be for.
func Listen(ctx context.Context) (*net.TCPListener, error) { return all.listen(ctx) }

func (r *ring) listen(ctx context.Context) (*net.TCPListener, error) {
	for range tries {
		if l, err := r.open(ctx, first+r.next.Add(1)%(last-first+1)); err == nil {
			return l, nil
		}
	}
	return r.open(ctx, 0) // any
}

func listen(ctx context.Context, port uint32) (*net.TCPListener, error) {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	l, err := config.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
	if err != nil {
		return nil, err
	}
	return l.(*net.TCPListener), nil
}
