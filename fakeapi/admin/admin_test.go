package admin_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestThePageIsMadeOfItsOwnFiles(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/page.js": "text/javascript; charset=utf-8", "/page.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml",
	} {
		response, body := s.send("GET", path, "")
		require.Equal(t, http.StatusOK, response.StatusCode)
		require.Equal(t, kind, response.Header.Get("Content-Type"))
		require.NotEmpty(t, body)
		policy := response.Header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'none'")
		require.Contains(t, policy, "frame-ancestors 'none'")
		require.NotContains(t, policy, "unsafe")
		require.NotContains(t, body, " style=\"", "which the policy forbids")
	}
}

func TestAStrangerIsKeptOut(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	_, port, _ := strings.Cut(strings.TrimPrefix(s.page, "http://"), ":")
	const forbidden = http.StatusForbidden
	for name, c := range map[string]struct {
		fields []string
		want   int
	}{
		"the person at this machine":         {nil, http.StatusOK},
		"by name":                            {[]string{"Host", "localhost:" + port}, http.StatusOK},
		"the page itself":                    {[]string{"Origin", s.page, "Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		"a typed address":                    {[]string{"Sec-Fetch-Site", "none"}, http.StatusOK},
		"a name made to resolve here":        {[]string{"Host", "evil.example:" + port}, forbidden},
		"one that begins like ours":          {[]string{"Host", "127.0.0.1.evil.example:" + port}, forbidden},
		"another port":                       {[]string{"Host", "127.0.0.1:1"}, forbidden},
		"no port":                            {[]string{"Host", "127.0.0.1"}, forbidden},
		"another origin":                     {[]string{"Origin", "http://evil.example"}, forbidden},
		"an origin on another port":          {[]string{"Origin", "http://127.0.0.1:1"}, forbidden},
		"an origin that will not be named":   {[]string{"Origin", "null"}, forbidden},
		"an image on another page":           {[]string{"Sec-Fetch-Site", "cross-site"}, forbidden},
		"a page on another port, as it were": {[]string{"Sec-Fetch-Site", "same-site"}, forbidden},
	} {
		for _, path := range []string{"/", "/api/state", "/api/exchanges", "/api/capture.txt"} {
			response, body := s.send("GET", path, "", c.fields...)
			require.Equal(t, c.want, response.StatusCode, "%s: %s: %s", name, path, body)
		}
		fields := append([]string{"Content-Type", "application/json"}, c.fields...)
		response, _ := s.send("PUT", "/api/plan", "{}", fields...)
		require.Equal(t, c.want, response.StatusCode, name)
	}
}

func TestWhatAFormCanSendChangesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"} {
		response, body := s.send("PUT", "/api/plan", `{"accept":["1.0"]}`, "Content-Type", kind)
		require.Equal(t, http.StatusUnsupportedMediaType, response.StatusCode)
		require.Contains(t, body, `"error":`)
	}
	require.Nil(t, s.server.Plan().Versions)
}

func TestAPlanIsReadAndChanged(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{Routes: []plan.Route{{Method: "GET", Path: "/mine"}}})
	put := func(body string) (int, string) {
		response, answer := s.send("PUT", "/api/plan", body, "Content-Type", "application/json")
		return response.StatusCode, answer
	}
	var now struct {
		URL           string
		TLS           any
		Plan          plan.Words
		Personalities []struct{ Name string }
		Faults        []struct{ Name string }
		Paths         []struct{ Methods, Path string }
	}
	s.read("/api/state", &now)
	require.Equal(t, s.url, now.URL)
	require.Nil(t, now.TLS)
	require.Equal(t, plan.Words{Accept: []string{}, Faults: map[string]string{}}, now.Plan)
	require.NotEmpty(t, now.Personalities)
	require.Len(t, now.Faults, len(plan.FaultKinds())-1, "all but refuse_connection")
	require.Equal(t, "/mine", now.Paths[0].Path)
	require.Greater(t, len(now.Paths), 20)

	status, answer := put(`{"accept":["1.1"],"refuse":"426","faults":{"slice":"1"}}`)
	require.Equal(t, http.StatusOK, status)
	require.JSONEq(t, `{"personality":"","accept":["1.1"],"refuse":"426","answer":"","faults":{"slice":"1"}}`, answer)
	require.Contains(t, s.ask(getOne), "HTTP/1.1 426 ")
	s.read("/api/state", &now)
	require.Equal(t, "426", now.Plan.Refuse)

	status, _ = put(`{"personality":"nginx"}`)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, s.ask("GET / HTTP/3.0\r\n\r\n"), "nginx")

	for body, want := range map[string]string{
		`{"accept":["3"]}`:                    `there is no version`,
		`{"faults":{"slice":"0"}}`:            `slice: it must be 1 or more`,
		`{"faults":{"refuse_connection":""}}`: `cannot be changed while it runs`,
		`{"personality":"iis"}`:               `personality: `,
	} {
		status, answer := put(body)
		require.Equal(t, http.StatusUnprocessableEntity, status, body)
		require.Contains(t, answer, want)
	}
	for _, body := range []string{`{`, `{"versions":{}}`, `[]`, `{} {}`, `{}]`, strings.Repeat(" ", 1<<20)} {
		status, answer := put(body)
		require.Equal(t, http.StatusBadRequest, status)
		require.Contains(t, answer, "the body is not a plan: ")
	}
	require.Contains(t, s.ask("GET / HTTP/3.0\r\n\r\n"), "nginx", "what was wrong changed nothing")
}

func TestAPlanThatMakesNoSenseChangesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{Faults: []plan.Fault{{Name: "fail_first", Amount: 1}}})
	c, err := net.Dial("tcp", s.url[len("http://"):])
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, getOne)
	require.NoError(t, err)
	_, err = io.ReadAll(c)
	require.Error(t, err, "the first connection is reset")

	response, _ := s.send("PUT", "/api/plan", `{"accept":["3"]}`, "Content-Type", "application/json")
	require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode)
	require.Contains(t, s.ask(getOne), "HTTP/1.1 200 ", "and no other")
}

func TestWhatTheAPIHasNotIsSaidInASentence(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	for path, method := range map[string]string{"/api/nothing": "GET", "/api/plan": "POST", "/api/": "GET"} {
		response, body := s.send(method, path, "{}", "Content-Type", "application/json")
		require.Equal(t, http.StatusNotFound, response.StatusCode)
		require.JSONEq(t, fmt.Sprintf(`{"error":"there is no \"%s\" to be had with \"%s\""}`, path, method), body)
	}
}

func TestTheLastExchangesAreRememberedAsFarAsTheyFit(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	tell := s.site.Journal.Observer().Exchange
	for range 20 {
		tell(fakeapi.Exchange{RequestLine: "large", Reply: make([]byte, 1<<20)})
	}
	var list []listed
	s.read("/api/exchanges", &list)
	require.Len(t, list, 16, "MiB")
	require.Equal(t, 20, list[15].ID)
	for range 1100 {
		tell(fakeapi.Exchange{RequestLine: "small"})
	}
	s.read("/api/exchanges", &list)
	require.Len(t, list, 1000)
	require.Equal(t, 1120, list[999].ID)
}

// listed is an item of /api/exchanges.
type listed struct {
	ID              int
	Line            string
	Asked, Answered string
	Status          int
	Received, Sent  int
	Request, Reply  []byte `json:"-"`
}

func TestExchangesAreListedAndReadByteByByte(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	reply := s.ask(getOne)
	s.settled()
	var list []listed
	s.read("/api/exchanges", &list)
	require.Len(t, list, 1)
	require.Equal(t, listed{ID: 1, Line: "GET /albums/1 HTTP/1.0", Asked: "1.0", Answered: "1.1", Status: 200, Received: len(getOne), Sent: len(reply)}, list[0])

	var full struct {
		Request []byte `json:"request_base64"`
		Reply   []byte `json:"reply_base64"`
	}
	s.read("/api/exchanges/1", &full)
	require.Equal(t, getOne, string(full.Request))
	require.Equal(t, reply, string(full.Reply))

	for _, id := range []string{"0", "2", "x"} {
		response, _ := s.send("GET", "/api/exchanges/"+id, "")
		require.Equal(t, http.StatusNotFound, response.StatusCode)
	}
	response, _ := s.send("GET", "/api/exchanges?after=x", "")
	require.Equal(t, http.StatusBadRequest, response.StatusCode)
}

func TestNewsIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	got := make(chan []listed)
	go func() {
		var list []listed
		s.read("/api/exchanges?after=0&wait=20", &list)
		got <- list
	}()
	s.ask(getOne)
	require.Len(t, <-got, 1)

	var list []listed
	s.read("/api/exchanges?after=1", &list)
	require.Empty(t, list, "nothing new, and nothing to wait for")
	s.read("/api/exchanges?after=7", &list)
	require.Len(t, list, 1, "what is after one that never was is everything")
}

func TestTheCaptureIsThere(t *testing.T) {
	t.Parallel()
	s := start(t, plan.Server{})
	s.ask(getOne)
	s.settled()
	_, text := s.send("GET", "/api/capture.txt", "")
	require.Contains(t, text, `    GET /albums/1 HTTP/1.0\r\n`)
	response, file := s.send("GET", "/api/capture.pcapng", "")
	require.Equal(t, `attachment; filename="espy.pcapng"`, response.Header.Get("Content-Disposition"))
	require.True(t, strings.HasPrefix(file, "\x0a\x0d\x0d\x0a"), "the first block of a pcapng file")
	require.Contains(t, file, "GET /albums/1 HTTP/1.0\r\n")
	response, _ = s.send("GET", "/api/ca.pem", "")
	require.Equal(t, http.StatusNotFound, response.StatusCode)
}
