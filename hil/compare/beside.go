package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// bytesShown is how many bytes are shown from where two requests part.
const bytesShown = 8

// beside puts the heads of two requests side by side; nil where they are the same.
// Their bytes are told from the first row in which they part.
func beside(want, got []string) *result.Requests {
	r := result.Requests{Rows: align(want, got)}
	for i, row := range r.Rows {
		if row[0] != row[1] {
			r.Differ = append(r.Differ, i)
		}
	}
	if len(r.Differ) == 0 {
		return nil
	}
	first := r.Rows[r.Differ[0]]
	partBytes(&r, first[0], first[1])
	return &r
}

// partBytes says where the first row that differs parts.
func partBytes(r *result.Requests, want, got string) {
	a, b := fromLatin1(want+"\r\n"), fromLatin1(got+"\r\n")
	for r.Byte < min(len(a), len(b)) && a[r.Byte] == b[r.Byte] {
		r.Byte++
	}
	r.Want, r.Got = spaced(a[r.Byte:]), spaced(b[r.Byte:])
}

// asExpected puts what the file says of a request beside the request. Differ names
// what is not as expected: the line, and fields in lower case.
func asExpected(want *scenarios.WireItem, got *result.Exchange, differ map[string]bool) *result.Requests {
	line := ""
	if want.Line != nil {
		line = showMatch(want.Line)
	}
	expected := []string{line}
	for _, h := range want.Headers {
		expected = append(expected, h.Name+": "+showMatch(&h.Value))
	}
	sent := []string{got.RequestLine}
	for _, h := range got.Headers {
		sent = append(sent, h[0]+": "+h[1])
	}
	r := result.Requests{Rows: byName(expected, sent)}
	for i, row := range r.Rows {
		name := ""
		if i > 0 {
			name = fieldOf(row[0])
		}
		if row[0] != "" && differ[name] {
			r.Differ = append(r.Differ, i)
		}
	}
	if len(r.Differ) == 0 {
		return nil
	}
	if r.Differ[0] == 0 && isLiteral(want.Line) {
		partBytes(&r, r.Rows[0][0], r.Rows[0][1])
	}
	return &r
}

// byName puts each line that is expected beside the one of its name, wherever that
// was sent: a file says nothing of the order of fields.
func byName(expected, sent []string) (rows [][2]string) {
	rows = [][2]string{{expected[0], sent[0]}}
	expected = slices.Clone(expected[1:])
	for _, line := range sent[1:] {
		row := [2]string{"", line}
		if i := slices.IndexFunc(expected, func(e string) bool { return fieldOf(e) == fieldOf(line) }); i >= 0 {
			row[0] = expected[i]
			expected = slices.Delete(expected, i, i+1)
		}
		rows = append(rows, row)
	}
	for _, line := range expected {
		rows = append(rows, [2]string{line, ""})
	}
	return rows
}

// fieldOf is the name of a header field, in lower case; of a request line, no name.
func fieldOf(line string) string {
	name, _, _ := strings.Cut(line, ":")
	return strings.ToLower(name)
}

// head is a request's line and the fields that are compared, as they were sent.
func (l lens) head(x *result.Exchange) []string {
	lines := []string{l.mask.Replace(x.RequestLine)}
	for _, h := range x.Headers {
		if !l.isVolatile(strings.ToLower(h[0])) {
			lines = append(lines, l.mask.Replace(h[0]+": "+h[1]))
		}
	}
	return lines
}

// spaced is the first bytes in hexadecimal.
func spaced(b []byte) string {
	more := ""
	if len(b) > bytesShown {
		b, more = b[:bytesShown], " …"
	}
	return fmt.Sprintf("% x", b) + more
}

// align puts the lines of two heads beside each other, those of one field in one
// row. The longest run of fields in the same order stays; the rest has a row of its own.
func align(want, got []string) (rows [][2]string) {
	// longest[i][j] is how many rows of two lines want[i:] and got[j:] have.
	longest := make([][]int, len(want)+1)
	for i := range longest {
		longest[i] = make([]int, len(got)+1)
	}
	same := func(i, j int) bool { return i == 0 && j == 0 || i > 0 && j > 0 && fieldOf(want[i]) == fieldOf(got[j]) }
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if same(i, j) {
				longest[i][j] = max(longest[i][j], 1+longest[i+1][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(want) || j < len(got); {
		switch {
		case i < len(want) && j < len(got) && same(i, j) && longest[i][j] == 1+longest[i+1][j+1]:
			rows = append(rows, [2]string{want[i], got[j]})
			i, j = i+1, j+1
		case i < len(want) && (j == len(got) || longest[i+1][j] >= longest[i][j+1]):
			rows = append(rows, [2]string{want[i], ""})
			i++
		default:
			rows = append(rows, [2]string{"", got[j]})
			j++
		}
	}
	return rows
}

// headsBeside are the requests of two runs side by side, where their heads differ.
func headsBeside(from, to lens, want, got *result.Observation) map[string]*result.Requests {
	heads := map[string]*result.Requests{}
	for i := range min(len(want.Wire), len(got.Wire)) {
		heads[fmt.Sprintf("wire[%d]", i)] = beside(from.head(&want.Wire[i]), to.head(&got.Wire[i]))
	}
	return heads
}

// takeHeads takes the heads of the request that a field is of: they stand beside its
// first difference alone.
func takeHeads(heads map[string]*result.Requests, field string) *result.Requests {
	request, _, _ := strings.Cut(field, ".")
	r := heads[request]
	delete(heads, request)
	return r
}
