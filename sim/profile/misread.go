package profile

// Heard gives what a receiver at one rate makes of a text that is sent at another:
// 8 data bits, no parity, 1 stop bit, as UARTs do. It looks at the line in the middle
// of each of its own bits, begins with any falling edge, and takes a byte whose stop
// bit is low for what it is.
func Heard(text string, sent, received int) string {
	if sent == received {
		return text
	}
	var line []bool // the line's levels, one for each bit that is sent; high when idle
	for _, c := range []byte(text) {
		line = append(line, false)
		for bit := range 8 {
			line = append(line, c>>bit&1 == 1)
		}
		line = append(line, true)
	}
	level := func(at float64) bool { // at: in bits of the sender
		return int(at) >= len(line) || line[int(at)]
	}
	step := float64(sent) / float64(received)
	var heard []byte
	for at := 0.0; at < float64(len(line)); {
		if level(at) { // idle, or a stop bit: on to the next edge
			at = float64(int(at) + 1)
			continue
		}
		var c byte
		for bit := range 8 {
			if level(at + step*(float64(bit)+1.5)) {
				c |= 1 << bit
			}
		}
		heard = append(heard, c)
		if at += step * 9.5; !level(at) { // a stop bit that is low: no edge before the line has been high
			for int(at) < len(line) && !level(at) {
				at = float64(int(at) + 1)
			}
		}
	}
	return string(heard)
}
