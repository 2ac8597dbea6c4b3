package fakeapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestEveryByteOfAGetIsAsDocumented(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	request := crlf("GET /albums/1 HTTP/1.1", "Host: board", "x-Odd:  two  ", "Connection: close", "")

	reply := exchange(t, address, request)

	const body = `{"userId":1,"id":1,"title":"rare pine"}`
	want := "HTTP/1.1 200 OK\r\n" + noonField + crlf(
		"Content-Type: application/json; charset=utf-8",
		"Content-Length: 39",
		"Connection: close", "") + body
	require.Empty(t, cmp.Diff(want, reply))
	require.Empty(t, cmp.Diff([]fakeapi.Exchange{{
		Server:      "main",
		Connection:  1,
		RequestLine: "GET /albums/1 HTTP/1.1",
		Headers:     [][2]string{{"Host", "board"}, {"x-Odd", "two"}, {"Connection", "close"}},
		Body:        []byte{},
		Request:     []byte(request),
		Reply:       []byte(want),
		Start:       noon,
		End:         noon,
	}}, settled(t, s)))
	require.Zero(t, s.OpenConnections())
}
