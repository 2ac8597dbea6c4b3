package scenarios

import (
	"errors"
	"fmt"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// maxRepeat is how many bytes one {repeat} may write.
const maxRepeat = 64 << 20

// rawPart is one item of a raw reply; exactly one of its fields is set.
type rawPart struct {
	bytes  []byte
	wait   *time.Duration
	repeat *plan.Repeat
	read   *plan.Read
	close  *plan.Close
}

// rawReply is one reply of raw:, a list of parts.
var rawReply = reader[plan.Reply]{rawItems.what, rawItems.shape, func(d *decoder, n *node) (plan.Reply, bool) {
	var reply plan.Reply
	parts, ok := rawItems.read(d, n)
	for i, p := range parts {
		switch {
		case p.read != nil:
			reply.Read = *p.read
			if i > 0 {
				d.fail(n.items[i], "what is read comes before what is answered", "read: is not the first part of its reply")
				ok = false
			}
		case p.close != nil:
			reply.Close = *p.close
			if i < len(parts)-1 {
				d.fail(n.items[i], "nothing can follow it", "close: is not the last part of its reply")
				ok = false
			}
		case p.wait != nil:
			reply.Parts = append(reply.Parts, plan.Part{Wait: int64(*p.wait)})
		case p.repeat != nil:
			reply.Parts = append(reply.Parts, plan.Part{Repeat: p.repeat})
		case len(p.bytes) > 0:
			reply.Parts = append(reply.Parts, plan.Part{Bytes: p.bytes})
		}
	}
	return reply, ok
}}

var rawItems = listOf("a list of texts and of {hex}, {wait}, {repeat}, {read}, {close}", rawItem)

// rawItem is a text, or a mapping with one key.
var rawItem = reader[rawPart]{"text, or one of {hex}, {wait}, {repeat}, {read}, {close}", anyShape(textShape, rawMapping.shape), func(d *decoder, n *node) (rawPart, bool) {
	if n.kind == mappingNode {
		return rawMapping.read(d, n)
	}
	if n.kind != scalarNode || n.isNull() {
		d.expected(n, "text, or one of {hex}, {wait}, {repeat}, {read}, {close}")
		return rawPart{}, false
	}
	b, ok := rawText.read(d, n)
	return rawPart{bytes: b}, ok
}}

// rawText reads bytes as Latin-1 text.
var rawText = mapped(template, "text of which each character is one byte (Latin-1)", func(_ *decoder, _ *node, s string) ([]byte, error) {
	return latin1(s)
})

var rawMapping = object("a part of a raw reply", checkRawPart,
	field("hex", "bytes in hexadecimal", hexBytes, func(p *rawPart, v []byte) { p.bytes = []byte(escapeTemplate(string(v))) }),
	field("wait", "silence", duration, func(p *rawPart, v time.Duration) { p.wait = &v }),
	field("repeat", "bytes, many times", repeat, func(p *rawPart, v plan.Repeat) { p.repeat = &v }),
	field("read", "how much of the request is read before the answer", rawRead, func(p *rawPart, v plan.Read) { p.read = &v }),
	field("close", "what becomes of the connection", rawClose, func(p *rawPart, v plan.Close) { p.close = &v }),
)

func checkRawPart(d *decoder, n *node, _ *rawPart) {
	if len(n.keys) > 1 {
		d.fail(n.keys[1], "make of each key an item of the list", "a part of a raw reply has one key, and here are %d", len(n.keys))
	} else if len(n.keys) == 0 {
		d.expected(n, "one of {hex}, {wait}, {repeat}, {read}, {close}")
	}
}

// repeat is {repeat: {bytes, times}}.
var repeat = object("a repetition", checkRepeat,
	field("bytes", "what is written", repeatBytes, func(r *plan.Repeat, v []byte) { r.Bytes = v }).
		needed("a repetition has no bytes:", "expected {bytes, times}"),
	field("times", "how often", count, func(r *plan.Repeat, v int64) { r.Times = int(v) }).
		needed("a repetition has no times:", "expected {bytes, times}"),
)

// repeatBytes is text as Latin-1, or {hex}.
var repeatBytes = reader[[]byte]{"text, or {hex}", anyShape(textShape, hexMapping.shape), func(d *decoder, n *node) ([]byte, bool) {
	if n.kind == mappingNode {
		return hexMapping.read(d, n)
	}
	return rawText.read(d, n)
}}

// hexMapping is {hex: "48 54"} alone, as a template that stands for those bytes.
var hexMapping = mapped(object("bytes", nil,
	field("hex", "bytes in hexadecimal", hexBytes, func(b *[]byte, v []byte) { *b = v }).needed("there are no bytes", "expected {hex}"),
), "{hex}",
	func(_ *decoder, _ *node, v []byte) ([]byte, error) { return []byte(escapeTemplate(string(v))), nil })

func checkRepeat(d *decoder, n *node, r *plan.Repeat) {
	if int64(len(r.Bytes))*int64(r.Times) > maxRepeat {
		d.fail(n.keyNode("times"), "at most 64 MiB", "the repetition writes %d bytes", int64(len(r.Bytes))*int64(r.Times))
	}
}

// rawRead is {read: head | body | N}.
var rawRead = textAs("head, body, or a number of bytes", `head|body|\d+`, func(s string) (plan.Read, error) {
	switch s {
	case "head":
		return plan.Read{Until: plan.ReadHead}, nil
	case "body":
		return plan.Read{Until: plan.ReadBody}, nil
	}
	var bytes int
	if _, err := fmt.Sscanf(s, "%d", &bytes); err != nil || bytes < 0 || fmt.Sprint(bytes) != s {
		return plan.Read{}, fmt.Errorf("%s is not a place in the request", quote(s))
	}
	return plan.Read{Until: plan.ReadBytes, Bytes: bytes}, nil
})

// rawClose is {close: fin | reset | hang | none}.
var rawClose = mapped(oneOf("fin", "reset", "hang", "none"), "fin, reset, hang or none", func(_ *decoder, _ *node, s string) (plan.Close, error) {
	switch s {
	case "fin":
		return plan.CloseFIN, nil
	case "reset":
		return plan.CloseReset, nil
	case "hang":
		return plan.CloseHang, nil
	case "none":
		return plan.CloseNone, nil
	}
	return 0, errors.New("no such way to close")
})
