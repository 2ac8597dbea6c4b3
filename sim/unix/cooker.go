package unix

import "bytes"

// cooker translates LF to CR LF, as the print functions of a board's port do; the
// REPL says CR LF by itself.
type cooker struct{ lastCR bool }

func (c *cooker) lines(p []byte) []byte {
	if len(p) == 0 {
		return p
	}
	cooked := make([]byte, 0, len(p)+bytes.Count(p, []byte{'\n'}))
	for _, b := range p {
		if b == '\n' && !c.lastCR {
			cooked = append(cooked, '\r')
		}
		cooked = append(cooked, b)
		c.lastCR = b == '\r'
	}
	return cooked
}
