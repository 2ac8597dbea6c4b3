package fakeapi_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// grown is net/http's client, with connections of its own.
func grown(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

func TestAGrownClientReadsWritesAndReusesItsConnection(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	client := grown(t)
	call := func(method, path, body string) (int, string) {
		r, err := http.NewRequest(method, "http://"+address+path, io.NopCloser(strings.NewReader(body))) // unknown length: chunked
		require.NoError(t, err)
		if body == "" {
			r.Body = nil
		}
		response, err := client.Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		b, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(b)
	}

	status, body := call("POST", "/posts", `{"title":"new","userId":3}`)
	require.Equal(t, 201, status)
	require.JSONEq(t, `{"userId":3,"id":101,"title":"new"}`, body)
	status, _ = call("DELETE", "/posts/101", "")
	require.Equal(t, 200, status)
	status, _ = call("GET", "/posts/101", "")
	require.Equal(t, 404, status)

	wire := settled(t, s)
	require.Equal(t, []string{"POST /posts HTTP/1.1", "DELETE /posts/101 HTTP/1.1", "GET /posts/101 HTTP/1.1"}, lines(wire))
	require.Equal(t, `{"title":"new","userId":3}`, string(wire[0].Body), "decoded from its chunks")
	require.Equal(t, 1, wire[2].Connection)
	require.Equal(t, 1, s.OpenConnections())
	client.CloseIdleConnections()
	settled(t, s)
	require.Zero(t, s.OpenConnections())
}

func TestAListOfAnySizeArrives(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{})
	response, err := grown(t).Get("http://" + address + "/photos")
	require.NoError(t, err)
	defer response.Body.Close()
	var all []struct{ ID int }
	require.NoError(t, json.NewDecoder(response.Body).Decode(&all))
	require.Len(t, all, 5000)
	require.Equal(t, "5000", response.Header.Get("X-Total-Count"))
}

func TestAPageLinksBackToTheServerThatTheClientKnows(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{})
	require.Contains(t, exchange(t, address, "HEAD /albums?_page=2 HTTP/1.1\r\nHost: board:1\r\nConnection: close\r\n\r\n"), "\r\nLink: <http://board:1/albums?_page=1>; rel=\"first\", ")
	require.Contains(t, exchange(t, address, "HEAD /albums?_page=2 HTTP/1.0\r\n\r\n"), "\r\nLink: </albums?_page=1>; rel=\"first\", ")
}

func TestWritesOfOneServerAreUnknownToTheNext(t *testing.T) {
	t.Parallel()
	_, one := start(t, plan.Server{})
	_, two := start(t, plan.Server{})
	exchange(t, one, "DELETE /albums/1 HTTP/1.0\r\n\r\n")
	require.Equal(t, "404", exchange(t, one, "GET /albums/1 HTTP/1.0\r\n\r\n")[9:12])
	require.Equal(t, "200", exchange(t, two, "GET /albums/1 HTTP/1.0\r\n\r\n")[9:12])
}

func TestCloseRefusesWhoComesLateAndEndsWhoIsThere(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	w := dial(t, address).send("GET /half")
	settled(t, s)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "twice is once")
	_, err := w.Read(make([]byte, 1))
	require.Error(t, err)
	_, err = net.Dial("tcp", address)
	require.Error(t, err)
	require.Equal(t, []string{"GET /half"}, lines(s.Wire()))
}

func BenchmarkAServerForOneGet(b *testing.B) {
	request := []byte("GET /albums/1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
	for b.Loop() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(b, err)
		s := fakeapi.Start(l, "main", plan.Server{})
		c, err := net.Dial("tcp", l.Addr().String())
		require.NoError(b, err)
		_, err = c.Write(request)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, c)
		require.NoError(b, err)
		c.Close()
		s.Settle(b.Context())
		require.Len(b, s.Wire(), 1)
		s.Close()
	}
}

func BenchmarkStartAndCloseAlone(b *testing.B) {
	for b.Loop() {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(b, err)
		fakeapi.Start(l, "main", plan.Server{}).Close()
	}
}
