package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/espy-hil/espy/hil/result"
)

// bytesShown is how many bytes are shown from where two requests part.
const bytesShown = 8

// beside puts the heads of two requests side by side; nil where they are the same.
// Their bytes are told from the first row in which they part.
func beside(want, got []string) *result.Requests {
	r := result.Requests{Rows: align(want, got)}
	r.Row = slices.IndexFunc(r.Rows, func(row [2]string) bool { return row[0] != row[1] })
	if r.Row < 0 {
		return nil
	}
	a, b := fromLatin1(r.Rows[r.Row][0]+"\r\n"), fromLatin1(r.Rows[r.Row][1]+"\r\n")
	for r.Byte < min(len(a), len(b)) && a[r.Byte] == b[r.Byte] {
		r.Byte++
	}
	r.Want, r.Got = spaced(a[r.Byte:]), spaced(b[r.Byte:])
	return &r
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
	name := func(line string) string {
		before, _, _ := strings.Cut(line, ":")
		return strings.ToLower(before)
	}
	// longest[i][j] is how many rows of two lines want[i:] and got[j:] have.
	longest := make([][]int, len(want)+1)
	for i := range longest {
		longest[i] = make([]int, len(got)+1)
	}
	same := func(i, j int) bool { return i == 0 && j == 0 || i > 0 && j > 0 && name(want[i]) == name(got[j]) }
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
