package html_test

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/report/html"
	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/result"
)

func written(t require.TestingT, r *result.Report) []byte {
	var b bytes.Buffer
	require.NoError(t, html.In(".")(&b, r))
	return b.Bytes()
}

// Whatever is said, the page has the tags that it would have anyway. What a browser
// makes of it is asked of one, in a test that needs it.
func TestNothingFromOutsideBecomesMarkup(t *testing.T) {
	t.Parallel()
	tag := regexp.MustCompile(`<(/?[a-zA-Z!][a-zA-Z0-9-]*)`)
	tags := func(text string) map[string]int {
		page := written(t, reporttest.Filled(text, 1, result.Verdicts...))
		script := bytes.LastIndex(page, []byte("<script>")) // the page's own, which has "<" in it
		count := map[string]int{}
		for _, m := range tag.FindAllStringSubmatch(string(page[bytes.Index(page, []byte("</style>")):script]), -1) {
			count[m[1]]++
		}
		return count
	}
	want := tags("x")
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Just(reporttest.Hostile), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		if text == "" {
			text = "x" // an empty text leaves out what would be about it
		}
		require.Equal(t, want, tags(text))
	})
}

func TestOfALargeValueThePageHasTheBeginning(t *testing.T) {
	t.Parallel()
	r := reporttest.Filled(strings.Repeat("é<", 400<<10), 1, result.Verdicts...)
	require.Less(t, len(written(t, r)), 2<<20)
}

// A page that would be too large has less of each run, and still all of them.
func TestThousandsOfLargeBodiesAreAPageStill(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 32<<10) // xorshift (Marsaglia 2003): nothing that could be packed
	x := uint32(1)
	for i := range noise {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		noise[i] = byte(x)
	}
	r := reporttest.Many(1000, 1, "sim")
	for i := range r.Runs {
		from := i % 1000
		r.Runs[i].Wire[0].Reply = append(bytes.Clone(noise[from:]), noise[:from]...)
		r.Runs[i].Response.Body.Base64 = noise
	}
	page := written(t, r)
	require.Less(t, len(page), 15<<20)
	require.Equal(t, (1000+31)/32, bytes.Count(page, []byte(`<script type="application/gzip"`)))
}

// Two runs may be called alike: each has an address.
func TestEachRunHasAnAddress(t *testing.T) {
	t.Parallel()
	r := reporttest.Many(1, 1, "sim")
	r.Runs = append(r.Runs, r.Runs[0])
	page, id := string(written(t, r)), r.Runs[0].ID()
	require.Contains(t, page, `"id":"`+id+`"`)
	require.Contains(t, page, `"id":"`+id+`-2"`)
	require.Contains(t, page, `href="#run-`+id+`"`)
}

func TestResultsThatLackWhatTheyMayAreAPage(t *testing.T) {
	t.Parallel()
	require.Contains(t, string(written(t, reporttest.Odd())), "</html>")
}

func TestAWriterThatFailsIsReported(t *testing.T) {
	t.Parallel()
	for _, room := range []int{0, 20_000, 90_000, 150_000} {
		require.ErrorIs(t, html.In(".")(&short{room}, reporttest.Many(2000, 0, "sim")), errShort)
	}
}

var errShort = errors.New("no room")

type short struct{ room int }

func (s *short) Write(p []byte) (int, error) {
	if s.room -= len(p); s.room < 0 {
		return 0, errShort
	}
	return len(p), nil
}
