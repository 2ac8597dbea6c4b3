package fakeapi_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestABodyWithoutALengthIsFramedAsTheVersionHasIt(t *testing.T) {
	t.Parallel()
	const fields = noonField + "Content-Type: text/plain; charset=utf-8\r\n"
	const chunks = "4\r\n0123\r\n4\r\n0123\r\n0\r\n\r\n"
	for name, c := range map[string]struct{ versions, request, want string }{
		"chunks in 1.1": {
			"", "GET /chunked/2?size=4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"HTTP/1.1 200 OK\r\n" + fields + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunks,
		},
		"no chunk in a body of none": {
			"", "GET /chunked/0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"HTTP/1.1 200 OK\r\n" + fields + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
		},
		"the connection's end in 1.0": {
			"", "GET /chunked/2?size=4 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
			"HTTP/1.1 200 OK\r\n" + fields + "Connection: close\r\n\r\n01230123",
		},
		"the connection's end in an answer in 1.0": {
			"1.0", "GET /chunked/2?size=4 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
			"HTTP/1.0 200 OK\r\n" + fields + "Connection: close\r\n\r\n01230123",
		},
		"a head without a body": {
			"", "HEAD /chunked/2?size=4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"HTTP/1.1 200 OK\r\n" + fields + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, address := start(t, plan.Server{Versions: &plan.Versions{Answer: c.versions}})
			require.Empty(t, cmp.Diff(c.want, exchange(t, address, c.request)))
			require.Empty(t, cmp.Diff(c.want, string(settled(t, s)[0].Reply)))
		})
	}
}

func TestAConnectionOutlivesItsChunks(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	const request = "GET /chunked/1?size=4 HTTP/1.1\r\nHost: a\r\n\r\n"
	const want = "HTTP/1.1 200 OK\r\n" + noonField + "Content-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n0\r\n\r\n"
	dial(t, address).send(request).next(want).send(request).next(want)
	require.Len(t, settled(t, s), 2)
}

func TestADripAnnouncesItsLengthAndComesByteByByte(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	began := time.Now()
	reply := exchange(t, address, "GET /drip?numbytes=3&duration=30ms&delay=10ms&code=203 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	require.GreaterOrEqual(t, time.Since(began), 40*time.Millisecond)
	require.True(t, strings.HasPrefix(reply, "HTTP/1.1 203 Non-Authoritative Information\r\n"), reply)
	require.True(t, strings.HasSuffix(reply, "Content-Length: 3\r\nConnection: close\r\n\r\n012"), reply)
	require.Equal(t, reply, string(settled(t, s)[0].Reply))
}

func TestADelayIsSilence(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{})
	began := time.Now()
	require.Contains(t, exchange(t, address, "GET /delay/30ms HTTP/1.0\r\n\r\n"), `"url":"http://`+address+`/delay/30ms","version":"1.0"}`)
	require.GreaterOrEqual(t, time.Since(began), 30*time.Millisecond)
}

func TestAGrownClientIsAtHomeInTheEchoCorner(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{})
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := grown(t)
	client.Jar = jar
	get := func(path string) (*http.Response, string) {
		t.Helper()
		response, err := client.Get("http://" + address + path)
		require.NoError(t, err)
		defer response.Body.Close()
		b, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response, string(b)
	}
	for path, want := range map[string]string{
		"/gzip":                    `{"gzipped":true,`, // asked for, and so decoded by net/http
		"/redirect/3":              `"url":"http://` + address + `/anything"`,
		"/relative-redirect/3":     `"url":"http://` + address + `/anything"`,
		"/redirect-to?url=/html":   "<h1>A page</h1>",
		"/encoding/utf8":           "日本語",
		"/cookies/set?a=1&b=2":     `{"cookies":{"a":"1","b":"2"}}`,
		"/stream/2":                "\n" + `{"id":1,"args":{},"headers":{`,
		"/anything/x?y=z":          `"args":{"y":"z"}`,
		"/response-headers?X-Y=-z": `{"X-Y":"-z"}`,
	} {
		response, body := get(path)
		require.Equal(t, 200, response.StatusCode, path)
		require.Contains(t, body, want, path)
	}
	response, _ := get("/response-headers?X-Y=-z&content-type=x/y")
	require.Equal(t, "-z", response.Header.Get("X-Y"))
	require.Equal(t, []string{"x/y"}, response.Header.Values("Content-Type"))
	response, body := get("/status/418")
	require.Equal(t, "418 I'm a teapot", response.Status)
	require.Contains(t, body, "short and stout")
	response, body = get("/bytes/100000?seed=3")
	require.Equal(t, int64(100_000), response.ContentLength)
	require.Len(t, body, 100_000)
	response, _ = get("/status/204")
	require.Equal(t, int64(0), response.ContentLength)
}

func TestAStatusOfAnUpgradeCarriesItsConnectionOption(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{})
	require.Equal(t, "HTTP/1.1 426 Upgrade Required\r\n"+noonField+"Upgrade: HTTP/1.1\r\nContent-Length: 0\r\nConnection: upgrade, close\r\n\r\n",
		exchange(t, address, "GET /status/426 HTTP/1.1\r\nHost: a\r\n\r\n"))
}

func TestPolicyAndRoutesAreAskedBeforeTheEchoCorner(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{
		Versions: &plan.Versions{Accept: []string{"1.1"}},
		Routes:   []plan.Route{{Path: "/html", Status: 299}},
	})
	require.Contains(t, exchange(t, address, "GET /html HTTP/1.0\r\n\r\n"), " 505 ")
	require.Contains(t, exchange(t, address, "GET /html HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), " 299 ")
}

func TestFaultsHoldForAStreamToo(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{Faults: faults(t, "truncate_after=10", "slice=1")})
	require.Equal(t, "HTTP/1.1 2", exchange(t, address, "GET /stream/5 HTTP/1.1\r\nHost: a\r\n\r\n"))
}
