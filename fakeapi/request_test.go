package fakeapi

import (
	"bufio"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// What passes the checks is read as net/http reads it.
func TestARequestIsReadAsNetHTTPReadsIt(t *testing.T) {
	t.Parallel()
	text := func(alphabet string) *rapid.Generator[string] {
		return rapid.StringOfN(rapid.RuneFrom([]rune(alphabet)), 0, 8, -1)
	}
	target := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"/", "/albums/", "http://a:1/", "http://a", "*", "//x/"}).Draw(t, "begins") + text("a/?=&%2F;:@é+").Draw(t, "ends")
	})
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		head := rapid.SampledFrom([]string{"GET", "POST", "OPTIONS"}).Draw(t, "method") + " " + target.Draw(t, "target") +
			" HTTP/" + rapid.SampledFrom([]string{"1.0", "1.1", "1.2"}).Draw(t, "version") + "\r\nHost: a:1\r\n"
		for range rapid.IntRange(0, 4).Draw(t, "fields") {
			head += rapid.SampledFrom([]string{"Accept", "x-Y", "COOKIE", "If-None-Match"}).Draw(t, "name") + ":" + text(" \tab,;=é\"").Draw(t, "value") + "\r\n"
		}
		head += "\r\n"
		var f framing
		f.follow([]byte(head))
		line, p := parseRequestLine(f.line)
		if p != nil {
			return
		}
		ours, p := parse([]byte(head), line, &f, false)
		theirs, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head)))
		if p != nil {
			return // it may be stricter
		}
		require.NoError(t, err, head)
		read++
		for _, pair := range [][2]any{
			{theirs.Method, ours.Method},
			{theirs.URL, ours.URL},
			{theirs.Host, ours.Host},
			{theirs.Header, ours.Header},
			{theirs.Proto, ours.Proto},
			{theirs.ProtoMinor, ours.ProtoMinor},
			{theirs.RequestURI, ours.RequestURI},
		} {
			require.Empty(t, cmp.Diff(pair[0], pair[1]), head)
		}
	})
	require.NotZero(t, read)
}
