package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/sim"
	"github.com/espy-hil/espy/sim/publish"
	"github.com/espy-hil/espy/sim/uart"
	"github.com/espy-hil/espy/sim/unix"
	"github.com/espy-hil/espy/sim/wifi"
)

// simCommand is espy sim.
type simCommand struct {
	Profiles []string `arg:"" optional:"" name:"profile" help:"Virtual boards: sim, sim:RELEASE, sim:CHIP, sim:CHIP@RELEASE, each with options such as +latency=50ms (docs/sim.md), and with --pty alone unix, unix:PROFILE; sim if there are none."`
	Boards   int      `default:"1" placeholder:"N" help:"So many of each."`
	Pty      string   `placeholder:"PATH" help:"Offer their UARTs on ptys, to which PATH is a link; further boards have PATH1, PATH2, … Linux only."`
	TCP      string   `name:"tcp" placeholder:"HOST:PORT" help:"Offer their UARTs over TCP. Further boards have the next ports; 0 is any that is free."`
	RFC2217  string   `name:"rfc2217" placeholder:"HOST:PORT" help:"Offer them as serial ports on the network, with modem lines: RTS without DTR is the reset button."`
	Flash    string   `placeholder:"DIR" help:"Keep their files in this folder, where they outlive the boards; of more than one board, each has a folder in it: 1, 2, …"`
	WiFi     string   `name:"wifi" placeholder:"SSID:PASSWORD" help:"The network that chips find around them; espy, with the password 'a virtual network', if not given."`
	Unjoined bool     `help:"Have chips start without a network, as after power on. Otherwise they have joined it, as if their boot.py had."`
	Outage   []string `placeholder:"AFTER+FOR" help:"The network is gone from so long after power on for so long: 30s+10s. Any number."`
	Lan      bool     `help:"Allow them to be reached from other machines."`
	Baud     int      `placeholder:"RATE" help:"Move bytes no faster than a UART of this rate, such as 115200; as fast as it goes if not given."`

	air wifi.Settings
}

// mostBoards is how many boards one espy sim publishes: each takes up to 600 KB.
const mostBoards = 1000

// Validate says what kong cannot see by itself.
func (c *simCommand) Validate() error {
	if len(c.Profiles) == 0 {
		c.Profiles = []string{"sim"}
	}
	for _, name := range c.Profiles {
		if err := c.check(name); err != nil {
			return usage("%w", err)
		}
	}
	var err error
	if c.air, err = c.readAir(); err != nil {
		return usage("%w", err)
	}
	switch {
	case c.Boards < 1:
		return usage("--boards must be 1 or more, not %d", c.Boards)
	case c.Boards > mostBoards || c.Boards*len(c.Profiles) > mostBoards:
		return usage("--boards: %d boards are more than one espy sim publishes; at most %d, and any number of espy sim beside each other", c.Boards*len(c.Profiles), mostBoards)
	case c.Baud != 0 && (c.Baud < 300 || c.Baud > uart.MostBaud):
		return usage("--baud: there is no UART of %d baud; expected 300 to 10000000, such as 115200", c.Baud)
	case c.TCP == "" && c.RFC2217 == "" && c.Pty == "":
		return usage("say where the boards are to be found: --pty PATH, --tcp 127.0.0.1:0 or --rfc2217 127.0.0.1:0")
	}
	for _, d := range c.doors() {
		if _, err := c.address(d.flag, d.said, c.Boards*len(c.Profiles)); err != nil {
			return usage("%w", err)
		}
	}
	return nil
}

func isUnix(name string) bool { return name == "unix" || strings.HasPrefix(name, "unix:") }

// check sees that there is such a board, and that it may be offered as it is to be.
func (c *simCommand) check(name string) error {
	if !isUnix(name) {
		_, err := sim.Parse(name)
		return err
	}
	if _, err := unix.Parse(name); err != nil {
		return err
	}
	if len(c.doors()) > 0 || c.Flash != "" {
		return fmt.Errorf("board %q is a process of yours, which reads your files and reaches your network: it is offered with --pty alone, which nobody else can open, and keeps no --flash", name)
	}
	return nil
}

func hasChip(name string) bool {
	spec, err := sim.Parse(name)
	return err == nil && spec.Chip != nil
}

// readAir reads what chips are to find around them.
func (c *simCommand) readAir() (wifi.Settings, error) {
	air := wifi.Settings{Unjoined: c.Unjoined}
	if (c.WiFi != "" || c.Unjoined || len(c.Outage) > 0) && !slices.ContainsFunc(c.Profiles, hasChip) {
		return air, errors.New("--wifi, --unjoined and --outage are of chips, and no board here has one: sim:esp32 has")
	}
	if c.WiFi != "" {
		n, err := wifi.ParseNetwork(c.WiFi)
		if err != nil {
			return air, fmt.Errorf("--wifi: %w", err)
		}
		air.Networks = []wifi.Network{n}
	}
	for _, text := range c.Outage {
		o, err := wifi.ParseOutage(text)
		if err != nil {
			return air, fmt.Errorf("--outage: %w", err)
		}
		air.Outages = append(air.Outages, o)
	}
	return air, nil
}

// A door is a flag that says where to listen, and what is spoken there.
type door struct {
	flag, said, scheme string
	serve              func(*publish.Stand, context.Context, net.Listener) error
}

// doors are those that were asked for.
func (c *simCommand) doors() (all []door) {
	for _, d := range []door{
		{"--tcp", c.TCP, "tcp", (*publish.Stand).TCP},
		{"--rfc2217", c.RFC2217, "rfc2217", (*publish.Stand).RFC2217},
	} {
		if d.said != "" {
			all = append(all, d)
		}
	}
	return all
}

// address reads where to listen; there must be a port for each of n boards.
func (c *simCommand) address(flag, said string, n int) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(said)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s: %q is not HOST:PORT, such as 127.0.0.1:0", flag, said)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil:
		return netip.AddrPort{}, fmt.Errorf("%s: %q is not a port: expected 0 to 65535", flag, port)
	case number > 0 && int(number)+n-1 > 65535:
		return netip.AddrPort{}, fmt.Errorf("%s: there are not %d ports from %d on, one for each board", flag, n, number)
	case host == "" && c.Lan:
		host = "0.0.0.0"
	case host == "", host == "localhost":
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return netip.AddrPort{}, fmt.Errorf("%s: %q is not an IP address", flag, host)
	case !ip.IsLoopback() && !c.Lan:
		return netip.AddrPort{}, fmt.Errorf("%s: %s can be reached from other machines, whose users could run programs on the boards; only --lan allows that", flag, host)
	}
	return netip.AddrPortFrom(ip, uint16(number)), nil
}

// Run publishes the boards until it is told to stop.
func (c *simCommand) Run(ctx context.Context) (err error) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // what is alive is a few megabytes: room to collect seldom costs little
	}
	stands, err := c.power(ctx)
	defer func() {
		for _, s := range stands {
			err = errors.Join(err, s.Close())
		}
	}()
	if err != nil {
		return err
	}
	lines, ctx := errgroup.WithContext(ctx)
	for i, s := range stands {
		if err := c.publish(ctx, lines, i, s); err != nil {
			lines.Go(func() error { return err }) // ends those that are open
			break
		}
	}
	return lines.Wait()
}

// power powers all boards.
func (c *simCommand) power(ctx context.Context) (stands []*publish.Stand, err error) {
	for range c.Boards {
		for _, name := range c.Profiles {
			s, err := publish.Power(ctx, func(ctx context.Context, reach func(netip.AddrPort) bool) (board.Board, error) {
				return c.board(ctx, name, len(stands), reach)
			})
			if err != nil {
				return stands, err
			}
			stands = append(stands, s)
		}
	}
	return stands, nil
}

// fit gives the n-th board what tells it from the others.
func (c *simCommand) fit(spec *sim.Spec, n int) {
	spec.Serial = uint16(n)
	spec.WiFi.Networks = c.air.Networks
	spec.WiFi.Unjoined = spec.WiFi.Unjoined || c.air.Unjoined
	spec.WiFi.Outages = append(spec.WiFi.Outages, c.air.Outages...)
	spec.Warn = func(text string) { fmt.Fprintln(os.Stderr, "espy: "+text) }
	if spec.Flash = c.Flash; c.Flash != "" && c.Boards*len(c.Profiles) > 1 {
		spec.Flash = filepath.Join(c.Flash, strconv.Itoa(n+1))
	}
}

// board powers the n-th board.
func (c *simCommand) board(ctx context.Context, name string, n int, reach func(netip.AddrPort) bool) (board.Board, error) {
	if isUnix(name) {
		spec, err := unix.Parse(name)
		if err != nil {
			return nil, err
		}
		spec.UART.Baud = c.Baud
		return unix.New(ctx, spec, nil)
	}
	spec, err := sim.Parse(name)
	if err != nil {
		return nil, err
	}
	spec.Reach = reach
	if c.Baud != 0 {
		spec.UART.Baud = c.Baud
	}
	c.fit(&spec, n)
	return sim.New(ctx, spec, nil)
}

// publish opens the n-th board's lines, and says where they are.
func (c *simCommand) publish(ctx context.Context, lines *errgroup.Group, n int, s *publish.Stand) error {
	if c.Pty != "" {
		link := c.Pty
		if n > 0 {
			link += strconv.Itoa(n)
		}
		p, err := publish.OpenPty(link)
		if err != nil {
			return fmt.Errorf("--pty: %w", err)
		}
		lines.Go(func() error { return s.Pty(ctx, p) })
		if _, err := fmt.Fprintf(os.Stdout, "board %s is at %s, open to whoever may open that\n", s.Name(), p.Path()); err != nil {
			return err
		}
	}
	for _, d := range c.doors() {
		at, err := c.address(d.flag, d.said, 1)
		if err != nil {
			return err
		}
		l, err := listenAt(ctx, d.flag, at, n)
		if err != nil {
			return err
		}
		lines.Go(func() error { return d.serve(s, ctx, l) })
		if err := announce(os.Stdout, s, d.scheme, l.Addr()); err != nil {
			return err
		}
	}
	return nil
}

// announce says where a board is, and to whom it is open.
func announce(out io.Writer, s *publish.Stand, scheme string, at net.Addr) error {
	to := "this machine alone"
	if !at.(*net.TCPAddr).IP.IsLoopback() {
		to = "whoever can reach that"
	}
	_, err := fmt.Fprintf(out, "board %s is at %s://%s, open to %s\n", s.Name(), scheme, at, to)
	return err
}

// listenAt opens the listener of a flag for the n-th board.
func listenAt(ctx context.Context, flag string, at netip.AddrPort, n int) (net.Listener, error) {
	if at.Port() != 0 {
		at = netip.AddrPortFrom(at.Addr(), at.Port()+uint16(n))
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", at.String())
	if err != nil {
		return nil, fmt.Errorf("%s: %w; choose another, or port 0 for any that is free", flag, err)
	}
	return l, nil
}
