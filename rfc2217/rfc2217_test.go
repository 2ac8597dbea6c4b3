package rfc2217_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/rfc2217"
)

// decoded is what a decoder finds, data that follows data as one.
type decoded struct {
	data   []byte
	events []rfc2217.Event
}

func (d *decoded) push(dec *rfc2217.Decoder, p []byte) {
	dec.Decode(p, func(b []byte) { d.data = append(d.data, b...) }, func(e rfc2217.Event) {
		e.Value = bytes.Clone(e.Value)
		d.events = append(d.events, e)
	})
}

func TestWhatIsEscapedIsDecoded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte{rfc2217.IAC, rfc2217.SB, rfc2217.SE, 0, '\r'})))
		var wire, data []byte
		var events []rfc2217.Event
		for range rapid.IntRange(0, 6).Draw(t, "pieces") {
			d := some.Draw(t, "data")
			data = append(data, d...)
			wire = rfc2217.Escape(wire, d)
			switch rapid.IntRange(0, 2).Draw(t, "event") {
			case 0:
				e := rfc2217.Event{
					Command: rapid.SampledFrom([]byte{rfc2217.Will, rfc2217.Wont, rfc2217.Do, rfc2217.Dont}).Draw(t, "command"),
					Option:  rapid.Byte().Draw(t, "option"),
				}
				wire, events = append(wire, rfc2217.IAC, e.Command, e.Option), append(events, e)
			case 1:
				e := rfc2217.Event{Command: rfc2217.SB, Option: rapid.Byte().Draw(t, "option"), Value: some.Draw(t, "value")}
				if len(e.Value) > 500 {
					e.Value = e.Value[:500]
				}
				wire, events = append(wire, rfc2217.Subnegotiation(e.Option, e.Value...)...), append(events, e)
			}
		}
		var dec rfc2217.Decoder
		var got decoded
		for len(wire) > 0 { // in pieces of any size
			n := rapid.IntRange(1, len(wire)).Draw(t, "piece")
			got.push(&dec, wire[:n])
			wire = wire[n:]
		}
		require.True(t, bytes.Equal(data, got.data), "%q, not %q", got.data, data)
		require.Len(t, got.events, len(events))
		for i, e := range events {
			require.Equal(t, e.Command, got.events[i].Command)
			require.Equal(t, e.Option, got.events[i].Option)
			require.True(t, bytes.Equal(e.Value, got.events[i].Value))
		}
	})
}

func TestASubnegotiationThatBreaksOffIsNone(t *testing.T) {
	t.Parallel()
	for wire, want := range map[string]int{
		"\xff\xfa\x2c\x05\xff\xfd\x00data": 1, // IAC DO BINARY inside
		"\xff\xfa\x2c\x05":                 0,
		"\xff\xfa\x2c" + string(bytes.Repeat([]byte("x"), 100_000)) + "\xff\xf0data": 0, // too long
		"\xff\xf1data": 1, // NOP
	} {
		var dec rfc2217.Decoder
		var got decoded
		got.push(&dec, []byte(wire))
		require.Len(t, got.events, want, "%.20q", wire)
		if len(got.data) > 0 {
			require.Equal(t, "data", string(got.data))
		}
	}
}

// Whatever comes, in whatever pieces, is the same, and the decoder comes back to data.
func FuzzDecoder(f *testing.F) {
	f.Add([]byte("abc\xff\xffdef\xff\xfd\x00\xff\xfa\x2c\x05\x08\xff\xf0ghi"), uint8(3))
	f.Add([]byte("\xff\xfa\xff\xff\xff\xf0\xff"), uint8(1))
	f.Fuzz(func(t *testing.T, wire []byte, piece uint8) {
		var whole, pieces decoded
		var one, other rfc2217.Decoder
		whole.push(&one, wire)
		for rest := wire; len(rest) > 0; {
			n := min(int(piece)+1, len(rest))
			pieces.push(&other, rest[:n])
			rest = rest[n:]
		}
		require.Equal(t, whole, pieces)
		require.LessOrEqual(t, len(whole.data), len(wire))
		end := []byte{rfc2217.IAC, rfc2217.SE, rfc2217.IAC, rfc2217.SE, 'x'}
		whole.data = nil
		whole.push(&one, end)
		require.Equal(t, "x", string(whole.data[max(0, len(whole.data)-1):]))
	})
}

// Two ends that talk come to rest, and agree on what both can do.
func TestTwoEndsAgreeAndFallSilent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		set := rapid.SliceOfDistinct(rapid.ByteRange(0, 5), rapid.ID[byte])
		aCan, aMay, bCan, bMay := set.Draw(t, "a can"), set.Draw(t, "a may"), set.Draw(t, "b can"), set.Draw(t, "b may")
		a, b := rfc2217.Agree(aCan, bMay), rfc2217.Agree(bCan, aMay)
		toB, toA := a.Propose(), []byte(nil)
		if rapid.Bool().Draw(t, "both begin") {
			toA = b.Propose()
		}
		hear := func(g *rfc2217.Agreement, wire []byte) (answer []byte) {
			var dec rfc2217.Decoder
			dec.Decode(wire, func([]byte) {}, func(e rfc2217.Event) { answer = append(answer, g.Hear(e)...) })
			return answer
		}
		for round := 0; len(toA)+len(toB) > 0; round++ {
			require.Less(t, round, 10, "they go on for ever")
			toA, toB = hear(b, toB), hear(a, toA)
		}
		for o := range byte(6) {
			require.Equal(t, a.We(o), b.They(o), "option %d", o)
			require.Equal(t, b.We(o), a.They(o), "option %d", o)
		}
	})
}
