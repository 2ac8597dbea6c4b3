package fakeapi_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/plan"
)

func TestAChangedPlanHoldsFromTheNextRequestOn(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	w := dial(t, address).send(getOne).next("HTTP/1.1 200 OK\r\n")
	settled(t, s)
	require.NoError(t, s.Change(func(p *plan.Server) { p.Versions = &plan.Versions{Accept: []string{"1.0"}} }))
	require.Contains(t, w.send(getOne).all(), "HTTP/1.1 505 HTTP Version Not Supported", "on a connection that was there before")
	require.NoError(t, s.Change(func(p *plan.Server) { p.Versions = nil }))
	require.Equal(t, "200", exchange(t, address, "GET /albums/1 HTTP/1.0\r\n\r\n")[9:12])
}

func TestFailFirstCountsFromTheChangeOn(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	old := dial(t, address).send(getOne).next("HTTP/1.1 200 OK\r\n")
	settled(t, s)
	require.NoError(t, s.Change(func(p *plan.Server) { p.Faults = []plan.Fault{{Name: "fail_first", Amount: 1}} }))
	old.send(getOne)
	settled(t, s)
	require.Len(t, s.Wire(), 2)
	require.NotEmpty(t, s.Wire()[1].Reply, "an old connection is none of the first")
	_, err := dial(t, address).send(getOne).Read(make([]byte, 1))
	require.Error(t, err)
	require.Equal(t, "200", exchange(t, address, "GET /albums/1 HTTP/1.0\r\n\r\n")[9:12])
}

func TestWhatIsSettledAtTheStartCannotBeChanged(t *testing.T) {
	t.Parallel()
	s, address := start(t, plan.Server{})
	require.ErrorContains(t, s.Change(func(p *plan.Server) { p.Faults = []plan.Fault{{Name: "refuse_connection", Amount: 1}} }), "refuse_connection")
	require.ErrorContains(t, s.Change(func(p *plan.Server) { p.TLS = &plan.TLS{} }), "TLS")
	require.Equal(t, "200", exchange(t, address, "GET /albums/1 HTTP/1.0\r\n\r\n")[9:12])
}

func TestTheObserverHearsOfEveryRequestOnce(t *testing.T) {
	t.Parallel()
	heard := make(chan fakeapi.Exchange, 10)
	s, address := start(t, plan.Server{}, fakeapi.WithObserver(fakeapi.Observer{Exchange: func(e fakeapi.Exchange) { heard <- e }}))
	w := dial(t, address).send(getOne + getOne)
	first, second := <-heard, <-heard
	require.Equal(t, getOne, string(first.Request), "although the second was there too")
	require.Equal(t, first.Request, second.Request)
	w.send("GET /albums/1 HT").CloseWrite()
	half := <-heard
	require.Equal(t, "GET /albums/1 HT", half.RequestLine)
	require.Empty(t, half.Reply)
	require.Empty(t, heard)
	require.Len(t, settled(t, s), 3)
}
