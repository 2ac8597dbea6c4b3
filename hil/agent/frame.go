package agent

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strconv"
)

const (
	frameMark  = "\x1eespy "
	frameLimit = 64 << 10 // longer than any frame: what does not end by then is none
	logLimit   = 64 << 10 // of what is kept of a board's other output, the end
)

// frame is one that arrived whole.
type frame struct {
	seq     int
	payload []byte // JSON
}

// scanner finds the frames in what a board prints. Bytes may be lost, changed or
// put in anywhere: what is no frame, or a damaged one, is log.
type scanner struct {
	log     []byte
	damaged int    // how much looked like a frame and was none
	pending []byte // begins with 0x1e: a frame that has not ended yet
}

// push takes bytes as they come, and returns the frames that they complete.
func (s *scanner) push(p []byte) []frame {
	var found []frame
	s.pending = append(s.pending, p...)
	for {
		at := bytes.IndexByte(s.pending, frameMark[0])
		if at < 0 {
			s.reject(len(s.pending))
			return found
		}
		s.reject(at)
		end := bytes.IndexByte(s.pending, '\n')
		if next := bytes.IndexByte(s.pending[1:], frameMark[0]); next >= 0 && (end < 0 || next+1 < end) {
			s.rejectFrame(next + 1) // its end is lost: another begins
			continue
		}
		if end < 0 {
			if len(s.pending) > frameLimit {
				s.rejectFrame(1)
				continue
			}
			return found
		}
		if f, ok := parseFrame(s.pending[:end]); ok {
			found = append(found, f)
			s.pending = s.pending[end+1:]
			continue
		}
		s.rejectFrame(end + 1)
	}
}

// heard is everything so far that was no frame, an unfinished one included.
func (s *scanner) heard() []byte { return append(bytes.Clone(s.log), s.pending...) }

// last is the last byte of heard.
func (s *scanner) last() byte {
	for _, p := range [][]byte{s.pending, s.log} {
		if len(p) > 0 {
			return p[len(p)-1]
		}
	}
	return 0
}

// amidst tells whether a frame has begun and not ended.
func (s *scanner) amidst() bool { return len(s.pending) > 0 }

// giveUp takes what has begun for damaged.
func (s *scanner) giveUp() { s.rejectFrame(len(s.pending)) }

func (s *scanner) rejectFrame(n int) {
	s.damaged++
	s.reject(n)
}

// reject moves n bytes to the log.
func (s *scanner) reject(n int) {
	s.log = append(s.log, s.pending[:n]...)
	s.pending = s.pending[n:]
	if over := len(s.log) - logLimit; over > 0 {
		s.log = append(s.log[:0], s.log[over:]...)
	}
}

// parseFrame reads `\x1eespy SEQ JSON CRC`, with or without the CR of its line end.
func parseFrame(line []byte) (frame, bool) {
	rest, ok := bytes.CutPrefix(bytes.TrimSuffix(line, []byte("\r")), []byte(frameMark))
	if !ok {
		return frame{}, false
	}
	head, payload, _ := bytes.Cut(rest, []byte(" "))
	seq, err := strconv.Atoi(string(head))
	if err != nil || strconv.Itoa(seq) != string(head) {
		return frame{}, false
	}
	at := bytes.LastIndexByte(payload, ' ')
	if at < 0 || string(payload[at+1:]) != checksum(string(rest[:len(head)+1+at])) {
		return frame{}, false
	}
	return frame{seq, bytes.Clone(payload[:at])}, true
}

// command is a line for the agent. It begins with a line end, so that what noise
// has put before it is no part of it.
func command(seq int, text string) []byte {
	return fmt.Appendf(nil, "\n%d %s %s\n", seq, checksum(fmt.Sprintf("%d %s", seq, text)), text)
}

// checksum is the CRC-32 (IEEE 802.3) of text in eight hex digits.
func checksum(text string) string {
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(text)))
}
