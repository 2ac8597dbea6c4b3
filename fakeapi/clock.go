package fakeapi

import (
	"net/http"
	"sync/atomic"
	"time"
)

// A dateField is the Date of one second: written out once, and not for each reply.
type dateField struct {
	second int64
	text   string
}

// dates remembers the last one.
type dates struct{ last atomic.Pointer[dateField] }

// at is the Date field of a reply that is made at t (RFC 9110 5.6.7).
func (d *dates) at(t time.Time) string {
	second := t.Unix()
	last := d.last.Load()
	if last == nil || last.second != second {
		last = &dateField{second, t.UTC().Format(http.TimeFormat)}
		d.last.Store(last)
	}
	return last.text
}

// A deadline of a connection that is set anew for each request, and looked at when
// nothing has come for long. To move it costs as much as a tenth of a request, so it
// is moved when a sixteenth of its time is gone: what is granted is the time, and at
// most a sixteenth more.
type deadline struct{ at time.Time }

// extend says whether the deadline is to be moved for a wait that begins now, and
// where to.
func (d *deadline) extend(now time.Time, grants time.Duration) (at time.Time, moved bool) {
	if d.at.Sub(now) >= grants {
		return d.at, false
	}
	d.at = now.Add(grants + grants/16)
	return d.at, true
}
