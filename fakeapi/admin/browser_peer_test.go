//go:build peers

package admin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/browsertest"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// open starts a browser of its own and has it load the page. Pictures that a test
// keeps are for people: those of docs are wide-light and wide-dark.
func (s *stand) open() *browsertest.Browser {
	s.t.Helper()
	return browsertest.Open(s.t, s.page, `document.getElementById("link").textContent === "live"`)
}

// satisfied says that the browser has found nothing to complain of, but for the refusal
// that a test asks for.
func satisfied(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	require.Empty(t, slices.DeleteFunc(b.Complaints(), func(text string) bool { return strings.Contains(text, "422") }))
}

func TestPeerBrowserShowsExchangesAsTheyHappen(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{Versions: &plan.Versions{Accept: []string{"1.1"}}})
	b := s.open()
	require.Contains(t, b.Text("#none"), s.url+"/albums/1")
	s.ask("GET /albums/1?x=<b>&é HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	s.ask(getOne)
	b.Until(`document.querySelectorAll("#list tr").length === 2`)
	first, second := b.Text(`#list tr[data-id="1"]`), b.Text(`#list tr[data-id="2"]`)
	require.Contains(t, first, "GET /albums/1?x=<b>&é HTTP/1.1")
	require.Contains(t, first, "200")
	require.Contains(t, second, "505")
	require.Equal(t, "2", b.Content(`document.querySelector("#list tr").dataset.id`), "the latest is on top")

	b.Click(`#list tr[data-id="2"]`)
	b.Until(`document.getElementById("detail-facts").textContent.startsWith("#2")`)
	require.Equal(t, "GET /albums/1 HTTP/1.0\\r\\n\n\\r\\n", b.Text("#request"))
	require.Contains(t, b.Text("#reply"), "HTTP/1.1 505 HTTP Version Not Supported\\r\\n")
	b.Shoot("exchange-text")
	b.Click(`.choice input[value="hex"] + span`)
	b.Until(`document.getElementById("request").className === "hex"`)
	require.Equal(t, strings.Join([]string{
		"000000  47 45 54 20 2f 61 6c 62  75 6d 73 2f 31 20 48 54  GET /albums/1 HT",
		"000010  54 50 2f 31 2e 30 0d 0a  0d 0a                    TP/1.0····",
	}, "\n"), b.Text("#request"))
	b.Shoot("exchange-hex")

	s.ask(getOne) // does not push the chosen one away
	b.Until(`document.querySelectorAll("#list tr").length === 3`)
	require.Contains(t, b.Text("#detail-facts"), "#2 ")
	b.Enter("#filter", "200")
	b.Until(`document.getElementById("count").textContent === "1 of 3"`)
	satisfied(t, b)
}

func TestPeerBrowserChangesPolicyAndFaults(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	b := s.open()
	require.Equal(t, "true", b.Content(`String(document.getElementById("apply").disabled)`), "nothing has been changed")
	apply := func(says string) {
		t.Helper()
		b.Click("#apply")
		b.Until(fmt.Sprintf(`document.getElementById("said").textContent.includes(%q)`, says))
	}
	b.Click(`input[value="1.0"][name="accept"] + span`)
	b.Enter("#refuse", "426")
	b.Click(`input[name="answer"][value="same"] + span`)
	apply("in force")
	require.Contains(t, s.ask(getOne), "HTTP/1.0 426 ")
	require.Equal(t, plan.Words{Accept: []string{"1.1"}, Refuse: "426", Answer: "same", Faults: map[string]string{}}, plan.WordsOf(s.server.Plan()))

	b.Enter("#fault-truncate_after", "17")
	apply("in force")
	require.Equal(t, "HTTP/1.0 426 Upgr", s.ask(getOne))
	b.Enter("#fault-slice", "0")
	apply("slice: it must be 1 or more")
	b.Shoot("plan-wrong")
	b.Click("#revert")
	require.Equal(t, "", b.Content(`document.getElementById("fault-slice").value`))

	b.Enter("#fault-truncate_after", "")
	b.Enter("#personality", "nginx")
	apply("in force")
	require.Contains(t, s.ask("GET / HTTP/2.0\r\n\r\n"), "<center>nginx")
	require.Contains(t, b.Text("#personality-says"), "nginx")

	// What another has changed is shown, where nothing else is being written.
	require.NoError(t, s.server.Change(func(p *plan.Server) { *p = plan.Server{} }))
	b.Until(`document.getElementById("personality").value === ""`)
	satisfied(t, b)
}

func TestPeerBrowserFindsTheServerAgain(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	b := s.open()
	s.ask(getOne)
	b.Until(`document.querySelectorAll("#list tr").length === 1`)
	s.stopPage()
	b.Until(`document.getElementById("link").textContent === "the server does not answer"`)
	s.servePage()
	b.Until(`document.getElementById("link").textContent === "live"`)
	s.ask(getOne)
	b.Until(`document.querySelectorAll("#list tr").length === 2`)
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
	b.Until(`document.querySelectorAll("#list tr").length === 10`)
	b.Until(`document.getElementById("reply").textContent.includes("201")`)
	for _, scheme := range []string{"light", "dark"} {
		for name, size := range map[string][2]int64{"wide": {1440, 900}, "middle": {1000, 900}, "narrow": {390, 844}} {
			b.Prefers(scheme)
			b.Size(size[0], size[1])
			require.Equal(t, "false", b.Content(`String(document.documentElement.scrollWidth > innerWidth)`), "%s scrolls sideways", name)
			b.Shoot(name + "-" + scheme)
		}
	}
	satisfied(t, b)
}
