//go:build peers

package browsertest

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
)

// A Browser has one page open.
type Browser struct {
	t   testing.TB
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	fetched    []string
}

// Open starts a browser of the test's own, has it load a page, and waits until ready,
// an expression, is true there. The browser ends with the test.
func Open(t testing.TB, url, ready string) *Browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	b := &Browser{t: t, ctx: ctx}
	require.NoError(t, chromedp.Do(ctx)) // starts it: its context is the browser's life
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
	b.Size(1440, 900)
	b.Do(chromedp.Navigate(url))
	b.Until(ready)
	return b
}

func (b *Browser) listen(console iter.Seq2[chromedp.ConsoleMessage, error]) {
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

func (b *Browser) watch(requests iter.Seq2[network.EventRequestWillBeSent, error]) {
	for r, err := range requests {
		if err != nil {
			return
		}
		b.mu.Lock()
		b.fetched = append(b.fetched, r.Request.URL)
		b.mu.Unlock()
	}
}

// Complaints are what the browser has said on its console so far: exceptions, errors,
// what the content security policy forbade.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.complaints...)
}

// Fetched are the URLs that the browser has fetched so far, the page among them.
func (b *Browser) Fetched() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.fetched...)
}

// Do acts on the page.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	require.NoError(b.t, chromedp.Do(ctx, actions...))
}

// Until waits for a condition in the page. A page's own policy may forbid chromedp's
// way to wait, which is made of text.
func (b *Browser) Until(condition string) {
	b.t.Helper()
	for late := time.Now().Add(time.Minute); b.Content("String("+condition+")") != "true"; time.Sleep(5 * time.Millisecond) {
		require.True(b.t, time.Now().Before(late), "this does not come true: %s", condition)
	}
}

// Content is what an expression in the page is, a string.
func (b *Browser) Content(expression string) string {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	require.NoError(b.t, err, "%s", expression)
	return value
}

// Text is what an element says to a reader.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	return strings.TrimSpace(b.Content(fmt.Sprintf(`document.querySelector(%q).innerText`, selector)))
}

// Click clicks an element.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Press presses keys, one after the other.
func (b *Browser) Press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.Do(chromedp.KeyEvent(k))
	}
}

// Enter writes into a field, or chooses from a list, as a person does.
func (b *Browser) Enter(selector, value string) {
	b.t.Helper()
	b.Content(fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.focus();
		e.value = %q;
		return String(e.dispatchEvent(new Event("input", {bubbles: true})));
	})()`, selector, value))
}

// Size makes the window as wide and high.
func (b *Browser) Size(width, height int64) {
	b.t.Helper()
	b.Do(chromedp.EmulateViewport(width, height))
}

// Prefers has the system be light or dark.
func (b *Browser) Prefers(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(b.t, err)
}

// Shoot keeps a picture of the page where ESPY_SCREENSHOTS says, for people.
func (b *Browser) Shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("ESPY_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644))
}
