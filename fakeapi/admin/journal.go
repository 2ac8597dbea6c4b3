package admin

import (
	"context"
	"sync"
	"time"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/capture"
)

// What a journal remembers at most: as much as a person looks through.
const (
	mostEntries = 1000
	mostBytes   = 16 << 20 // of requests and replies; as much again of the wire
)

// A Journal remembers the last exchanges of a server, and what was on the wire.
type Journal struct {
	recent *capture.Recent

	mu      sync.Mutex
	entries []entry // the oldest first
	size    int
	last    int           // id of the latest
	news    chan struct{} // closed when there is another
}

// NewJournal is an empty one.
func NewJournal() *Journal {
	return &Journal{recent: capture.NewRecent(mostBytes), news: make(chan struct{})}
}

// Record remembers what was on the wire: a Journal is a capture.Sink.
func (j *Journal) Record(e capture.Event) { j.recent.Record(e) }

// Observer remembers exchanges, and connections that came to nothing.
func (j *Journal) Observer() fakeapi.Observer {
	return fakeapi.Observer{
		Exchange: func(e fakeapi.Exchange) { j.add(entryOf(e)) },
		Failed: func(f fakeapi.Failure) {
			j.add(entry{summary: summary{Connection: f.Connection, Time: time.Now(), Error: f.Err.Error()}})
		},
	}
}

// summary is an exchange in a list.
type summary struct {
	ID         int       `json:"id"` // 1, 2, … in the order of their ends
	Connection int       `json:"connection"`
	Time       time.Time `json:"time"` // of the first byte
	Line       string    `json:"line"` // the request's first
	Asked      string    `json:"asked"`
	Answered   string    `json:"answered"`
	Status     int       `json:"status"` // 0: nothing that has one was answered
	TookMS     float64   `json:"took_ms"`
	Received   int       `json:"received"` // bytes
	Sent       int       `json:"sent"`
	Error      string    `json:"error,omitempty"` // why the connection came to nothing
}

// entry is an exchange in full.
type entry struct {
	summary
	Request []byte `json:"request_base64"`
	Reply   []byte `json:"reply_base64"`
}

func entryOf(e fakeapi.Exchange) entry {
	version, status := e.Answered()
	return entry{
		summary{
			Connection: e.Connection, Time: e.Start, Line: e.RequestLine, Asked: e.Asked(),
			Answered: version, Status: status, TookMS: float64(e.End.Sub(e.Start).Microseconds()) / 1000,
			Received: len(e.Request), Sent: len(e.Reply),
		}, e.Request, e.Reply,
	}
}

func (e *entry) size() int { return len(e.Request) + len(e.Reply) }

// add remembers e, and forgets the oldest for it.
func (j *Journal) add(e entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	e.ID = j.last
	j.entries = append(j.entries, e)
	j.size += e.size()
	for len(j.entries) > mostEntries || j.size > mostBytes && len(j.entries) > 1 {
		j.size -= j.entries[0].size()
		j.entries[0] = entry{}
		j.entries = j.entries[1:]
	}
	close(j.news)
	j.news = make(chan struct{})
}

// since lists what came after an id, the oldest first. Where there is nothing, it
// waits for something until ctx ends.
func (j *Journal) since(ctx context.Context, after int) []summary {
	for {
		list, news := j.after(after)
		if len(list) > 0 {
			return list
		}
		select {
		case <-news:
		case <-ctx.Done():
			return list
		}
	}
}

// after lists what came after an id, and gives the channel that is closed when there
// is more. An id that is yet to come is one of another server, which was here before:
// all is news then.
func (j *Journal) after(id int) ([]summary, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if id > j.last {
		id = 0
	}
	list := []summary{}
	for i := range j.entries {
		if j.entries[i].ID > id {
			list = append(list, j.entries[i].summary)
		}
	}
	return list, j.news
}

// find is the exchange of that id, if it is remembered.
func (j *Journal) find(id int) (entry, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) == 0 || id < j.entries[0].ID || id > j.last {
		return entry{}, false
	}
	return j.entries[id-j.entries[0].ID], true
}
