package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/admin"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// net/http lets a connection whose request it has not read to its end lie for half a
// second before it closes it, whatever else is closed.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// A stand is a server with its page.
type stand struct {
	t      *testing.T
	server *fakeapi.Server
	url    string // of the server
	page   string // URL of the page, without a slash at its end

	site admin.Site
	stop func()
}

func start(t *testing.T, p plan.Server) *stand {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	journal := admin.NewJournal()
	s := fakeapi.Start(l, "main", p, fakeapi.WithObserver(journal.Observer()), fakeapi.WithCapture(journal))
	url := "http://" + l.Addr().String()
	stand := &stand{t: t, server: s, url: url, site: admin.Site{Server: s, Journal: journal, URL: url}}
	stand.servePage()
	t.Cleanup(func() {
		stand.stopPage()
		require.NoError(t, s.Close())
	})
	return stand
}

// servePage serves the page, where it was before if it was anywhere.
func (s *stand) servePage() {
	s.t.Helper()
	address := "127.0.0.1:0"
	if s.page != "" {
		address = strings.TrimPrefix(s.page, "http://")
	}
	l, err := net.Listen("tcp", address)
	require.NoError(s.t, err)
	s.page = "http://" + l.Addr().String()
	s.stop = admin.Serve(l, s.site)
}

func (s *stand) stopPage() { s.stop() }

// client keeps no connections.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute}

// send makes a request to the page, and gives the status and the body.
func (s *stand) send(method, path, body string, fields ...string) (*http.Response, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.page+path, bytes.NewReader([]byte(body)))
	require.NoError(s.t, err)
	for i := 0; i < len(fields); i += 2 {
		if fields[i] == "Host" {
			r.Host = fields[i+1]
		} else {
			r.Header.Set(fields[i], fields[i+1])
		}
	}
	response, err := client.Do(r)
	require.NoError(s.t, err)
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	return response, string(b)
}

// read gives what the page answers to a GET, as JSON.
func (s *stand) read(path string, into any) {
	s.t.Helper()
	response, body := s.send("GET", path, "")
	require.Equal(s.t, http.StatusOK, response.StatusCode, body)
	require.NoError(s.t, json.Unmarshal([]byte(body), into))
}

// ask asks the server itself, by hand, and gives all that comes.
func (s *stand) ask(request string) string {
	s.t.Helper()
	c, err := net.Dial("tcp", s.url[len("http://"):])
	require.NoError(s.t, err)
	defer c.Close()
	require.NoError(s.t, c.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(c, request)
	require.NoError(s.t, err)
	b, err := io.ReadAll(c)
	require.NoError(s.t, err)
	return string(b)
}

// settled waits until the server has done with all that it was asked.
func (s *stand) settled() {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	s.server.Settle(ctx)
}

const getOne = "GET /albums/1 HTTP/1.0\r\n\r\n"
