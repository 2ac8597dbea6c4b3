package link

import "time"

// bandwidth has every packet wait until those before it have gone, and itself.
func (c *Conditions) bandwidth() fault {
	var free time.Time
	return func(p *packet) {
		if c.Bandwidth == 0 {
			return
		}
		if free.After(p.due) {
			p.due = free
		}
		p.due = p.due.Add(time.Duration(len(p.data)) * time.Second / time.Duration(c.Bandwidth))
		free = p.due
	}
}
