//go:build peers

package html_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/browsertest"
	"github.com/espy-hil/espy/hil/report/html"
	"github.com/espy-hil/espy/hil/result"
)

// A browser has the page of a report open.
type browser struct {
	*browsertest.Browser
	t    testing.TB
	page string // its URL
}

// page saves the page of a report, and gives its URL.
func page(t testing.TB, r *result.Report) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "report.html")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, html.In(dir)(f, r))
	require.NoError(t, f.Close())
	return "file://" + path
}

// browse starts a browser of its own, and has it load a page.
func browse(t testing.TB, page, fragment string) *browser {
	t.Helper()
	return &browser{browsertest.Open(t, page+fragment, `document.documentElement.dataset.ready === "true"`), t, page}
}

// shown waits until a run is shown, all of it.
func (b *browser) shown(id string) {
	b.t.Helper()
	b.Until(fmt.Sprintf(`document.getElementById("run").dataset.shown === %q`, id))
}

// satisfied says that the browser has found nothing to complain of, and has fetched
// nothing but the page.
func (b *browser) satisfied() {
	b.t.Helper()
	require.Empty(b.t, b.Complaints())
	require.Empty(b.t, slices.DeleteFunc(b.Fetched(), func(url string) bool {
		return strings.HasPrefix(url, b.page) || strings.HasPrefix(url, "data:,")
	}))
}
