//go:build peers

package markdown_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/result"
)

// GitHub's own parser makes of it tables of as many cells as they have columns, code
// that says what was said, and nothing else.
func TestPeerCmarkSeesTablesAndCodeAlone(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"hostile": reporttest.Hostile, "a link": "https://a.example/x www.a.example a@b.example #1 @all", "pipes": "a|b\\|c||", "ticks": "``a`"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			render := exec.CommandContext(t.Context(), "cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tagfilter")
			render.Stdin = strings.NewReader(write(t, reporttest.Filled(text, 1, result.Verdicts...)))
			html, err := render.Output()
			require.NoError(t, err)
			tags, code := tags(t, strings.ReplaceAll(string(html), "<br>", "<br/>"))
			for tag := range tags {
				require.True(t, slices.Contains([]string{"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "span", "br", "strong"}, tag), "<%s>", tag)
			}
			require.Equal(t, 8*2+6*5, tags["th"]+tags["td"], "two tables: totals of one board, and four findings")
			shown := plain.Fit(plain.Printable(text), 120)
			require.Contains(t, code, strings.Join(strings.Fields(shown), " "))
		})
	}
}

// tags counts the elements of a page, and gives what stands in <code>.
func tags(t *testing.T, html string) (count map[string]int, code []string) {
	t.Helper()
	count = map[string]int{}
	d := xml.NewDecoder(strings.NewReader(html))
	d.Strict = false
	inCode, text := false, ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count, code
		}
		require.NoError(t, err)
		switch x := token.(type) {
		case xml.StartElement:
			count[x.Name.Local]++
			inCode = inCode || x.Name.Local == "code"
		case xml.EndElement:
			if x.Name.Local == "code" {
				code = append(code, strings.Join(strings.Fields(text), " "))
				text, inCode = "", false
			}
		case xml.CharData:
			if inCode {
				text += string(x)
			}
		}
	}
}
