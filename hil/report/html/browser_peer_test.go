//go:build peers

package html_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/html"
	"github.com/espy-hil/espy/hil/result"
)

// A browser has the page of a report open, in headless Chromium.
type browser struct {
	t    testing.TB
	ctx  context.Context
	page string // its URL

	mu         sync.Mutex
	complaints []string // of the console: exceptions, what the content security policy forbade
	fetched    []string // URLs, the page's own left out
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
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	b := &browser{t: t, ctx: ctx, page: page}
	b.do() // starts it
	var heard sync.WaitGroup
	console, requests := chromedp.Console(ctx), chromedp.Events(ctx, network.RequestWillBeSent)
	heard.Go(func() { b.listen(console) })
	heard.Go(func() { b.watch(requests) })
	t.Cleanup(func() {
		stopTab()
		heard.Wait()
	})
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	require.NoError(t, err)
	b.do(chromedp.EmulateViewport(1440, 900), chromedp.Navigate(page+fragment))
	b.until(`document.documentElement.dataset.ready === "true"`)
	return b
}

// listen notes what the browser complains of.
func (b *browser) listen(console iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range console {
		if err != nil {
			return
		}
		if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException || m.Type == chromedp.ConsoleWarning {
			b.mu.Lock()
			b.complaints = append(b.complaints, m.Text)
			b.mu.Unlock()
		}
	}
}

// watch notes what the browser fetches.
func (b *browser) watch(requests iter.Seq2[network.EventRequestWillBeSent, error]) {
	for r, err := range requests {
		if err != nil {
			return
		}
		if u := r.Request.URL; !strings.HasPrefix(u, b.page) && !strings.HasPrefix(u, "data:,") {
			b.mu.Lock()
			b.fetched = append(b.fetched, u)
			b.mu.Unlock()
		}
	}
}

// do acts, for half a minute at most.
func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if len(actions) == 0 {
		require.NoError(b.t, chromedp.Do(b.ctx)) // its context is the browser's life
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	require.NoError(b.t, chromedp.Do(ctx, actions...))
}

// until waits for a condition in the page. The page's own policy forbids chromedp's
// way to wait, which is made of text.
func (b *browser) until(condition string) {
	b.t.Helper()
	for late := time.Now().Add(time.Minute); b.content("String("+condition+")") != "true"; time.Sleep(5 * time.Millisecond) {
		require.True(b.t, time.Now().Before(late), "this does not come true: %s", condition)
	}
}

// content is what an expression in the page is.
func (b *browser) content(expression string) string {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	require.NoError(b.t, err, "%s", expression)
	return value
}

// text is what an element says to a reader.
func (b *browser) text(selector string) string {
	b.t.Helper()
	return strings.TrimSpace(b.content(fmt.Sprintf(`document.querySelector(%q).innerText`, selector)))
}

func (b *browser) click(selector string) { b.do(chromedp.Click(chromedp.CSS(selector))) }

// press presses keys, one after the other.
func (b *browser) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// shown waits until a run is shown, all of it.
func (b *browser) shown(id string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.getElementById("run").dataset.shown === %q`, id))
}

// size makes the window as wide and high.
func (b *browser) size(width, height int64) { b.do(chromedp.EmulateViewport(width, height)) }

// prefers has the system be light or dark.
func (b *browser) prefers(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(b.t, err)
}

// satisfied says that the browser has found nothing to complain of, and has fetched
// nothing but the page.
func (b *browser) satisfied() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.complaints)
	require.Empty(b.t, b.fetched)
}

// shoot keeps a picture of the page where ESPY_SCREENSHOTS says, for people.
func (b *browser) shoot(name string) {
	dir := os.Getenv("ESPY_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644))
}
