package fakeapi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A message is a request before it is written out.
type message struct {
	blank   string
	line    string
	fields  [][2]string
	body    string
	written string
}

var (
	tokens   = rapid.StringMatching(`[A-Za-z][A-Za-z0-9-]{0,12}`)
	anyValue = rapid.StringMatching(`([!-~]([ -~]{0,20}[!-~])?)?`)
	breaks   = rapid.SampledFrom([]string{"\r\n", "\n"})
)

func drawMessage(t *rapid.T) message {
	m := message{
		blank: strings.Repeat("\r\n", rapid.IntRange(0, 2).Draw(t, "empty lines")),
		line:  tokens.Draw(t, "method") + " /" + rapid.StringMatching(`[a-z/?=]{0,20}`).Draw(t, "path") + " HTTP/1.1",
		body:  rapid.StringOfN(rapid.Rune(), 0, 60, 200).Draw(t, "body"),
	}
	for range rapid.IntRange(0, 4).Draw(t, "fields") {
		name := tokens.Draw(t, "name")
		if !strings.EqualFold(name, "Content-Length") && !strings.EqualFold(name, "Transfer-Encoding") {
			m.fields = append(m.fields, [2]string{name, anyValue.Draw(t, "value")})
		}
	}
	var coded string
	switch rapid.IntRange(0, 2).Draw(t, "framing") {
	case 0:
		m.body = ""
	case 1:
		m.fields = append(m.fields, [2]string{"content-LENGTH", fmt.Sprint(len(m.body))})
		coded = m.body
	case 2:
		m.fields = append(m.fields, [2]string{"Transfer-Encoding", "Chunked"})
		for rest := m.body; ; {
			n := min(len(rest), rapid.IntRange(1, 20).Draw(t, "chunk"))
			coded += fmt.Sprintf("%X;a=b\r\n%s\r\n", n, rest[:n])
			if rest = rest[n:]; n == 0 {
				break
			}
		}
	}
	end := breaks.Draw(t, "line break")
	m.written = m.blank + m.line + end
	for _, f := range m.fields {
		m.written += f[0] + ":" + rapid.StringMatching(`[ \t]{0,2}`).Draw(t, "space") + f[1] + end
	}
	m.written += end + coded
	return m
}

func TestAnyRequestIsTakenApartAsItWasPutTogetherHoweverItArrives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawMessage(t)
		all := want.written + rapid.String().Draw(t, "what follows")
		var f framing
		for arrived := 0; arrived < len(all); {
			arrived = min(len(all), arrived+rapid.IntRange(1, 50).Draw(t, "segment"))
			f.follow([]byte(all[:arrived]))
			if f.end > 0 && arrived < len(want.written) {
				t.Fatalf("ended after %d bytes of %d", arrived, len(want.written))
			}
		}
		if f.fault != nil {
			t.Fatalf("%q: %v", want.written, f.fault)
		}
		got := message{
			blank: all[:f.start], line: f.line, fields: f.fields,
			body: string(f.content([]byte(all))), written: all[:f.end],
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(message{})); d != "" {
			t.Fatal(d)
		}
	})
}

// However bytes arrive, what is found in them is the same, and lies within them.
func FuzzFramingDoesNotDependOnSegments(f *testing.F) {
	for _, seed := range []string{
		"", "\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET /\r\nrest", "P / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: 1\r\n\r\nmore",
		"P / HTTP/1.1\nContent-Length: 3\n\nabcd", "P / HTTP/1.1\r\nContent-Length: 4611686018427387903\r\n\r\n",
		"P / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n", "P / HTTP/1.1\r\n folded: 1\r\n folded: 2\r\n\r\n",
	} {
		f.Add([]byte(seed), uint8(1))
		f.Add([]byte(seed), uint8(7))
	}
	f.Fuzz(func(t *testing.T, b []byte, step uint8) {
		var whole, pieces framing
		whole.follow(b)
		for n := 0; n < len(b); {
			n = min(len(b), n+max(1, int(step)))
			pieces.follow(b[:n])
		}
		type view struct {
			Start, Head, End int
			Fault            string
			Line, Body       string
			Fields           [][2]string
		}
		see := func(f framing) view {
			v := view{f.start, f.head, f.end, "", f.line, string(f.content(b)), f.fields}
			if f.fault != nil {
				v.Fault = f.fault.Error()
			}
			return v
		}
		if d := cmp.Diff(see(whole), see(pieces)); d != "" {
			t.Fatalf("%q in steps of %d: %s", b, step, d)
		}
		if whole.start > len(b) || whole.head > len(b) || whole.end > len(b) {
			t.Fatalf("%q: a place outside of it: %+v", b, whole)
		}
	})
}
