package uart

import "time"

// bitsPerByte is what a byte takes on the wire: a start bit, 8 bits, a stop bit.
const bitsPerByte = 10

// pace is one direction of a wire that moves bytes at a baud rate. That of rate 0
// moves them as they come.
type pace struct {
	perByte time.Duration
	free    time.Time // when the wire has moved what it was given so far
}

func newPace(baud int) pace {
	if baud == 0 {
		return pace{}
	}
	return pace{perByte: bitsPerByte * time.Second / time.Duration(baud)}
}

// piece is how many of n bytes to move at once: with a rate, what takes 5 ms or so,
// that they come one after the other as they do on a wire.
func (p *pace) piece(n int) int {
	if p.perByte == 0 {
		return n
	}
	return min(n, max(int(5*time.Millisecond/p.perByte), 1))
}

// lateness is how late a timer of a loaded machine may be.
const lateness = 20 * time.Millisecond

// move gives the wire n bytes, and tells when it has moved them. Time that a late timer
// has cost is made up for with the next bytes, so that the rate is kept.
func (p *pace) move(n int) time.Time {
	if p.perByte == 0 {
		return time.Time{}
	}
	if now := time.Now(); now.Sub(p.free) > lateness { // the wire was idle
		p.free = now
	}
	p.free = p.free.Add(time.Duration(n) * p.perByte)
	return p.free
}

// fifo is how many bytes a chip's UART holds to be sent; writing one more waits
// (ESP32 and ESP8266: 128).
const fifo = 128

// moveLater is move for bytes that go through the FIFO first: it tells when the last
// of them has found room in it.
func (p *pace) moveLater(n int) time.Time { return p.move(n).Add(-fifo * p.perByte) }
