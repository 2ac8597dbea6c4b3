//go:build peers

package fakeapi_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/plan/personality"
)

func TestPeerEachPersonalityAnswersAsItsServerDoes(t *testing.T) {
	t.Parallel()
	for _, p := range personality.All() {
		if strings.HasPrefix(p.Source, "not run") {
			require.NotContains(t, realServers, p.Name, "there is a server to measure")
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			server, page := startReal(t, p.Name)
			fake := as(t, p.Name, page)
			for _, q := range questions {
				want, got := essence(observe(t, server, q.request), page), essence(observe(t, fake, q.request), page)
				if strings.HasPrefix(q.name, "HEAD") && p.Name == "waitress" { // closes where its application writes less than it says
					want.Kept = got.Kept
				}
				require.Empty(t, cmp.Diff(want, got), "%s: the real server (-) and the personality (+)", q.name)
			}
		})
	}
}

// What has no announced length ends with the connection in HTTP/1.0, whatever is asked,
// and comes in chunks where there are chunks.
func TestPeerABodyOfUnknownLengthIsFramedAsTheServersFrameIt(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"go", "node", "uvicorn", "gunicorn", "waitress", "tornado"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			server, page := startReal(t, id)
			fake := as(t, id, page)
			versions := []string{"1.0\r\nHost: a", "1.1\r\nHost: a", "1.0\r\nHost: a\r\nConnection: keep-alive"}
			if id == "tornado" { // keeps that connection, and so its body has no end: a bug that nobody needs a second time
				versions = versions[:2]
			}
			for _, version := range versions {
				want := framingOf(observe(t, server, "GET /flow HTTP/"+version+"\r\n\r\n"))
				got := framingOf(observe(t, fake, "GET /chunked/2 HTTP/"+version+"\r\n\r\n"))
				require.Equal(t, want, got, "%q", version)
			}
		})
	}
}

// framingOf says how a body was framed.
func framingOf(o observation) string {
	head := strings.ToLower(o.Head)
	switch {
	case strings.Contains(head, "\r\ntransfer-encoding: chunked\r\n"):
		return o.Line + ", in chunks"
	case strings.Contains(head, "\r\ncontent-length: "):
		return o.Line + ", of a length"
	}
	return o.Line + ", until the connection ends"
}

// essence leaves out of an observation what is another each day, and the fields of
// the page itself, which are the API's own affair.
func essence(o observation, page string) observation {
	if o.Body == page || strings.Contains(o.Line, " 200") {
		o.Head = ""
	}
	if o.Body == "" { // to HEAD, or of no length: some say what its framing would be, and some do not
		o.Head = regexp.MustCompile(`(?i)\r\n(content-length|transfer-encoding): \w+`).ReplaceAllString(o.Head, "")
	}
	for _, v := range []struct{ pattern, with string }{
		{`(?i)(\r\ndate: )[^\r]*`, "${1}today"},
		{`(?i)(\r\ncontent-length: )\d+`, "${1}so many"}, // of a page that names the version below
		{`(X-Varnish|XID): \d+`, "${1}: one"},
		{`\d+(\.\d+)+(\.v\d+)?`, "such a version"},
	} {
		pattern := regexp.MustCompile(v.pattern)
		status, head, _ := strings.Cut(o.Head, "\r\n")
		if o.Head != "" {
			o.Head = status + pattern.ReplaceAllString("\r\n"+head, v.with)
		}
		o.Body = pattern.ReplaceAllString(o.Body, v.with)
	}
	return o
}
