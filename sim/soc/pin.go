package soc

// A pin is what has been made of it. Nothing is connected to it.
type pin struct {
	mode, pull int
	latch      bool // what its output is set to
}

// Pin tells of a pin what an oscilloscope would: whether it is high.
func (c *Chip) Pin(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.level(c.pins[n])
}

func (c *Chip) level(p pin) bool {
	if p.mode != c.profile.PinConstants["IN"] && p.mode != 0 {
		return p.latch
	}
	return p.pull&c.profile.PinConstants["PULL_UP"] != 0
}

func (c *Chip) pin(operation uint32, argument int64) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, value := int(argument>>8), int(argument&0xFF)
	if operation == opPinGet {
		n = int(argument)
	}
	p := c.pins[n]
	was := c.level(p)
	switch operation {
	case opPinMode:
		p.mode = value
	case opPinPull:
		p.pull = value
	case opPinSet:
		p.latch = value != 0
	}
	c.pins[n] = p
	if was {
		return 1
	}
	return 0
}
