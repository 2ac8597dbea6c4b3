package capture

import (
	"bytes"
	"slices"
	"sync"
)

// Recent remembers the last events, as many as its bytes hold.
type Recent struct {
	mu     sync.Mutex
	most   int
	size   int
	events []Event
}

// overhead is what an event costs beside its bytes.
const overhead = 80

// NewRecent remembers events of that many bytes in all.
func NewRecent(most int) *Recent { return &Recent{most: most} }

// Record remembers e, and forgets the oldest for it.
func (r *Recent) Record(e Event) {
	e.Bytes = bytes.Clone(e.Bytes)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	r.size += overhead + len(e.Bytes)
	for r.size > r.most {
		r.size -= overhead + len(r.events[0].Bytes)
		r.events[0] = Event{}
		r.events = r.events[1:]
	}
}

// Replay tells what is remembered to another sink, the oldest first.
func (r *Recent) Replay(to Sink) {
	r.mu.Lock()
	events := slices.Clone(r.events)
	r.mu.Unlock()
	for _, e := range events {
		to.Record(e)
	}
}
