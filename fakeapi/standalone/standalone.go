// Package standalone runs one fake API for whoever asks it, without scenarios and
// boards: it is espy serve, without the command line.
//
// The way of one request's news:
//
//	server ── Observer ──> request log ──> Out
//	   │          └──────> journal ──┐
//	   └──── capture ────> journal ──┴──> admin page
//	             └───────> Text ──> Out, Pcapng ──> FILE
//
// Errors name the flag that they are about: --addr, --tls.
package standalone

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/espy-hil/espy/fakeapi"
	"github.com/espy-hil/espy/fakeapi/admin"
	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/fakeapi/certs"
	"github.com/espy-hil/espy/fakeapi/plan"
)

// Options are the flags of espy serve.
type Options struct {
	Addr    string // HOST:PORT; "": port 8080, of this machine or, with Lan, of every interface
	Lan     bool   // other machines may reach it
	Words   plan.Words
	TLS     string   // kind of certificate; "": plain HTTP
	CA      string   // file for the CA's certificate; "": none
	Keylog  string   // file for the keys of TLS sessions; "": none
	Admin   string   // HOST:PORT of the admin page; "": none
	Quiet   bool     // log no requests, and of what goes wrong only what is the server's own trouble
	Verbose bool     // show every byte
	Out     *os.File // of the log

	// Capture opens what is told of every byte, once the addresses are the server's:
	// whoever is refused them must not have emptied the file of the server that has
	// them. Nil: there is none.
	Capture func() (capture.Sink, error)

	// Clean takes out of a text, and Filter out of what a sink is told, what is not to be
	// written anywhere. Nil: nothing.
	Clean  func(string) string
	Filter func(capture.Sink) capture.Sink
}

// limits are for a server whose past nobody asks for: what is to be known of an
// exchange, the observers are told.
var limits = fakeapi.Limits{History: 1000, Memory: 8 << 20}

// plan is the server's plan.
func (o *Options) plan() (plan.Server, error) {
	var p plan.Server
	if err := o.Words.Apply(&p); err != nil {
		return p, fmt.Errorf("--%w", err)
	}
	if plan.Unreachable(p.Faults) {
		return p, errors.New("--fault: refuse_connection is a server that does not listen: no server at all is one")
	}
	if o.TLS == "" {
		return p, nil
	}
	if _, err := plan.FindCert(o.TLS); err != nil {
		return p, fmt.Errorf("--tls: %w", err)
	}
	p.TLS = &plan.TLS{Cert: o.TLS}
	return p, nil
}

// Check says what the user has got wrong.
func (o *Options) Check() error {
	if _, err := o.plan(); err != nil {
		return err
	}
	switch {
	case o.TLS == "" && o.CA != "":
		return errors.New("--ca: there is no CA without --tls")
	case o.TLS == "" && o.Keylog != "":
		return errors.New("--keylog: there are no keys without --tls")
	case o.Quiet && o.Verbose:
		return errors.New("--quiet and --verbose cannot stand beside each other")
	}
	if _, err := address(o.Addr, o.Lan); err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	if _, err := address(o.Admin, false); o.Admin != "" && err != nil {
		return fmt.Errorf("--admin: %w", err)
	}
	return nil
}

// Serve serves until ctx ends, and returns when all is closed. That is no error.
func Serve(ctx context.Context, o Options) (err error) {
	p, err := o.plan()
	if err != nil {
		return err
	}
	at, err := address(o.Addr, o.Lan)
	if err != nil {
		return err
	}
	l, err := listen(ctx, "--addr", at)
	if err != nil {
		return err
	}
	defer l.Close() // by then the server has closed it, where there is one
	page, err := o.page(ctx)
	if err != nil {
		return err
	}
	site := newSite(l.Addr().(*net.TCPAddr), p)
	secured, closeKeys, err := o.secure(p.TLS, site)
	if err != nil {
		return errors.Join(err, closePage(page))
	}
	defer func() { err = errors.Join(err, closeKeys()) }()
	sinks, err := o.sinks()
	if err != nil {
		return errors.Join(err, closePage(page))
	}
	log, journal := newLog(o.Out).clean(o.Clean), admin.NewJournal()
	observers := []fakeapi.Observer{log.observer(o.Quiet)}
	if page != nil {
		observers, sinks = append(observers, journal.Observer()), append(sinks, journal)
	}
	if len(sinks) > 0 {
		sink := capture.Sink(sinks)
		if o.Filter != nil {
			sink = o.Filter(sink)
		}
		secured = append(secured, fakeapi.WithCapture(sink))
	}
	secured = append(secured, fakeapi.WithObserver(every(observers)))
	server := fakeapi.Start(l, "main", p, append(secured, fakeapi.WithLimits(limits))...)
	if page != nil {
		site.admin = "http://" + page.Addr().String()
		stopPage := admin.Serve(page, admin.Site{Server: server, Journal: journal, URL: site.url(), CA: site.ca})
		defer stopPage()
	}
	site.announce(o.Out)
	<-ctx.Done()
	return within(mostToStop, func() error {
		defer log.stopped()
		settling, cancel := context.WithTimeout(context.Background(), mostToSettle)
		defer cancel()
		server.Settle(settling)
		return server.Close()
	})
}

// mostToSettle is how long a server goes on with what has reached it before it was told
// to stop, so that the log tells how that ended, and not that the server stopped.
const mostToSettle = 500 * time.Millisecond

// mostToStop is how long a server may take to stop: what it does by then takes
// milliseconds.
const mostToStop = 2 * time.Second

// within gives up on stop after that long. Whoever writes to a log that nobody reads (a
// pager that shows its first page, a terminal that was halted) waits for its reader,
// and nothing can take the write back.
func within(most time.Duration, stop func() error) error {
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case err := <-stopped:
		return err
	case <-late.C:
		return fmt.Errorf("stopping: not all connections have ended after %v; does nobody read the log?", most)
	}
}

// every is an observer that tells all of them.
func every(observers []fakeapi.Observer) fakeapi.Observer {
	return fakeapi.Observer{
		Exchange: func(e fakeapi.Exchange) {
			for _, o := range observers {
				o.Exchange(e)
			}
		},
		Failed: func(f fakeapi.Failure) {
			for _, o := range observers {
				o.Failed(f)
			}
		},
	}
}

// page opens the admin page's listener, where one is wanted.
func (o *Options) page(ctx context.Context) (net.Listener, error) {
	if o.Admin == "" {
		return nil, nil
	}
	at, err := address(o.Admin, false)
	if err != nil {
		return nil, err
	}
	return listen(ctx, "--admin", at)
}

func closePage(page net.Listener) error {
	if page == nil {
		return nil
	}
	return page.Close()
}

// sinks are told of every byte.
func (o *Options) sinks() (capture.Tee, error) {
	var all capture.Tee
	if o.Verbose {
		all = append(all, capture.NewText(o.Out))
	}
	if o.Capture == nil {
		return all, nil
	}
	sink, err := o.Capture()
	return append(all, sink), err
}

// listen opens the listener of a flag.
func listen(ctx context.Context, flag, at string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", at)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; choose another, or port 0 for any that is free", flag, err)
	}
	return l, nil
}

// secure makes the CA and the certificate that --tls asks for, and opens the files
// that go with them.
func (o *Options) secure(p *plan.TLS, site *site) (options []fakeapi.Option, closeKeys func() error, err error) {
	none := func() error { return nil }
	if p == nil {
		return nil, none, nil
	}
	authority, err := certs.New(time.Now())
	if err != nil {
		return nil, nil, err
	}
	site.cert, site.caFile, site.ca = o.TLS, o.CA, authority.PEM()
	if err := writeCA(o.CA, authority); err != nil {
		return nil, nil, fmt.Errorf("--ca: %w", err)
	}
	keys, closeKeys, err := appendKeys(o.Keylog)
	if err != nil {
		return nil, nil, fmt.Errorf("--keylog: %w", err)
	}
	config, err := authority.Config(*p, keys, site.hosts()...)
	if err != nil {
		return nil, nil, errors.Join(err, closeKeys())
	}
	return []fakeapi.Option{fakeapi.WithTLS(config)}, closeKeys, nil
}
