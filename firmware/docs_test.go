package firmware_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// pages are the documents whose examples run.
var pages = []string{"../docs/client.md", "../docs/client-from-urequests.md"}

var (
	block = regexp.MustCompile("(?ms)^```python\n(.*?)^```$")
	// What is behind a print, or on a line of its own below one, is printed.
	printed = regexp.MustCompile(`(?m)(?:^ *print\(.*\)  # (.*)|^    # (\d+))$`)
)

// example is a block of a page, and what it says that it prints.
type example struct{ name, code, want string }

func examples(t *testing.T) (all []example) {
	t.Helper()
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for i, m := range block.FindAllStringSubmatch(string(text), -1) {
			var want []string
			for _, p := range printed.FindAllStringSubmatch(m[1], -1) {
				want = append(want, p[1]+p[2])
			}
			all = append(all, example{fmt.Sprintf("%s %d", filepath.Base(page), i+1), m[1], strings.Join(want, "\n")})
		}
	}
	require.NotEmpty(t, all)
	return all
}

// plainServer and tlsServer are what the pages call the server.
const (
	plainServer = "http://192.168.1.2:8080"
	tlsServer   = "https://192.168.1.2:8443"
)

func TestTheExamplesOfTheDocumentsPrintWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, e := range examples(t) {
		if strings.Contains(e.code, tlsServer) {
			continue // TestUnixTheExamplesWithTLS
		}
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, "1.29")
			l, host, err := c.board.Listen(t.Context(), "main")
			require.NoError(t, err)
			s := fakeapi.Start(l, "main", plan.Server{})
			t.Cleanup(func() { _ = s.Close() })
			_, port, err := net.SplitHostPort(l.Addr().String())
			require.NoError(t, err)
			url := "http://" + net.JoinHostPort(host, port)
			code := strings.NewReplacer(plainServer, url, "@192.168.1.2:8080", "@"+net.JoinHostPort(host, port)).Replace(e.code)
			require.Equal(t, e.want, strings.ReplaceAll(c.exec(code), url, plainServer))
		})
	}
}
