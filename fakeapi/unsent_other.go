//go:build !linux

package fakeapi

// unsent cannot be asked here: a reset may overtake what a slow client has not
// taken yet.
func (c *conn) unsent() int { return 0 }

// queued cannot be asked here: writes in quick succession may share a segment.
func (c *conn) queued() int { return 0 }
