package compare

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// The keys of an observation's maps that expectations are about, as the agent
// reports them.
const (
	// TotalMS is the time from the call of the client to the body's last byte.
	TotalMS = "total"
	// Allocated is how many bytes the request allocated on the board's heap.
	Allocated = "allocated"
)

// Expected compares an observation with what a step of a scenario says of it, for
// one client. No diffs: it is as the scenario says.
func Expected(step *scenarios.Step, client string, got *result.Observation) []result.Diff {
	c := checker{}
	expect := For(step, client)
	surprised := c.raises(expect.Raises, got, step.Request.Pos)
	if got.Response != nil || !surprised {
		c.response(expect, got.Response)
		c.body(expect, got.Response)
	}
	c.costs(expect, got)
	c.wire(step.Wire, got.Wire)
	c.unexpected(step, got.Unexpected)
	judged := *step
	judged.Expect = *expect
	for i := range c.diffs {
		c.diffs[i].Origin = originExpected(c.diffs[i].Field, &judged, got)
	}
	return c.diffs
}

// For is what a step expects of a client: the file may replace its expectations
// for some clients.
func For(step *scenarios.Step, client string) *scenarios.Expect {
	if e, ok := step.Clients[client]; ok {
		return &e
	}
	if e := step.Expect; e.Raises != nil && slices.Contains(foreign, client) {
		raises := *e.Raises
		raises.Message = nil
		e.Raises = &raises
		return &e
	}
	return &step.Expect
}

// foreign are the clients of this machine. What they say in an error is in words of
// their own, of which no file speaks but under clients:.
var foreign = []string{"net/http", "curl"}

// checker gathers the diffs of one observation.
type checker struct{ diffs []result.Diff }

func (c *checker) add(pos scenarios.Pos, field, want, got string) {
	c.diffs = append(c.diffs, result.Diff{Field: field, Want: want, Got: got, Source: pos.String()})
}

func (c *checker) match(field string, want *scenarios.Match, got string, present bool) {
	switch {
	case want == nil || want.Matches(got, present):
	case isLiteral(want) && present:
		c.diffs = append(c.diffs, parted(field, want.Text, got, want.Pos.String()))
	default:
		c.add(want.Pos, field, showMatch(want), showPresent(got, present))
	}
}

// isLiteral tells an expected text that is written as it is read.
func isLiteral(m *scenarios.Match) bool { return m.Regexp == nil && !m.Absent && m.String() == m.Text }

func (c *checker) int(field string, want *scenarios.Int, got int64, present bool) {
	if want != nil && (!present || want.Value != got) {
		c.add(want.Pos, field, strconv.FormatInt(want.Value, 10), showPresent(strconv.FormatInt(got, 10), present))
	}
}

// raises compares the exception, and reports whether one came that the file does
// not expect: the fields of a Response are then not missed one by one.
func (c *checker) raises(want *scenarios.Raises, got *result.Observation, at scenarios.Pos) (surprised bool) {
	switch r := got.Raises; {
	case want == nil && r == nil:
		return false
	case want == nil:
		c.add(at, "raises", "no exception", showRaises(r))
		return true
	case r == nil:
		c.add(want.Pos, "raises", showWantedRaises(want), "no exception"+andStatus(got.Response))
		return false
	default:
		c.match("raises.in", want.In, r.In, true)
		c.match("raises.type", want.Type, r.Type, true)
		if r.Errno == nil {
			c.int("raises.errno", want.Errno, 0, false)
		} else {
			c.int("raises.errno", want.Errno, int64(*r.Errno), true)
		}
		c.match("raises.message", want.Message, r.Message, true)
		return false
	}
}

func andStatus(r *result.Response) string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf(", status_code %d", r.StatusCode)
}

// response compares the fields that stand in a reply's head. A field that the
// client could not give (r is nil) is absent.
func (c *checker) response(want *scenarios.Expect, r *result.Response) {
	present := r != nil
	if !present {
		r = &result.Response{}
	}
	c.int("status_code", want.StatusCode, int64(r.StatusCode), present)
	c.match("reason", want.Reason, r.Reason, present)
	c.headers("headers", want.Headers, r.Headers)
	c.match("version", want.Version, r.Version, present)
	c.match("request_version", want.RequestVersion, r.RequestVersion, present)
	c.match("url", want.URL, r.URL, present)
	if want.History != nil {
		statuses := make([]int64, len(r.History))
		for i, hop := range r.History {
			statuses[i] = int64(hop.Status)
		}
		if !present || !slices.Equal(want.History.Value, statuses) {
			c.add(want.History.Pos, "history", fmt.Sprint(want.History.Value), showPresent(fmt.Sprint(statuses), present))
		}
	}
	for _, t := range want.Types {
		name, ok := r.Types[t.Name]
		c.match("types."+t.Name, &t.Value, name, ok)
	}
}

// headers finds each wanted field by its name in any case. A field that came more
// than once is as wanted if one of its values is, or all of them joined as RFC
// 9110 5.3 joins them.
func (c *checker) headers(field string, want []scenarios.HeaderMatch, got [][2]string) {
	for _, h := range want {
		var values []string
		for _, g := range got {
			if strings.EqualFold(g[0], h.Name) {
				values = append(values, g[1])
			}
		}
		joined := strings.Join(values, ", ")
		fits := func(v string) bool { return h.Value.Matches(v, true) }
		if !slices.ContainsFunc(values, fits) && !h.Value.Matches(joined, len(values) > 0) {
			c.add(h.Value.Pos, field+"."+strings.ToLower(h.Name), showMatch(&h.Value), showPresent(joined, len(values) > 0))
		}
	}
}

// body compares the body, as bytes, as text and as JSON.
func (c *checker) body(want *scenarios.Expect, r *result.Response) {
	present := r != nil
	if !present {
		r = &result.Response{}
	}
	b := &r.Body
	c.content(want, b, present)
	c.int("content_length", want.ContentLength, b.Length, present)
	c.match("content_sha256", want.ContentSHA256, b.SHA256, present)
	if r.Text != nil {
		c.match("text", want.Text, *r.Text, true)
	} else {
		c.match("text", want.Text, "", false)
	}
	c.json("json", want.JSON, r.JSON, subset)
	c.json("json", want.JSONExact, r.JSON, exact)
}

// content compares the body's bytes. Of a body that was reported in part, a
// literal is compared by length and SHA-256, which are always of the whole.
func (c *checker) content(want *scenarios.Expect, b *result.Body, present bool) {
	if w := want.Content; w != nil {
		literal := w.Regexp == nil && !w.Absent
		whole := b.Truncated && literal && present && isBody(b, fromLatin1(w.Text))
		if !whole && !w.Matches(latin1(b.Base64), present) {
			if isLiteral(w) && present && !b.Truncated {
				c.diffs = append(c.diffs, parted("content", w.Text, latin1(b.Base64), w.Pos.String()))
			} else {
				c.add(w.Pos, "content", showMatch(w), showBody(b, present))
			}
		}
	}
	if w := want.ContentHex; w != nil && (!present || !isBody(b, w.Value)) {
		if present && !b.Truncated {
			c.diffs = append(c.diffs, partedHex("content_hex", w.Value, b.Base64, w.Pos.String()))
		} else {
			c.add(w.Pos, "content_hex", showHex(w.Value), showPresent(showHex(b.Base64), present))
		}
	}
}

// isBody reports whether a body has exactly these bytes.
func isBody(b *result.Body, want []byte) bool {
	if !b.Truncated {
		return bytes.Equal(b.Base64, want)
	}
	sum := sha256.Sum256(want)
	return b.Length == int64(len(want)) && b.SHA256 == hex.EncodeToString(sum[:])
}

// costs compares what the request cost, and what it left behind.
func (c *checker) costs(want *scenarios.Expect, got *result.Observation) {
	if w := want.Within; w != nil {
		ms, ok := got.TimingMS[TotalMS]
		took := time.Duration(ms * float64(time.Millisecond))
		if !ok || took > w.Value {
			c.add(w.Pos, "within", "at most "+w.Value.String(), measured(took.String(), ok))
		}
	}
	if w := want.Allocates; w != nil {
		n, ok := got.Memory[Allocated]
		if !ok || n > w.Value {
			c.add(w.Pos, "allocates", fmt.Sprintf("at most %d bytes", w.Value), measured(fmt.Sprintf("%d bytes", n), ok))
		}
	}
	c.int("open_connections", want.OpenConnections, int64(got.OpenConnections), true)
}

func measured(got string, ok bool) string {
	if !ok {
		return "not measured by this board"
	}
	return got
}

// unexpected is what a server was asked beyond what its raw replies provide for.
func (c *checker) unexpected(step *scenarios.Step, requests []string) {
	at := step.Request.Pos
	if step.Wire != nil {
		at = step.Wire.Pos
	}
	for _, r := range requests {
		c.add(at, "wire", "no request beyond the raw replies", show(r))
	}
}
