package plain_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/report/plain"
	"github.com/espy-hil/espy/hil/result"
)

var update = flag.Bool("update", false, "write the golden files anew")

func differing() []result.Diff {
	return []result.Diff{
		{Field: "status_code", Want: "200", Got: "505", Source: "a.yaml:3", Origin: result.InReply},
		{Field: "reason", Want: "OK", Got: `""`, Source: "a.yaml:4", Origin: result.InReading},
		{
			Field: "content", Want: `…"title\": \"quidem", …`, Got: `…"title\": \"quod", …`, Source: "board sim", Origin: result.InReading,
			At: &result.Place{Offset: 1037, Line: 12, Column: 17, Shown: 16},
		},
		{
			Field: "url", Want: "http://$(main.host)/a", Got: "http://$(main.host)/b", Source: "board sim, http_version 1.1",
			At: &result.Place{Offset: 20, Line: 1, Column: 21, Shown: 20},
		},
		{Field: "content_hex", Want: "7b2a7d", Got: "7b2b7d", Source: "a.yaml:9", Origin: result.InReply, At: &result.Place{Offset: 1, Line: 1, Column: 2, Shown: 2}},
		{Field: "raises", Want: "no exception", Got: "Timeout (errno 110) in request", Source: "a.yaml:2", Origin: result.InTiming},
		{
			Field: "wire[0].headers", Want: "Host, Accept", Got: "Host, User-Agent", Source: "board sim", Origin: result.InRequest,
			Requests: &result.Requests{
				Rows: [][2]string{
					{"GET /albums/1 HTTP/1.1", "GET /albums/1 HTTP/1.0"},
					{"Host: $(main.host):$(main.port)", "Host: $(main.host):$(main.port)"},
					{"Accept: */*", ""},
					{"", "User-Agent: " + strings.Repeat("x", 100)},
					{"X: \x1b[31m", "X: \x1b[31m"},
				},
				Differ: []int{0, 2, 3}, Byte: 21, Want: "31 0d 0a", Got: "30 0d 0a",
			},
		},
	}
}

func TestDifferencesThatAreTooManyAreCounted(t *testing.T) {
	t.Parallel()
	one := result.Diff{Field: "reason", Want: "OK", Got: "Fine", Source: "a.yaml:4"}
	all := make([]result.Diff, 25)
	for i := range all {
		all[i] = one
	}
	shown := plain.Differences(all, 0)
	require.Equal(t, 20, strings.Count(shown, "reason"))
	require.True(t, strings.HasSuffix(shown, "\n    and 5 fields more, which --json has\n"), shown)
	require.Equal(t, plain.Difference(&one, 0), plain.Differences(all[:1], 0))
}

func TestWhatADifferenceLooksLike(t *testing.T) {
	t.Parallel()
	for name, columns := range map[string]int{"differences": 0, "differences-narrow": 60} {
		var b strings.Builder
		for _, d := range differing() {
			b.WriteString(plain.Difference(&d, columns))
		}
		path := filepath.Join("testdata", name+".golden")
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		if d := cmp.Diff(string(want), b.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
	}
}
