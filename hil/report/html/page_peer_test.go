//go:build peers

package html_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/reporttest"
	"github.com/espy-hil/espy/hil/result"
)

// night is a report of two boards and 40 scenarios, of which one is wrong on the second,
// one differs between them, and one is wrong since before.
func night() *result.Report {
	r := reporttest.Many(40, 0, "sim", "unix:esp8266")
	r.Started, r.Previous = "2026-11-25T02:00:00Z", "2026-11-24T02:00:00Z"
	wrong, diverged, still := &r.Runs[11], &r.Runs[21], &r.Runs[31]
	wrong.Verdict, wrong.Since, wrong.Log = result.Fail, r.Started, "Traceback (most recent call last):\nMemoryError: \x1b[31mno room\n"
	wrong.Diffs = []result.Diff{{Field: "status_code", Want: "200", Got: "505", Source: wrong.File + ":7", Origin: result.InReply}}
	wrong.Response.StatusCode, wrong.Response.Reason = 505, "HTTP Version Not Supported"
	wrong.Pcap = "wire/a b#1.pcapng"
	diverged.Verdict, diverged.Since = result.Diverged, r.Started
	diverged.Diffs = []result.Diff{{
		Field: "wire[0]", Want: "GET / HTTP/1.1", Got: "GET / HTTP/1.0", Source: "board sim", Origin: result.InRequest,
		Requests: &result.Requests{Rows: [][2]string{{"GET / HTTP/1.1", "GET / HTTP/1.0"}, {"Host: a", ""}}, Differ: []int{0, 1}, Byte: 13, Want: "31", Got: "30"},
	}}
	still.Verdict, still.Since = result.Fail, "2026-11-20T02:00:00Z"
	still.Diffs = []result.Diff{{
		Field: "content", Want: `…harbour"}`, Got: "…harb", Source: still.File + ":9",
		At: &result.Place{Offset: 1037, Line: 3, Column: 12, Shown: 5},
	}}
	still.Tags = append(still.Tags, "only here")
	still.Variant = "how=505"
	r.Runs[30].Variant, r.Runs[30].Tags = still.Variant, still.Tags
	r.Runs[40].Mended = true
	r.Totals = result.Count(r.Runs)
	return r
}

// fragment is the address of a run within the page.
func fragment(r *result.Run) string { return "#run-" + r.ID() }

func TestPeerBrowserShowsWhatBrokeAtOnce(t *testing.T) {
	t.Parallel()
	r := night()
	b := browse(t, page(t, r), "")
	require.Equal(t, "3 of 80 runs are not as they should be", b.Text("h1"))
	first := b.Text(".findings > li")
	for _, said := range []string{"fail", "new", r.Runs[11].Scenario, "status_code should be 200, is 505", "unix:esp8266", r.Runs[11].File + ":7", "that is what the server sent"} {
		require.Contains(t, first, said)
	}
	require.Contains(t, b.Text(".findings > li:last-child"), "since 20 November 2026, 02:00 UTC")
	require.Contains(t, b.Text(".masthead"), "1 run mended since")
	require.Equal(t, "true", b.Content(`String(document.querySelector(".findings > li").getBoundingClientRect().bottom < innerHeight)`))
	b.Click(".findings > li a")
	b.shown(r.Runs[11].ID())
	require.Contains(t, b.Text("#run h2"), r.Runs[11].Scenario)
	b.satisfied()
}

func TestPeerBrowserShowsARunDownToTheByte(t *testing.T) {
	t.Parallel()
	r := night()
	b := browse(t, page(t, r), fragment(&r.Runs[11]))
	b.shown(r.Runs[11].ID()) // the link works when the page is loaded
	said := b.Text("#run")
	for _, want := range []string{
		"fail", "new", "The difference", "that is what the server sent", "Response, side by side", "headers.content-type",
		"+1.4 ms", "GET /albums/6 HTTP/1.1", "main · connection 1", "+2.0 ms", "HTTP/1.1 200 OK", `MemoryError: \x1b[31mno room`, "Time and memory", "RFC 9112 6.1",
	} {
		require.Contains(t, said, want)
	}
	counted := b.Content(`[...document.querySelectorAll("#run td.counted")].map(e => e.closest("tr").innerText.replace(/\s+/g, " ").trim()).join("; ")`)
	require.Equal(t, "status_code 200 ✗ 505", counted)
	require.Equal(t, "reason OK ≠ HTTP Version Not Supported", b.Content(`[...document.querySelectorAll("#run td.other")].map(e => e.closest("tr").innerText.replace(/\s+/g, " ").trim()).join("; ")`))
	require.Regexp(t, `^\./.*wire/a%20b%231\.pcapng$`, b.Content(`[...document.querySelectorAll("#run a.button")].find(a => a.textContent === "capture").getAttribute("href")`))

	b.Click(`#run .sequence .ways button:nth-child(2)`)
	b.Until(`document.querySelector("#run pre").className === "hex"`)
	require.True(t, strings.HasPrefix(b.Text("#run pre"), "000000  47 45 54 20 2f 61 6c 62  75 6d 73 2f 36 20 48 54  GET /albums/6 HT\n"), b.Text("#run pre"))
	require.Equal(t, "hex hex", b.Content(`[...document.querySelectorAll("#run .sequence pre")].map(e => e.className).join(" ")`), "the answer as well")
	require.NotEqual(t, "0", b.Content(`String(document.querySelectorAll("#run .plots svg rect.request").length)`))
	b.Shoot("run-light")

	b.Content(`location.hash = "` + fragment(&r.Runs[21]) + `"`)
	b.shown(r.Runs[21].ID())
	said = b.Text("#run")
	require.Contains(t, said, "the client sent something else")
	require.Contains(t, said, "They part in line 1, after 13 bytes: 31 | 30")
	b.Content(`location.hash = "` + fragment(&r.Runs[31]) + `"`)
	b.shown(r.Runs[31].ID())
	require.Contains(t, b.Text("#run"), "They part after 1,037 bytes, in line 3, column 12")
	require.Equal(t, `our"}`, b.Text("#run .difference mark"))
	b.satisfied()
}

// Every byte can be told from every other: what is no UTF-8, what shows nothing, and what
// only looks like an escape.
func TestPeerBrowserShowsEveryByte(t *testing.T) {
	t.Parallel()
	r := reporttest.Many(1, 1, "sim")
	r.Runs[0].Wire[0].Request = []byte("\ufeffa\r\nb\xff\xc3(é\u202e😀\n\r\xed\xa0\x80\t\x00\\x00")
	r.Runs[0].Wire[0].Reply = []byte("\u0085|\x85")
	b := browse(t, page(t, r), fragment(&r.Runs[0]))
	b.shown(r.Runs[0].ID())
	require.Equal(t, "\\ufeffa\\r\\n\nb\\xff\\xc3(é\\u202e😀\\n\n\\r\\xed\\xa0\\x80\\t\\x00\\x00", b.Content(`document.querySelector("#run .sequence pre").textContent`))
	require.Equal(t, `\ufeff|\xff|\xc3|\u202e|\r|\xed|\xa0|\x80|\t\x00`, b.Content(`[...document.querySelectorAll("#run .sequence .forth pre .escape")].map(e => e.textContent).join("|")`))
	require.Equal(t, `\u0085|\x85`, b.Content(`document.querySelector("#run .sequence .back pre").textContent`))
	b.Click(`#run .sequence .ways button:nth-child(2)`)
	require.Equal(t, "000000  ef bb bf 61 0d 0a 62 ff  c3 28 c3 a9 e2 80 ae f0  ···a··b··(······\n"+
		"000010  9f 98 80 0a 0d ed a0 80  09 00 5c 78 30 30        ··········\\x00", b.Text("#run .sequence pre"))
	b.satisfied()
}

func TestPeerBrowserShowsRunsThatLackWhatTheyMay(t *testing.T) {
	t.Parallel()
	r := reporttest.Odd()
	b := browse(t, page(t, r), "")
	shown := map[string]bool{}
	for i := range r.Runs {
		if id := r.Runs[i].ID(); !shown[id] {
			b.Content(`location.hash = "` + fragment(&r.Runs[i]) + `"`)
			b.shown(id)
			require.NotContains(t, b.Text("#run"), "cannot be shown")
			shown[id] = true
		}
	}
	b.satisfied()
}

// A run that the page does not have is no reason to show another one.
func TestPeerBrowserStaysAtTheTopForALinkToNothing(t *testing.T) {
	t.Parallel()
	b := browse(t, page(t, night()), "#run-000000000000")
	require.Equal(t, "true", b.Content(`String(document.getElementById("run").hidden)`))
	b.satisfied()
}

func TestPeerBrowserFilters(t *testing.T) {
	t.Parallel()
	r := night()
	b := browse(t, page(t, r), "")
	shown := func() string { return b.Text("#shown") }
	enter := func(id, value, event string) {
		b.Content(fmt.Sprintf(`(() => { const e = document.getElementById(%q); e.value = %q; return String(e.dispatchEvent(new Event(%q, {bubbles: true}))); })()`, id, value, event))
	}
	require.Equal(t, "80 runs", shown())
	b.Click(`[data-verdict="fail"]`)
	require.Equal(t, "4 of 80 runs", shown(), "both boards of two scenarios")
	require.Equal(t, "true", b.Content(`document.querySelector('[data-verdict="fail"]').getAttribute("aria-pressed")`))
	b.Click(`[data-verdict="diverged"]`)
	require.Equal(t, "6 of 80 runs", shown())
	enter("by-board", "1", "change")
	require.Equal(t, "3 of 80 runs", shown())
	enter("by-board", "0", "change")
	require.Equal(t, "0 of 80 runs", shown())
	require.Equal(t, "No run is like that. Show all", b.Text("#none"))
	b.Click("#all")
	require.Equal(t, "80 runs", shown())
	enter("words", "HOW=505", "input")
	require.Equal(t, "2 of 80 runs", shown())
	enter("words", "status_code 505", "input")
	require.Equal(t, "2 of 80 runs", shown(), "by what differs")
	enter("words", "", "input")
	tag := b.Content(`[...document.querySelectorAll("#by-tag option")].find(o => o.textContent === "only here").value`)
	enter("by-tag", tag, "change")
	require.Equal(t, "2 of 80 runs", shown())
	b.satisfied()
}

func TestPeerBrowserOrdersRuns(t *testing.T) {
	t.Parallel()
	r := night()
	r.Runs[50].TimingMS["run"], r.Runs[60].Memory["allocated"] = 9000, 900_000
	b := browse(t, page(t, r), "")
	first := func(order string) string {
		return b.Content(fmt.Sprintf(`(() => { const e = document.getElementById("order"); e.value = %q; e.dispatchEvent(new Event("change")); return document.querySelector("#table .row .cell").hash; })()`, order))
	}
	require.Equal(t, fragment(&r.Runs[50]), first("slow"))
	require.Equal(t, fragment(&r.Runs[60]), first("hungry"))
	require.Equal(t, fragment(&r.Runs[10]), first("wrong"), "the row of the first that fails")
	require.Equal(t, fragment(&r.Runs[0]), first(""))
}

func TestPeerBrowserObeysTheKeyboard(t *testing.T) {
	t.Parallel()
	r := night()
	b := browse(t, page(t, r), "")
	b.Press("j", "j", "\r")
	b.shown(r.Runs[2].ID())
	b.Press("j")
	b.shown(r.Runs[4].ID()) // the pane follows
	b.Press("l")
	b.shown(r.Runs[5].ID())
	b.Press("h", "k")
	b.shown(r.Runs[2].ID())
	require.Equal(t, fragment(&r.Runs[2]), b.Content(`location.hash`))
	b.Press("n")
	b.shown(r.Runs[11].ID())
	b.Press("n")
	b.shown(r.Runs[21].ID())
	b.Press("p")
	b.shown(r.Runs[11].ID())
	require.Equal(t, "true", b.Content(`String(document.querySelector("#table .row.chosen").getBoundingClientRect().bottom < innerHeight)`))
	b.Press("\x1b")
	b.Until(`document.getElementById("run").hidden`)
	b.Content(`String(document.querySelector("#table [tabindex='0']").focus())`) // as the tab key does
	b.Press("j", "\r")
	b.shown(r.Runs[13].ID())
	require.Equal(t, "1", b.Content(`String(document.querySelectorAll("#table [tabindex='0']").length)`))
	b.Press("\x1b")
	b.Press("/")
	require.Equal(t, "words", b.Content(`document.activeElement.id`))
	b.Press("j") // a letter is a letter there
	require.Equal(t, "/j", b.Content(`document.getElementById("words").value`), "chromedp has the character of / follow the focus, as no keyboard does")
	b.Press("\x1b", "?")
	require.Equal(t, "true", b.Content(`String(document.getElementById("keys").open)`))
	b.Press("\x1b")
	b.Until(`!document.getElementById("keys").open`)
	b.satisfied()
}

func TestPeerBrowserIsLightOrDarkAsTheSystemIsOrTheReaderSays(t *testing.T) {
	t.Parallel()
	b := browse(t, page(t, night()), "")
	paper := func() string { return b.Content(`getComputedStyle(document.documentElement).backgroundColor`) }
	b.Prefers("light")
	light := paper()
	b.Prefers("dark")
	dark := paper()
	require.NotEqual(t, light, dark)
	b.Press("t")
	require.Equal(t, light, paper())
	b.Do() // the choice stays, whatever the system says
	b.Prefers("light")
	b.Click("#theme")
	require.Equal(t, dark, paper())
	b.satisfied()
}

// The pictures are for people; that nothing lies beside the window is for the test.
func TestPeerBrowserShowsThePageOnAnyScreen(t *testing.T) {
	t.Parallel()
	reports := map[string]*result.Report{
		"few": night(), "none": reporttest.Many(30, 0, "sim"), "many": reporttest.Many(300, 3, "sim", "unix:esp8266", "sim:1.24"), "nothing": {Espy: "v1"},
		"boards": reporttest.Many(60, 7, "sim:1.24", "sim:1.25", "sim:1.26", "sim:1.27", "sim:1.28", "sim:1.29", "unix", "unix:esp8266", "serial:/dev/ttyUSB0", "rfc2217://bench.local:2217", "tcp://a:1", "sim:esp32"),
	}
	for name, r := range reports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := browse(t, page(t, r), "")
			for _, scheme := range []string{"light", "dark"} {
				b.Prefers(scheme)
				for size, of := range map[string][2]int64{"wide": {1440, 900}, "middle": {1000, 800}, "phone": {390, 844}} {
					b.Size(of[0], of[1])
					require.Empty(t, b.Content(`document.documentElement.scrollWidth <= innerWidth ? "" : [...document.querySelectorAll("#report *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + "." + e.className + "#" + e.id).slice(0, 5).join(" ")`), "%s scrolls sideways", size)
					b.Shoot(strings.Join([]string{name, size, scheme}, "-"))
				}
			}
			b.satisfied()
		})
	}
}

// What is wrong is to be seen, and hit with a thumb; and in a wide window times stand clear
// of the next board's mark.
func TestPeerBrowserShowsWhatIsWrongOnAPhoneWithoutScrollingSideways(t *testing.T) {
	t.Parallel()
	b := browse(t, page(t, reporttest.Many(60, 7, "sim:1.24", "sim:1.27", "sim", "unix", "serial:/dev/ttyUSB0", "unix:esp8266")), "")
	b.Size(360, 740)
	b.Until(`getComputedStyle(document.querySelector("#table .row")).display === "flex"`)
	b.Click(`[data-verdict="fail"]`)
	b.Until(`document.querySelector("#table .cell.wrong") !== null`)
	require.Equal(t, "true", b.Content(`String([...document.querySelectorAll("#table .cell.wrong")].length > 0 && [...document.querySelectorAll("#table .cell.wrong")].every(c => {
		const box = c.getBoundingClientRect();
		return box.left >= 0 && box.right <= innerWidth && box.height >= 24 && box.width >= 24;
	}))`))
	b.Shoot("phone-360")
	b.Size(1440, 900)
	b.Until(`getComputedStyle(document.querySelector("#table .row")).display === "grid" && !document.body.classList.contains("narrow")`)
	require.Equal(t, "", b.Content(`[...document.querySelectorAll("#table a.cell")].filter(c => c.getBoundingClientRect().right - c.querySelector(".ms").getBoundingClientRect().right < 4).map(c => c.innerText).slice(0, 3).join("|")`))
	b.satisfied()
}

// Whatever is in a field, it is text: nothing runs, nothing is fetched, nothing breaks,
// and what cannot be seen is shown.
func TestPeerBrowserIsNotHurtByWhatAServerSays(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("<img src=http://127.0.0.1:9/x onerror=window.hurt=1>", 200_000)
	texts := map[string]string{
		"markup": reporttest.Hostile, "markup in an attribute": `"><script>window.hurt=1</script>`, "10 MB": large,
		"only invisible": "\u202e\u2066\u200b\u200f\u061c\U000e0041\u3164\u2800", "no text at all": "\x00\xff\xfe\xc3\x28\xed\xa0\x80", "names of an object": "__proto__",
		"an address": "javascript:window.hurt=1", "another's address": "https://127.0.0.1:9/", "a script's end": "</ScRiPt ><!--<script>", "a template": "{{.}} ${window.hurt=1} <%= 1 %>",
	}
	unsafe := `/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u061c\ufeff\u{e0000}-\u{e007f}\u3164\u2800]/u`
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reporttest.Filled(text, 1, result.Verdicts...)
			b := browse(t, page(t, r), "")
			for i := range r.Runs {
				b.Content(`location.hash = "` + fragment(&r.Runs[i]) + `"`)
				b.shown(r.Runs[i].ID())
				b.Content(`String([...document.querySelectorAll("#run details")].forEach(d => { d.open = true; }))`)
				b.Content(`String([...document.querySelectorAll("#run .ways button:last-child")].forEach(e => e.click()))`)
				b.Content(`String([...document.querySelectorAll("#run .ways button:first-child")].forEach(e => e.click()))`)
				require.Equal(t, "null", b.Content(`String(document.body.innerText.match(`+unsafe+`))`), "what cannot be seen")
			}
			if name == "10 MB" {
				require.Contains(t, b.Text("#run .facts"), "about (10,400,000)")
			}
			require.Equal(t, "undefined", b.Content(`String(window.hurt)`))
			require.Empty(t, b.Content(`[...document.querySelectorAll("a")].map(a => a.getAttribute("href")).filter(h => !/^(#|\.\/)/.test(h)).join(" ")`), "links lead nowhere else")
			require.Equal(t, "0", b.Content(`String(document.querySelectorAll("img, iframe, object, embed").length)`))
			require.Equal(t, "2", b.Content(`String([...document.scripts].filter(s => !/^application/.test(s.type)).length + document.querySelectorAll("#index").length)`))
			if name == "markup" {
				require.Contains(t, b.Text("#run h2"), `\x1b[31m`)
				require.Contains(t, b.Text("#run h2"), `\u202eRTL`)
				b.Shoot("hostile")
			}
			b.Press("\x1b")
			b.Content(`document.getElementById("words").value = "script"; String(document.getElementById("words").dispatchEvent(new Event("input", {bubbles: true})))`)
			b.satisfied()
		})
	}
}

// Should markup get into the page after all, its policy keeps it from running.
func TestPeerBrowserRunsNoScriptButThePagesOwn(t *testing.T) {
	t.Parallel()
	b := browse(t, page(t, night()), "")
	b.Content(`(() => { const s = document.createElement("script"); s.textContent = "window.hurt = 1"; document.body.append(s); return ""; })()`)
	b.Content(`(() => { document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.hurt = 1'><a id=bad href='javascript:window.hurt=1'>x</a>"); document.getElementById("bad").click(); return ""; })()`)
	b.Until(`document.querySelector("img").complete`)
	require.Equal(t, "undefined", b.Content(`String(window.hurt)`))
}

// However many runs there are, few rows exist.
func TestPeerBrowserScrollsThroughThousandsOfRuns(t *testing.T) {
	t.Parallel()
	r := reporttest.Many(5000, 50, "sim")
	b := browse(t, page(t, r), "")
	require.Equal(t, "5,000 runs", b.Text("#shown"))
	for _, to := range []string{"document.documentElement.scrollHeight", "document.documentElement.scrollHeight / 2"} {
		b.Content(`String(scrollTo(0, ` + to + `))`)
		b.Until(`[...document.querySelectorAll("#table .row")].some(e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; })`)
		require.Less(t, len(b.Content(`"x".repeat(document.querySelectorAll("#table .row").length)`)), 100)
	}
	last := &r.Runs[len(r.Runs)-1]
	b.Content(`location.hash = "` + fragment(last) + `"`)
	b.shown(last.ID())
	require.Contains(t, b.Text("#run"), "n=4999")
	b.satisfied()
}

// The page is the same for the same report: nothing of the machine is in it.
func TestPeerThePageIsTheSameForTheSameReport(t *testing.T) {
	t.Parallel()
	require.True(t, bytes.Equal(written(t, night()), written(t, night())))
}
