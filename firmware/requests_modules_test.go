package firmware_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What few requests need is loaded by the first of them: each call is made on a
// board that has done nothing before.
func TestARequestLoadsWhatItNeedsAndNothingElse(t *testing.T) {
	t.Parallel()
	packed := pack(t, "[]", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	json := ok + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"
	for name, c := range map[string]struct {
		replies []reply
		call    string
		loads   string // beside what a plain GET has
	}{
		"a plain GET":             {[]reply{{bytes: json}}, "requests.get(url).json()", ""},
		"its content":             {[]reply{{bytes: json}}, "requests.get(url + '/a/b?c=d').content", ""},
		"a with block":            {[]reply{{bytes: json}}, "requests.get(url).__enter__().__exit__(None, None, None)", ""},
		"a 404":                   {[]reply{{bytes: "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"}}, "requests.get(url).content", ""},
		"a timeout":               {[]reply{{bytes: json}}, "requests.get(url, timeout=5).content", ""},
		"the verbs":               {[]reply{{bytes: json}}, "requests.delete(url).content", "_names"},
		"the reason":              {[]reply{{bytes: json}}, "(r := requests.get(url), r.content, r.reason)", "_find _view"},
		"the text":                {[]reply{{bytes: json}}, "requests.get(url).text", "_find _headers _view"},
		"pieces":                  {[]reply{{bytes: json}}, "list(requests.get(url).iter_content())", "_body _view"},
		"chunks":                  {[]reply{{bytes: ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}}, "requests.get(url).content", "_body _chunks _find _framing"},
		"a body without a length": {[]reply{{bytes: ok + "\r\nx"}}, "requests.get(url).content", "_body"},
		"a folded field":          {[]reply{{bytes: ok + "X: a\r\n b\r\nContent-Length: 0\r\n\r\n"}}, "requests.get(url).content", "_chunks _find _framing _head"},
		"options":                 {[]reply{{bytes: json}}, "requests.get(url, headers={'X': 'y'}).content", "_ask _fields"},
		"a body":                  {[]reply{{bytes: json}}, "requests.post(url, json=[]).content", "_ask _data _names"},
		"a form":                  {[]reply{{bytes: json}}, "requests.post(url, data={'a': 'b'}).content", "_ask _data _names _upload"},
		"a file":                  {[]reply{{bytes: json}}, "requests.put(url, data=io.BytesIO(b'x')).content", "_ask _data _names _upload"},
		"auth":                    {[]reply{{bytes: json}}, "requests.get(url, auth=('a', 'b')).content", "_ask _user"},
		"auth in the URL":         {[]reply{{bytes: json}}, "requests.get(url.replace('//', '//a:b@')).content", "_ask _find _user"},
		"JSON that is not kept":   {[]reply{{bytes: json}}, "requests.get(url, stream=True).json()", "_ask _body"},
		"a limit":                 {[]reply{{bytes: json}}, "requests.get(url, max_body=5).content", "_ask _body"},
		"a coding":                {[]reply{{bytes: ok + "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"}}, "requests.get(url, headers={'Accept-Encoding': 'gzip'}).content", "_ask _fields"},
		"a body that is coded":    {[]reply{{bytes: ok + "Content-Encoding: gzip\r\nContent-Length: " + fmt.Sprint(len(packed)) + "\r\n\r\n" + packed}}, "requests.get(url, headers={'Accept-Encoding': 'gzip'}).content", "_ask _body _fields _find _gzip errors"},
		"https":                   {[]reply{{bytes: json, cert: "valid"}}, "requests.get(url.replace('http', 'https'), verify=False).content", "_ask _find _tls _url"},
		"a bad argument":          {nil, "error(lambda: requests.get(url, timeout=0))", "_ask _wrong"},
		"a body that ends early":  {[]reply{{bytes: ok + "Content-Length: 9\r\n\r\nx"}}, "error(lambda: requests.get(url).content)", "_odd errors"},
		"what is not JSON":        {[]reply{{bytes: ok + "Content-Length: 1\r\n\r\nx"}}, "error(requests.get(url).json)", "_find _headers _odd _view errors"},
		"a space in the URL":      {[]reply{{bytes: json}}, "requests.get(url + '/a b').content", "_find _url"},
		"a redirect":              {[]reply{to(302, "/b"), {bytes: json}}, "requests.get(url).content", "_again _find _reference"},
		"auto":                    {[]reply{{bytes: json}}, "requests.get(url, http_version='auto').content", "_ask _auto"},
		"a deadline":              {[]reply{{bytes: json}}, "requests.get(url, deadline=5).content", "_ask _deadline"},
		"a Session":               {[]reply{{bytes: json}}, "(s := requests.Session(), s.get(url).content, s.close())", "_names _session"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			board := newClient(t, "1.29")
			s := board.serve(c.replies...)
			got := board.exec("import sys\nurl = '" + s.url + "'\nx = " + c.call + "\nprint(' '.join(sorted(n for n in sys.modules if n.startswith('espy'))))")
			s.stop()
			var want []string
			for _, module := range strings.Fields(c.loads) {
				want = append(want, "espy."+module)
			}
			require.ElementsMatch(t, append(want, "espy", "espy.requests", "espy._response"), strings.Fields(got))
		})
	}
}
