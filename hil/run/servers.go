package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/result"
	"github.com/espy-hil/espy/scenarios"
)

// servers are the fake servers of one attempt. Every attempt has fresh listeners,
// so that a late connection of an earlier one is refused.
type servers struct {
	began     time.Time // when all of them were there: the origin of the run's times
	running   []*fakeapi.Server
	addresses map[string]string // name to HOST:PORT, as the board knows them
	variables map[string]string // of the scenario: addresses, and what steps have saved
	base      string            // URL of the first server
	cadata    []byte            // certificate of the run's CA, where a server speaks TLS
}

// serve starts the servers of a variant where the board can reach them.
func serve(ctx context.Context, b board.Board, v scenarios.Variant, c Config, sink capture.Sink) (*servers, error) {
	s := &servers{addresses: map[string]string{}, variables: map[string]string{}}
	listeners := make([]net.Listener, 0, len(v.Servers))
	for i, server := range v.Servers {
		l, host, err := listen(ctx, b, server.Name)
		if err != nil {
			for _, open := range listeners {
				open.Close()
			}
			return nil, fmt.Errorf("listening for server %s of board %s: %w", server.Name, b.Name(), err)
		}
		listeners = append(listeners, l)
		_, port, _ := net.SplitHostPort(l.Addr().String())
		s.name(server, host, port, i == 0)
	}
	filled, err := v.Expand(s.variables)
	if err != nil {
		err = fmt.Errorf("filling in the servers' addresses: %w", err)
	}
	for i, l := range listeners {
		var options []fakeapi.Option
		if err == nil {
			options, err = s.options(filled.Servers[i], c, sink)
		}
		if err != nil {
			l.Close()
			continue
		}
		s.running = append(s.running, fakeapi.Start(l, filled.Servers[i].Name, filled.Servers[i].Plan, options...))
	}
	if err != nil {
		s.close()
		return nil, err
	}
	s.began = time.Now()
	return s, nil
}

// options are how a server runs: with the run's certificates where it speaks TLS,
// and before the capture if there is one.
func (s *servers) options(server scenarios.Server, c Config, sink capture.Sink) (options []fakeapi.Option, err error) {
	if sink != nil {
		options = append(options, fakeapi.WithCapture(sink))
	}
	if server.Plan.TLS == nil {
		return options, nil
	}
	authority, err := c.authority()
	if err != nil {
		return nil, fmt.Errorf("making the CA of the run: %w", err)
	}
	config, err := authority.Config(*server.Plan.TLS, nil, s.variables[server.Name+".host"])
	if err != nil {
		return nil, fmt.Errorf("making the certificate of server %s: %w", server.Name, err)
	}
	s.cadata = authority.DER()
	return append(options, fakeapi.WithTLS(config)), nil
}

// name gives a server its variables.
func (s *servers) name(server scenarios.Server, host, port string, first bool) {
	address := net.JoinHostPort(host, port)
	url := "http://" + address
	if server.Plan.TLS != nil {
		url = "https://" + address
	}
	s.addresses[server.Name] = address
	s.variables[server.Name] = url
	s.variables[server.Name+".host"] = host
	s.variables[server.Name+".port"] = port
	if first {
		s.base = url
		s.variables["server"] = url
	}
}

// listen opens a listener that a board can reach, and says under which host.
func listen(ctx context.Context, b board.Board, name string) (net.Listener, string, error) {
	if n, ok := board.As[board.Networked](b); ok {
		return n.Listen(ctx, name)
	}
	const loopback = "127.0.0.1"
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", net.JoinHostPort(loopback, "0"))
	return l, loopback, err
}

// observe gives everything that the servers have seen so far, in the order of
// arrival, once nothing more is under way: the requests, how many connections the
// client has left open, and the requests that no raw reply was there for.
func (s *servers) observe(ctx context.Context) (wire []result.Exchange, open int, unexpected []string) {
	var all []fakeapi.Exchange
	for _, server := range s.running {
		server.Settle(ctx)
		all = append(all, server.Wire()...)
		open += server.OpenConnections()
		unexpected = append(unexpected, server.Unexpected()...)
	}
	slices.SortStableFunc(all, func(a, b fakeapi.Exchange) int { return a.Start.Compare(b.Start) })
	wire = make([]result.Exchange, len(all))
	for i := range all {
		wire[i] = s.exchange(&all[i])
	}
	return wire, open, unexpected
}

// trouble is what kept a server from doing as the scenario says; nil: nothing.
func (s *servers) trouble() error {
	for _, server := range s.running {
		if err := server.Trouble(); err != nil {
			return err
		}
	}
	return nil
}

func (s *servers) exchange(x *fakeapi.Exchange) result.Exchange {
	sum := sha256.Sum256(x.Body)
	return result.Exchange{
		Server: x.Server, Connection: x.Connection, RequestLine: x.RequestLine, Headers: x.Headers,
		Body: x.Body, BodySHA256: hex.EncodeToString(sum[:]), Request: x.Request, Reply: x.Reply,
		AtMS: inMS(x.Start.Sub(s.began)), TookMS: inMS(max(0, x.End.Sub(x.Start))),
	}
}

func (s *servers) close() {
	for _, server := range s.running {
		_ = server.Close() // the listener's error, which says nothing on the run
	}
}
