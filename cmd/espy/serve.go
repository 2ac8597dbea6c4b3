package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/fakeapi/plan"
	"github.com/espy-hil/espy/fakeapi/standalone"
	"github.com/espy-hil/espy/rig"
)

// serveCommand is espy serve.
type serveCommand struct {
	Addr        string   `placeholder:"HOST:PORT" help:"Where to listen: 127.0.0.1:8080 if not given; with --lan port 8080 of every interface."`
	Lan         bool     `help:"Allow --addr to be reached from other machines."`
	Personality string   `placeholder:"NAME" help:"Treat HTTP versions as a real server does: nginx, node, …"`
	Accept      []string `placeholder:"VERSION" help:"The HTTP version that is accepted: 1.0 or 1.1; both if not given."`
	Refuse      string   `placeholder:"HOW" help:"What the other version gets: 505 (if not given), 426, another status, or close."`
	Answer      string   `placeholder:"VERSION" help:"The version of the answers: 1.1 (if not given), 1.0, or same."`
	Fault       []string `sep:"none" placeholder:"KEY=VALUE" help:"What goes wrong with every reply, such as latency=50ms or slice=1; may be repeated."`
	TLS         string   `name:"tls" placeholder:"KIND" help:"Speak TLS, with a certificate that is valid, expired, not-yet-valid, wrong-host, self-signed or unknown-ca."`
	CA          string   `name:"ca" placeholder:"FILE" help:"With --tls: write the CA's certificate, as PEM, or as DER where FILE ends in .der."`
	Keylog      string   `placeholder:"FILE" help:"With --tls: append the keys of the sessions, as SSLKEYLOGFILE has them."`
	Pcap        string   `placeholder:"FILE" help:"Write every byte on the wire as pcapng, for Wireshark."`
	Admin       string   `placeholder:"HOST:PORT" help:"A page, for this machine alone, that shows the exchanges and changes policy and faults."`
	Quiet       bool     `short:"q" help:"Do not log the requests; what keeps the server from serving is still said."`
	Verbose     bool     `short:"v" help:"Show every byte."`
}

// options are the flags without their files.
func (c *serveCommand) options() (standalone.Options, error) {
	faults := map[string]string{}
	for _, f := range c.Fault {
		name, amount, _ := strings.Cut(f, "=")
		if _, twice := faults[name]; twice {
			return standalone.Options{}, usage("--fault: %s is given twice", name)
		}
		faults[name] = amount
	}
	o := standalone.Options{
		Addr: c.Addr, Lan: c.Lan, TLS: c.TLS, CA: c.CA, Keylog: c.Keylog, Admin: c.Admin,
		Words:   plan.Words{Personality: c.Personality, Accept: c.Accept, Refuse: c.Refuse, Answer: c.Answer, Faults: faults},
		Quiet:   c.Quiet,
		Verbose: c.Verbose,
		Out:     os.Stdout,
	}
	if err := o.Check(); err != nil {
		return o, usage("%w", err)
	}
	return o, nil
}

// Validate says what kong cannot see by itself.
func (c *serveCommand) Validate() error {
	_, err := c.options()
	return err
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	if secrets := rig.Secrets(""); secrets != nil {
		o.Clean, o.Filter = secrets.String, secrets.Sink
	}
	var pcap *pcapFile
	if c.Pcap != "" {
		o.Capture = func() (capture.Sink, error) {
			pcap, err = createPcap(c.Pcap, false)
			return pcap.sink(), err
		}
	}
	err = standalone.Serve(ctx, o)
	return errors.Join(err, pcap.close())
}
