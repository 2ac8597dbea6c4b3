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
			server, fake := startReal(t, p.Name), as(t, p.Name, words)
			for _, q := range questions {
				want, got := essence(observe(t, server, q.request)), essence(observe(t, fake, q.request))
				require.Empty(t, cmp.Diff(want, got), "%s: the real server (-) and the personality (+)", q.name)
			}
		})
	}
}

// essence leaves out of an observation what is another each day, and the fields of
// the page itself, which are the API's own affair.
func essence(o observation) observation {
	if o.Body == words {
		o.Head = ""
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
