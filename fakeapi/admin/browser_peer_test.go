//go:build peers

package admin_test

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
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// A browser has the page open, in headless Chromium.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu         sync.Mutex
	complaints []string // of the console: exceptions, what the content security policy forbade
}

// open starts a browser of its own and has it load the page.
func (s *stand) open() *browser {
	s.t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(s.t.TempDir()),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(s.t.Context(), options...)
	s.t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(ctx)
	b := &browser{t: s.t, ctx: ctx}
	b.do() // starts it
	heard := make(chan struct{})
	console := chromedp.Console(ctx)
	go func() {
		defer close(heard)
		b.listen(console)
	}()
	s.t.Cleanup(func() {
		stopTab()
		<-heard
	})
	b.do(chromedp.EmulateViewport(1400, 900), chromedp.Navigate(s.page))
	b.until(`document.getElementById("link").textContent === "live"`)
	return b
}

// listen notes what the browser complains of, but for the refusal that a test asks for.
func (b *browser) listen(console iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range console {
		if err != nil {
			return
		}
		if (m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException) && !strings.Contains(m.Text, "422") {
			b.mu.Lock()
			b.complaints = append(b.complaints, m.Text)
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

// text is what an element says.
func (b *browser) text(selector string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(selector)))
	require.NoError(b.t, err)
	return strings.TrimSpace(text)
}

// content is what an expression in the page is.
func (b *browser) content(expression string) string {
	b.t.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	require.NoError(b.t, err)
	return value
}

func (b *browser) click(selector string) { b.do(chromedp.Click(chromedp.CSS(selector))) }

// enter writes into a field, or chooses from a list, as a person does.
func (b *browser) enter(selector, value string) {
	b.t.Helper()
	b.content(fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.focus();
		e.value = %q;
		return String(e.dispatchEvent(new Event("input", {bubbles: true})));
	})()`, selector, value))
}

// satisfied says that the browser has found nothing to complain of.
func (b *browser) satisfied() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.complaints)
}

// shoot keeps a picture of the page where ESPY_SCREENSHOTS says, for people: those
// of docs are wide-light and wide-dark.
func (b *browser) shoot(name string) {
	dir := os.Getenv("ESPY_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b.t, err)
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644))
}

func TestPeerBrowserShowsExchangesAsTheyHappen(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{Versions: &plan.Versions{Accept: []string{"1.1"}}})
	b := s.open()
	require.Contains(t, b.text("#none"), s.url+"/albums/1")
	s.ask("GET /albums/1?x=<b>&é HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	s.ask(getOne)
	b.until(`document.querySelectorAll("#list tr").length === 2`)
	first, second := b.text(`#list tr[data-id="1"]`), b.text(`#list tr[data-id="2"]`)
	require.Contains(t, first, "GET /albums/1?x=<b>&é HTTP/1.1")
	require.Contains(t, first, "200")
	require.Contains(t, second, "505")
	require.Equal(t, "2", b.content(`document.querySelector("#list tr").dataset.id`), "the latest is on top")

	b.click(`#list tr[data-id="2"]`)
	b.until(`document.getElementById("detail-facts").textContent.startsWith("#2")`)
	require.Equal(t, "GET /albums/1 HTTP/1.0\\r\\n\n\\r\\n", b.text("#request"))
	require.Contains(t, b.text("#reply"), "HTTP/1.1 505 HTTP Version Not Supported\\r\\n")
	b.shoot("exchange-text")
	b.click(`.choice input[value="hex"] + span`)
	b.until(`document.getElementById("request").className === "hex"`)
	require.Equal(t, strings.Join([]string{
		"000000  47 45 54 20 2f 61 6c 62  75 6d 73 2f 31 20 48 54  GET /albums/1 HT",
		"000010  54 50 2f 31 2e 30 0d 0a  0d 0a                    TP/1.0····",
	}, "\n"), b.text("#request"))
	b.shoot("exchange-hex")

	s.ask(getOne) // does not push the chosen one away
	b.until(`document.querySelectorAll("#list tr").length === 3`)
	require.Contains(t, b.text("#detail-facts"), "#2 ")
	b.enter("#filter", "200")
	b.until(`document.getElementById("count").textContent === "1 of 3"`)
	b.satisfied()
}

func TestPeerBrowserChangesPolicyAndFaults(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	b := s.open()
	require.Equal(t, "true", b.content(`String(document.getElementById("apply").disabled)`), "nothing has been changed")
	apply := func(says string) {
		t.Helper()
		b.click("#apply")
		b.until(fmt.Sprintf(`document.getElementById("said").textContent.includes(%q)`, says))
	}
	b.click(`input[value="1.0"][name="accept"] + span`)
	b.enter("#refuse", "426")
	b.click(`input[name="answer"][value="same"] + span`)
	apply("in force")
	require.Contains(t, s.ask(getOne), "HTTP/1.0 426 ")
	require.Equal(t, plan.Words{Accept: []string{"1.1"}, Refuse: "426", Answer: "same", Faults: map[string]string{}}, plan.WordsOf(s.server.Plan()))

	b.enter("#fault-truncate_after", "17")
	apply("in force")
	require.Equal(t, "HTTP/1.0 426 Upgr", s.ask(getOne))
	b.enter("#fault-slice", "0")
	apply("slice: it must be 1 or more")
	b.shoot("plan-wrong")
	b.click("#revert")
	require.Equal(t, "", b.content(`document.getElementById("fault-slice").value`))

	b.enter("#fault-truncate_after", "")
	b.enter("#personality", "nginx")
	apply("in force")
	require.Contains(t, s.ask("GET / HTTP/2.0\r\n\r\n"), "<center>nginx")
	require.Contains(t, b.text("#personality-says"), "nginx")

	// What another has changed is shown, where nothing else is being written.
	require.NoError(t, s.server.Change(func(p *plan.Server) { *p = plan.Server{} }))
	b.until(`document.getElementById("personality").value === ""`)
	b.satisfied()
}

func TestPeerBrowserFindsTheServerAgain(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	b := s.open()
	s.ask(getOne)
	b.until(`document.querySelectorAll("#list tr").length === 1`)
	s.stopPage()
	b.until(`document.getElementById("link").textContent === "the server does not answer"`)
	s.servePage()
	b.until(`document.getElementById("link").textContent === "live"`)
	s.ask(getOne)
	b.until(`document.querySelectorAll("#list tr").length === 2`)
}

// The pictures are for people; that nothing lies beside the window is for the test.
func TestPeerBrowserShowsThePageWideAndNarrowLightAndDark(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{Versions: &plan.Versions{Accept: []string{"1.0"}}, Faults: []plan.Fault{{Name: "latency", Amount: int64(2 * time.Millisecond)}}})
	b := s.open()
	for _, path := range []string{"/albums/1", "/albums?userId=1&_sort=title", "/status/418", "/redirect/2", "/none", "/html"} {
		s.ask("GET " + path + " HTTP/1.0\r\nHost: 192.168.1.20:8080\r\nUser-Agent: espy.requests\r\nAccept: */*\r\n\r\n")
	}
	s.ask("GET /albums/1 HTTP/1.1\r\nHost: a\r\n\r\n")
	s.ask("BREW /pot HTTP/9.9\r\n\r\n")
	s.ask("\x16\x03\x01\x00\x05hello")
	s.ask("POST /albums HTTP/1.0\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n{\"userId\": 1, \"title\": \"Größe\"}")
	b.until(`document.querySelectorAll("#list tr").length === 10`)
	b.until(`document.getElementById("reply").textContent.includes("201")`)
	for _, scheme := range []string{"light", "dark"} {
		for name, size := range map[string][2]int64{"wide": {1440, 900}, "middle": {1000, 900}, "narrow": {390, 844}} {
			_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			require.NoError(t, err)
			b.do(chromedp.EmulateViewport(size[0], size[1]))
			require.Equal(t, "false", b.content(`String(document.documentElement.scrollWidth > innerWidth)`), "%s scrolls sideways", name)
			b.shoot(name + "-" + scheme)
		}
	}
	b.satisfied()
}
