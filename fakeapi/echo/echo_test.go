package echo_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/fakeapi/echo"
)

// ask sends the corner a request: a method and target, then fields, then a body.
func ask(t require.TestingT, request string, body string, fields ...string) echo.Answer {
	method, target, _ := strings.Cut(request, " ")
	u, err := url.ParseRequestURI(target)
	require.NoError(t, err)
	r := &echo.Request{Method: method, Version: "1.1", Base: "http://a:1", URL: u, Body: []byte(body)}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		r.Fields = append(r.Fields, [2]string{name, value})
	}
	require.True(t, echo.Serves(u.Path), target)
	return echo.Ask(r)
}

func TestTheWholeRequestIsToldInTheMembersThatToolsKnow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request, body string
		fields        []string
		want          string
	}{
		"a GET": {
			"GET /anything?b=1&a=%3C&b=&c", "",
			[]string{"Host: a:1", "x-Two: 1", "X-TWO: 2"},
			`{"args":{"b":["1",""],"a":"<","c":""},"data":"","files":{},"form":{},"headers":{"Host":"a:1","x-Two":"1, 2"},` +
				`"json":null,"method":"GET","url":"http://a:1/anything?b=1&a=%3C&b=&c","version":"1.1"}`,
		},
		"JSON": {
			"POST /anything/deep/er", `{"a": [1e400, "ü"]}`, nil,
			`{"args":{},"data":"{\"a\": [1e400, \"ü\"]}","files":{},"form":{},"headers":{},"json":{"a":[1e400,"ü"]},` +
				`"method":"POST","url":"http://a:1/anything/deep/er","version":"1.1"}`,
		},
		"bytes that are no text": {
			"BREW /anything", "\xff\x00", nil,
			`{"args":{},"data":"data:application/octet-stream;base64,/wA=","files":{},"form":{},"headers":{},"json":null,` +
				`"method":"BREW","url":"http://a:1/anything","version":"1.1"}`,
		},
		"a form": {
			"PUT /anything", "a=1+2&b=%zz&a=3",
			[]string{"content-type: application/x-www-form-urlencoded"},
			`{"args":{},"data":"","files":{},"form":{"a":["1 2","3"],"b":"%zz"},"headers":{"content-type":"application/x-www-form-urlencoded"},` +
				`"json":null,"method":"PUT","url":"http://a:1/anything","version":"1.1"}`,
		},
		"a form with a file": {
			"POST /anything", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n" +
				"--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n\r\ntwo\r\n--x--\r\n",
			[]string{"Content-Type: multipart/form-data; boundary=x"},
			`{"args":{},"data":"","files":{"f":"two"},"form":{"a":"one"},"headers":{"Content-Type":"multipart/form-data; boundary=x"},` +
				`"json":null,"method":"POST","url":"http://a:1/anything","version":"1.1"}`,
		},
		"what says that it is a form and is not": {
			"POST /anything", "--y",
			[]string{"Content-Type: multipart/form-data; boundary=x"},
			`{"args":{},"data":"--y","files":{},"form":{},"headers":{"Content-Type":"multipart/form-data; boundary=x"},` +
				`"json":null,"method":"POST","url":"http://a:1/anything","version":"1.1"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := ask(t, c.request, c.body, c.fields...)
			require.Equal(t, "application/json; charset=utf-8", a.Kind)
			require.Empty(t, cmp.Diff(c.want, string(a.Body)))
			require.Empty(t, a.Headers)
		})
	}
}

func TestEachPathAnswersAsItsNameSays(t *testing.T) {
	t.Parallel()
	type fields = [][2]string
	const challenge = `Basic realm="fake API", charset="UTF-8"`
	for request, want := range map[string]struct {
		status  int
		headers fields
		body    string
	}{
		"GET /status/200":                        {200, nil, ""},
		"DELETE /status/599":                     {599, nil, ""},
		"GET /status/302":                        {302, fields{{"Location", "/anything"}}, ""},
		"GET /status/401":                        {401, fields{{"WWW-Authenticate", challenge}}, ""},
		"GET /status/405":                        {405, fields{{"Allow", ""}}, ""},
		"GET /status/407":                        {407, fields{{"Proxy-Authenticate", challenge}}, ""},
		"GET /status/426":                        {426, fields{{"Upgrade", "HTTP/1.1"}}, ""},
		"OPTIONS /html":                          {204, fields{{"Allow", "GET, HEAD, OPTIONS"}}, ""},
		"GET /headers":                           {0, nil, `{"headers":{"Cookie":"a=1; b=2; a=3","X":"<y>"}}`},
		"GET /cookies":                           {0, nil, `{"cookies":{"a":["1","3"],"b":"2"}}`},
		"GET /cookies/set?a=1&b=2":               {302, fields{{"Location", "/cookies"}, {"Set-Cookie", "a=1; Path=/"}, {"Set-Cookie", "b=2; Path=/"}}, `{"location":"/cookies"}`},
		"POST /redirect/3":                       {302, fields{{"Location", "http://a:1/redirect/2"}}, `{"location":"http://a:1/redirect/2"}`},
		"GET /redirect/2?status_code=307":        {307, fields{{"Location", "http://a:1/redirect/1?status_code=307"}}, `{"location":"http://a:1/redirect/1?status_code=307"}`},
		"GET /redirect/1":                        {302, fields{{"Location", "http://a:1/anything"}}, `{"location":"http://a:1/anything"}`},
		"GET /relative-redirect/2":               {302, fields{{"Location", "1"}}, `{"location":"1"}`},
		"GET /relative-redirect/1":               {302, fields{{"Location", "../anything"}}, `{"location":"../anything"}`},
		"GET /redirect-to?url=%2Fx%3Fy":          {302, fields{{"Location", "/x?y"}}, `{"location":"/x?y"}`},
		"PUT /redirect-to?url=/&status_code=308": {308, fields{{"Location", "/"}}, `{"location":"/"}`},
		"GET /response-headers?X-A=1&x-a=2&B":    {0, fields{{"X-A", "1"}, {"x-a", "2"}, {"B", ""}}, `{"X-A":"1, 2","B":""}`},
		"GET /basic-auth/me/pass%20word":         {401, fields{{"WWW-Authenticate", challenge}}, `{"error":"no user and password were sent"}`},
	} {
		t.Run(request, func(t *testing.T) {
			t.Parallel()
			a := ask(t, request, "", "Cookie: a=1; b=2", "Cookie: a=3", "X: <y>")
			if request == "GET /headers" {
				a = ask(t, request, "", "Cookie: a=1; b=2; a=3", "X: <y>")
			}
			require.Equal(t, want.status, a.Status)
			require.Empty(t, cmp.Diff(want.headers, a.Headers))
			require.Equal(t, want.body, string(a.Body))
		})
	}
}

func TestThePasswordOpensTheDoorAndNoOther(t *testing.T) {
	t.Parallel()
	a := ask(t, "GET /basic-auth/me/pass%20word", "", "AUTHORIZATION: Basic bWU6cGFzcyB3b3Jk")
	require.Zero(t, a.Status)
	require.Equal(t, `{"authenticated":true,"user":"me"}`, string(a.Body))
	a = ask(t, "GET /basic-auth/me/password", "", "Authorization: Basic bWU6cGFzcyB3b3Jk")
	require.Equal(t, 401, a.Status)
	require.Equal(t, `{"error":"the user or password is another"}`, string(a.Body))
}

func TestBytesAreTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	body := func(request string) []byte { return ask(t, request, "").Body }
	require.Len(t, body("GET /bytes/4194304"), 4<<20)
	require.Empty(t, body("GET /bytes/0"))
	require.Equal(t, body("GET /bytes/100?seed=0"), body("GET /bytes/100"))
	require.Equal(t, body("GET /bytes/100?seed=7"), body("GET /bytes/200?seed=7")[:100])
	require.NotEqual(t, body("GET /bytes/100?seed=7"), body("GET /bytes/100?seed=8"))
	require.Equal(t, "0e42d4cae8864908", fmt.Sprintf("%x", body("GET /bytes/8?seed=7")), "others' scenarios hold these")
}

// streamed is a body that is made as it is sent, and what it takes in silences.
func streamed(a echo.Answer) (pieces []string, took time.Duration) {
	for s := range a.Stream {
		if took += s.Wait; s.Bytes != nil {
			pieces = append(pieces, string(s.Bytes))
		}
	}
	return pieces, took
}

func TestABodyWithoutALengthComesInPieces(t *testing.T) {
	t.Parallel()
	a := ask(t, "GET /stream/2?x=1", "", "Host: a")
	pieces, _ := streamed(a)
	require.Equal(t, []string{
		`{"id":0,"args":{"x":"1"},"headers":{"Host":"a"},"url":"http://a:1/stream/2?x=1"}` + "\n",
		`{"id":1,"args":{"x":"1"},"headers":{"Host":"a"},"url":"http://a:1/stream/2?x=1"}` + "\n",
	}, pieces)
	require.Zero(t, a.Length)

	a = ask(t, "GET /chunked/3?size=18", "")
	pieces, _ = streamed(a)
	require.Equal(t, []string{"0123456789abcdef01", "0123456789abcdef01", "0123456789abcdef01"}, pieces)
	pieces, _ = streamed(ask(t, "GET /chunked/0", ""))
	require.Empty(t, pieces)
}

func TestADripTakesItsTime(t *testing.T) {
	t.Parallel()
	a := ask(t, "GET /drip?numbytes=4&duration=0.2&delay=50ms&code=206", "")
	pieces, took := streamed(a)
	require.Equal(t, []string{"0", "1", "2", "3"}, pieces)
	require.Equal(t, 200*time.Millisecond, took)
	require.Equal(t, 50*time.Millisecond, a.Wait)
	require.Equal(t, 4, a.Length)
	require.Equal(t, 206, a.Status)
}

func TestADelayIsWaitedForAndTellsTheRequest(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]time.Duration{"0": 0, "1.5": 1500 * time.Millisecond, "250ms": 250 * time.Millisecond, "10s": 10 * time.Second} {
		a := ask(t, "POST /delay/"+given, "hi")
		require.Equal(t, want, a.Wait)
		require.Contains(t, string(a.Body), `"data":"hi"`)
	}
}

func TestACodedBodyIsWhatItSays(t *testing.T) {
	t.Parallel()
	a := ask(t, "GET /gzip", "", "X: y")
	require.Equal(t, [][2]string{{"Content-Encoding", "gzip"}}, a.Headers)
	r, err := gzip.NewReader(bytes.NewReader(a.Body))
	require.NoError(t, err)
	plain, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, `{"gzipped":true,"headers":{"X":"y"},"method":"GET"}`, string(plain))

	a = ask(t, "HEAD /deflate", "", "X: y")
	require.Equal(t, [][2]string{{"Content-Encoding", "deflate"}}, a.Headers)
	z, err := zlib.NewReader(bytes.NewReader(a.Body))
	require.NoError(t, err)
	plain, err = io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, `{"deflated":true,"headers":{"X":"y"},"method":"HEAD"}`, string(plain))
}

func TestTextOfManyScriptsIsUTF8OfEveryLength(t *testing.T) {
	t.Parallel()
	a := ask(t, "GET /encoding/utf8", "")
	require.True(t, utf8.Valid(a.Body))
	seen := map[int]bool{}
	for _, c := range string(a.Body) {
		seen[utf8.RuneLen(c)] = true
	}
	require.Len(t, seen, 4)
	require.Equal(t, "text/html; charset=utf-8", ask(t, "GET /html", "").Kind)
	require.Contains(t, string(ask(t, "GET /status/418", "").Body), "short and stout")
}

func TestWhatIsWrongIsSaidInASentence(t *testing.T) {
	t.Parallel()
	for request, want := range map[string]struct {
		status int
		why    string
	}{
		"GET /status/600":                        {400, `the status must be a number from 200 to 599, and is "600"`},
		"GET /status/100":                        {400, `the status must be a number from 200 to 599, and is "100"`},
		"GET /status/teapot":                     {400, `the status must be a number from 200 to 599, and is "teapot"`},
		"GET /bytes/4194305":                     {400, `the number of bytes must be a number from 0 to 4194304, and is "4194305"`},
		"GET /bytes/1?seed=-1":                   {400, `seed must be a number from 0 to 2147483647, and is "-1"`},
		"GET /stream/1001":                       {400, `the number of lines must be a number from 0 to 1000, and is "1001"`},
		"GET /chunked/1000?size=5000":            {400, `size must be a number from 1 to 4194, and is "5000"`},
		"GET /chunked/x":                         {400, `the number of chunks must be a number from 0 to 1000, and is "x"`},
		"GET /drip?numbytes=0":                   {400, `numbytes must be a number from 1 to 1000, and is "0"`},
		"GET /drip?code=1":                       {400, `code must be a number from 200 to 599, and is "1"`},
		"GET /drip?duration=11":                  {400, `duration must be seconds or such as 250ms, 10s at most, and is "11"`},
		"GET /drip?delay=-1s":                    {400, `delay must be seconds or such as 250ms, 10s at most, and is "-1s"`},
		"GET /delay/11":                          {400, `the delay must be seconds or such as 250ms, 10s at most, and is "11"`},
		"GET /delay/soon":                        {400, `the delay must be seconds or such as 250ms, 10s at most, and is "soon"`},
		"GET /redirect/0":                        {400, `the number of redirects must be a number from 1 to 1000, and is "0"`},
		"GET /redirect/1?status_code=200":        {400, `status_code must be a number from 300 to 399, and is "200"`},
		"GET /redirect-to":                       {400, `?url= says where to, and is missing`},
		"GET /redirect-to?url=/&status_code=":    {302, ""},
		"GET /redirect-to?url=%0d%0aX:":          {400, `the field Location cannot have a control character in its value "\r\nX:"`},
		"GET /cookies/set?a=%0a":                 {400, `"a=\n" cannot be a cookie: http: invalid byte '\n' in Cookie.Value`},
		"GET /cookies/set?=1":                    {400, `"=1" cannot be a cookie: http: invalid Cookie.Name`},
		"GET /response-headers?content-length=1": {400, `"content-length" is not a field that can be asked for`},
		"GET /response-headers?a%20b=1":          {400, `"a b" is not a field that can be asked for`},
		"GET /response-headers?a=%0a":            {400, `the field a cannot have a control character in its value "\n"`},
		"GET /basic-auth/me":                     {400, `the path is /basic-auth/USER/PASSWORD, and is "/basic-auth/me"`},
		"POST /headers":                          {405, "/headers is asked with GET or HEAD, not POST"},
		"POST /html":                             {405, "/html is asked with GET or HEAD, not POST"},
	} {
		t.Run(request, func(t *testing.T) {
			t.Parallel()
			a := ask(t, request, "")
			require.Equal(t, want.status, a.Status)
			if want.why == "" {
				return
			}
			var said struct{ Error string }
			require.NoError(t, json.Unmarshal(a.Body, &said), "%s", a.Body)
			require.Equal(t, want.why, said.Error)
			if want.status == 405 {
				require.Equal(t, [][2]string{{"Allow", "GET, HEAD, OPTIONS"}}, a.Headers)
			}
		})
	}
}

func TestOnlyItsOwnPathsBelongToTheCorner(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/albums/1", "/status", "/status/", "/headers/", "/gzip/x", "/redirect", "/anythingelse", "", "*"} {
		require.False(t, echo.Serves(path), path)
	}
	require.Equal(t, 404, echo.Ask(&echo.Request{Method: "GET", URL: &url.URL{Path: "/"}}).Status)
}

func TestWhateverIsAskedTheAnswerCanBeSent(t *testing.T) {
	t.Parallel()
	paths := []string{
		"/status/", "/headers", "/anything", "/delay/", "/bytes/", "/stream/", "/chunked/", "/drip", "/redirect/", "/relative-redirect/",
		"/redirect-to", "/gzip", "/cookies", "/cookies/set", "/basic-auth/", "/response-headers", "/encoding/utf8",
	}
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom(paths).Draw(t, "path")
		if strings.HasSuffix(path, "/") {
			path += rapid.OneOf(rapid.StringN(1, 8, -1), rapid.StringMatching(`[0-9]{1,4}`)).Draw(t, "rest")
		}
		names := rapid.SampledFrom([]string{"url", "status_code", "size", "seed", "numbytes", "duration", "delay", "code", "x"})
		query := url.Values{}
		for range rapid.IntRange(0, 3).Draw(t, "arguments") {
			query.Add(names.Draw(t, "name"), rapid.String().Draw(t, "value"))
		}
		r := &echo.Request{
			Method: "GET", Version: "1.1", Base: "http://a", Body: []byte(rapid.String().Draw(t, "body")),
			URL:    &url.URL{Path: path, RawQuery: query.Encode()},
			Fields: [][2]string{{"Content-Type", rapid.SampledFrom([]string{"", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"}).Draw(t, "type")}},
		}
		a := echo.Ask(r)
		require.True(t, a.Status == 0 || a.Status >= 200 && a.Status < 600)
		for _, h := range a.Headers {
			require.False(t, strings.ContainsAny(h[0]+h[1], "\r\n\x00"), "%q", h)
		}
		if strings.HasPrefix(a.Kind, "application/json; ") && len(a.Headers) == 0 {
			require.True(t, json.Valid(a.Body), "%s", a.Body)
		}
	})
}
