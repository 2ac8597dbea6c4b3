package firmware_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/espy-hil/espy/firmware/clienttest"
)

// The client is given replies that nobody would send, and is held to four promises:
//
//   - It terminates: every call ends in what it should, within a bounded number of
//     operations on its sockets, and the board can make the next request.
//   - It raises only what docs/client.md documents, and that where package clienttest,
//     which reads the reply on its own, finds an error of that kind.
//   - It never reads past the body, nor past max_body. The program gets no byte that is not of
//     the body. When the last byte of a reply has come nothing more is waited for; before that,
//     nothing waits for more bytes than the reply still has, or than max_body allows. What a
//     server sends unasked behind it may come with its end, in a block of 384 bytes that was
//     asked for before the head had ended, or of 128 with the line of a chunk: it goes no
//     further, and the connection is not used again. Behind a head that asks for another
//     protocol not even that is taken.
//   - It never sends a byte that its caller did not ask for. Every connection gets, byte for
//     byte, the requests that the call, its redirects, a refused version and a stale
//     connection make, in their order, and nothing else.
//
// And afterwards no socket is open but those that a Session may keep, and none behind that.

// wrong says what of it is not so after a script; "" if all is as it must be.
func (c *client) wrong(s script) string {
	saw := c.run(s)
	made := 0
	w := &clienttest.World{Session: s.session, Replies: s.replies, Seen: func(n int) (int, int, bool) {
		if n >= made {
			return 0, 0, false
		}
		return saw.turns[n].conn, saw.turns[n].read, true
	}}
	for i, k := range s.calls {
		made = saw.reports[i].Turns
		if wrong := c.misread(w, k, saw.reports[i]); wrong != "" {
			return fmt.Sprintf("call %d, %s: %s", i, k, wrong)
		}
	}
	if wrong := missent(w.Turns, saw.turns); wrong != "" {
		return wrong
	}
	switch {
	case len(saw.left) > 0:
		return fmt.Sprintf("connections %v were left open", saw.left)
	case saw.after != "ok":
		return "the next request ended in " + saw.after
	}
	return ""
}

// missent says where the requests that came are not those that were asked for, or their
// replies were asked for beyond their end.
func missent(want []clienttest.Turn, got []turn) string {
	for i, t := range got {
		if i >= len(want) {
			return fmt.Sprintf("nobody asked for %q", t.sent)
		}
		if t.conn != want[i].Conn || !bytes.Equal(t.sent, want[i].Sent) {
			return fmt.Sprintf("request %d:\n on connection %d %q, due was\n on connection %d %q", i, t.conn, t.sent, want[i].Conn, want[i].Sent)
		}
		r, limit := want[i].Reply, want[i].Terms.MaxBody
		if limit >= 0 && t.most > max(limit, 512) { // which is a piece where no length is known
			return fmt.Sprintf("reply %d: %d bytes were asked for at a time, with max_body %d", i, t.most, limit)
		}
		if len(r.Errors) > 0 || r.Lasts {
			continue // it has no end
		}
		switch {
		case t.asked >= r.EndAt:
			return fmt.Sprintf("reply %d has %d bytes, and more was waited for at %d", i, r.EndAt, t.asked)
		case t.due > r.EndAt:
			return fmt.Sprintf("reply %d has %d bytes, and %d were waited for", i, r.EndAt, t.due)
		case t.block >= r.HeadAt && t.until > r.EndAt:
			return fmt.Sprintf("reply %d has %d bytes, %d of them its head, and from %d on %d were asked for", i, r.EndAt, r.HeadAt, t.block, t.until-t.block)
		case want[i].Terms.Upgrade && t.read > r.EndAt, t.read > r.EndAt+383:
			return fmt.Sprintf("reply %d has %d bytes, and %d were taken", i, r.EndAt, t.read)
		}
	}
	if len(want) > len(got) {
		return fmt.Sprintf("request %d was not made: %q", len(got), want[len(got)].Sent)
	}
	return ""
}

// misread says in what a call did not end as it should. It carries the call out in w as well.
func (c *client) misread(w *clienttest.World, k call, saw report) string {
	a := w.Do(k.meant())
	wrong := ""
	switch {
	case a.InHead:
		wrong = among(saw.Error, a.Errors)
	case saw.Head == nil:
		return fmt.Sprintf("it raised %s; an answer was due: %d", saw.Error, a.Status)
	default:
		if wrong = cmp.Diff(headOf(a), *saw.Head); wrong == "" {
			wrong = c.misreadBody(&a, k, saw)
		}
	}
	if wrong != "" {
		return wrong
	}
	return cmp.Diff(w.Idle(), saw.Open)
}

func among(got string, want []string) string {
	if slices.Contains(want, got) {
		return ""
	}
	return fmt.Sprintf("it raised %q; due was %q", got, want)
}

func headOf(a clienttest.Answer) head {
	h := head{Status: a.Status, Reason: hex.EncodeToString([]byte(a.Reason)), Version: a.Version, Asked: a.Asked, History: [][2]any{}, Fields: [][2]string{}}
	for _, s := range a.History {
		h.History = append(h.History, [2]any{float64(s.Status), s.Version})
	}
	for _, f := range a.Fields {
		h.Fields = append(h.Fields, [2]string{hex.EncodeToString([]byte(clienttest.Text(f[0]))), hex.EncodeToString([]byte(clienttest.Text(f[1])))})
	}
	return h
}

// misreadBody says in what the body of an answer was not read as it should be.
func (c *client) misreadBody(a *clienttest.Answer, k call, saw report) string {
	prefix := func(whole []byte) string {
		if saw.Pieces != nil && !strings.HasPrefix(hex.EncodeToString(whole), *saw.Pieces) {
			return fmt.Sprintf("the program was given %s; the body is %x", *saw.Pieces, whole)
		}
		return ""
	}
	if a.EndAt-a.HeadAt > 1<<17 { // which is allocated at once, where no max_body forbids it
		a.Errors = append(slices.Clone(a.Errors), "MemoryError")
	}
	switch {
	case a.Status == 101, k.way == 9:
		return among(saw.Error, []string{""})
	case k.way == 10:
		if saw.Error == "" && len(a.Errors) == 0 && len(*saw.Pieces) != 2*min(3, len(a.Body)) {
			return fmt.Sprintf("3 bytes were read: %s", *saw.Pieces)
		}
		if saw.Error == "" && len(a.Errors) == 0 && (a.Chunks && len(a.Body) < 3 || !a.Chunks && len(a.Body) < 4) {
			a.Ended()
		}
		return among(saw.Error, append(a.Errors, "")) + prefix(a.Body)
	}
	if data, coding, err := a.Decode(); coding != "" && a.Coded() && slices.Contains([]int{0, 1, 2, 3, 4, 8}, k.way) && len(a.Body)+len(a.Errors) > 0 {
		return c.misreadCoded(a, k, saw, data, err)
	}
	if len(a.Errors) > 0 {
		due := a.Errors
		if k.way == 3 || k.way == 4 { // which may find something wrong before
			due = append(slices.Clone(due), clienttest.ValueError)
		}
		if k.way == 3 && bytes.IndexByte(a.Body, 0) >= 0 { // at which the board's reader of JSON stops
			due = append(due, "")
		}
		return among(saw.Error, due) + prefix(a.Body)
	}
	return c.misvalued(a, k, saw, a.Body)
}

// misvalued says in what a whole body, without its coding, was not handed over as it should be.
func (c *client) misvalued(a *clienttest.Answer, k call, saw report, body []byte) string {
	whole := hex.EncodeToString(body)
	switch k.way {
	case 2, 3:
		want, got := c.parse(body), saw.Error
		if got == "" {
			got = *saw.JSON
		}
		// A value that is streamed may end, or be found broken, before its body does.
		if k.way == 2 || slices.Contains(saw.Open, a.Number()) {
			a.Ended()
		}
		if want != got {
			return fmt.Sprintf("the JSON is %s; the board's own reader has %s", got, want)
		}
	case 4:
		text, known := a.Text(body)
		if known || a.NoBody {
			a.Ended()
		}
		if text == "" && len(body) > 0 || !known {
			return among(saw.Error, []string{clienttest.ValueError})
		}
		if saw.Error != "" || *saw.Text != hex.EncodeToString([]byte(text)) {
			return fmt.Sprintf("it raised %q; the text is %q", saw.Error, text)
		}
	default:
		a.Ended()
		if saw.Error != "" || *saw.Body != whole {
			return fmt.Sprintf("it raised %q; the body is %q", saw.Error, body)
		}
	}
	return ""
}

// misreadCoded is misreadBody for one that is to be decoded.
func (c *client) misreadCoded(a *clienttest.Answer, k call, saw report, data []byte, err error) string {
	limit := 64 << 10
	if n := limits[k.limit]; n >= 0 {
		limit = n
	}
	if saw.Pieces != nil { // as far as both came
		got, _ := hex.DecodeString(*saw.Pieces)
		if len(got) > limit || !bytes.HasPrefix(data, got) && !bytes.HasPrefix(got, data) {
			return fmt.Sprintf("the program was given %x; the data are %x, and the limit %d", got, data, limit)
		}
	}
	inPieces := k.way == 1 || k.way == 3 || k.way == 8
	if errors.Is(err, clienttest.ErrSize) && inPieces {
		err = nil // what was handed over cannot be taken back for it
	}
	if len(a.Errors) == 0 && err == nil && len(data) <= limit {
		return c.misvalued(a, k, saw, data)
	}
	if slices.Contains(saw.Open, a.Number()) {
		a.Ended() // all of it came before something was found wrong
	}
	due := append(slices.Clone(a.Errors), clienttest.ProtocolError, clienttest.IncompleteRead, clienttest.TooLarge)
	if len(a.Errors) == 0 && err == nil {
		due = []string{clienttest.TooLarge}
	}
	if k.way == 3 || k.way == 4 { // which may find something wrong before
		due = append(due, clienttest.ValueError)
	}
	return among(saw.Error, due)
}
