package run

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/fakeapi/certs"
	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/journal"
	"github.com/espy-hil/espy/hil/ledger"
	"github.com/espy-hil/espy/hil/redact"
	"github.com/espy-hil/espy/hil/result"
)

// Config says what is run where.
type Config struct {
	Boards       []Pool       // the first is the reference
	Connect      Connect      // how a conversation with a board's agent is opened
	Clients      []string     // modules under test, such as espy.requests; each makes every run, and is compared with itself alone
	HTTPVersions []string     // for scenarios that leave the version open; the first is the reference; none: the client's default
	Repeat       int          // how often each run is made; 0 is once
	Jobs         int          // how many runs on local boards are made at once; 0: as many as there are boards
	FailFast     bool         // start no new run after the first that is not as it should be
	BodyLimit    int          // bytes of a body that a board reports; 0 is 64 KiB
	Ledger       *ledger.Book // which differences are accepted; nil: none
	Observer     Observer     // told of runs as they come; may be nil
	Captures     Captures     // of every byte on the wire; may be nil
	Limits       Limits

	Redact   *redact.Redactor // takes secrets out of all that is kept, told or compared; may be nil
	Firmware result.Firmware  // what the boards are to have; for the [Plan] alone
	Journal  Journal          // told of each run when it has been made; may be nil
	Earlier  *journal.Earlier // what has been made of this plan already; nil: nothing

	authority func() (*certs.Authority, error) // the CA of this call of Scenarios
}

// Connect opens a conversation with the agent on a powered board, and sees that
// its firmware is current.
type Connect func(context.Context, board.Board) (Link, error)

// A Link is a conversation with the agent on a board: see [agent.Link].
type Link interface {
	Hello() agent.Hello
	Do(context.Context, agent.Request) (*agent.Record, error)
	Close() error
}

// A Particular is a Link whose client cannot be asked for everything. Lacks says
// what of a request it cannot be asked for; empty: nothing.
type Particular interface{ Lacks(agent.Request) string }

// Captures keep every byte on the wire. Begin is called for each try at a run, of
// several runs at once, and gives what is told of its bytes, or nil; end is called when
// nothing more is to come. It may say in the run where they are.
type Captures interface {
	Begin(*result.Run) (sink capture.Sink, end func())
}

// A Pool is the boards of one name. They are alike, and share the pool's runs.
type Pool struct {
	Name  string
	Local bool // its boards share the processors of this machine, and so do their runs: see Config.Jobs
	Size  int  // how many boards there are; 0 is one
	// Reference is the name of the pool that these boards are compared with, their own
	// for none; empty: the first.
	Reference string
	// Clients are what these boards run instead of the Config's, and Connect how they
	// are spoken to; nil: as the Config says.
	Clients []string
	Connect Connect
	Power   func(context.Context) (board.Board, error) // called once for each board, and again for one that could not be reset
}

// A Journal keeps what was learnt until the report is there. It is told by one
// goroutine at a time.
type Journal interface {
	Board(result.Board)
	// Made is called with a run before it is compared with others, which may change its
	// verdict.
	Made(number int, r *result.Run)
}

// An Observer is told of runs as they come, by one goroutine at a time.
type Observer interface {
	// Planned is called first, with the runs to be made: what is known of them beforehand.
	Planned(runs []*result.Run)
	// Started is called when a board takes a run.
	Started(*result.Run)
	// Finished is called when the verdict stands; that of a run that is compared
	// with others waits for them.
	Finished(*result.Run)
}

// Limits are how long things may take; a zero is the default.
type Limits struct {
	Boot    time.Duration // opening a board, firmware upload included: 60 s, for a real board that must be written to
	Request time.Duration // beyond what the scenario grants, until a board counts as hung: 5 s
	Settle  time.Duration // for the servers to see the end of what the client sent: 2 s
}

const (
	attempts         = 3
	defaultBodyLimit = 64 << 10
	// clientTimeout is the client's own timeout for each operation, where the
	// scenario sets none.
	clientTimeout = 10 * time.Second
)

func (c Config) withDefaults() Config {
	c.Boards = slices.Clone(c.Boards)
	for i := range c.Boards {
		p := &c.Boards[i]
		if p.Clients == nil {
			p.Clients = c.Clients
		}
		if p.Connect == nil {
			p.Connect = c.Connect
		}
	}
	c.Repeat = max(c.Repeat, 1)
	if len(c.HTTPVersions) == 0 {
		c.HTTPVersions = []string{""}
	}
	if c.BodyLimit == 0 {
		c.BodyLimit = defaultBodyLimit
	}
	if c.Captures == nil {
		c.Captures = uncaptured{}
	}
	if c.Observer == nil {
		c.Observer = unobserved{}
	}
	if c.Journal == nil {
		c.Journal = unkept{}
	}
	c.authority = sync.OnceValues(func() (*certs.Authority, error) { return certs.New(time.Now()) })
	orDefault(&c.Limits.Boot, 60*time.Second)
	orDefault(&c.Limits.Request, 5*time.Second)
	orDefault(&c.Limits.Settle, 2*time.Second)
	return c
}

func orDefault(d *time.Duration, usual time.Duration) {
	if *d == 0 {
		*d = usual
	}
}

// uncaptured is for bytes that nobody wants.
type uncaptured struct{}

func (uncaptured) Begin(*result.Run) (sink capture.Sink, end func()) { return nil, func() {} }

// unobserved is the observer of a run that nobody watches.
type unobserved struct{}

func (unobserved) Planned([]*result.Run) {}
func (unobserved) Started(*result.Run)   {}
func (unobserved) Finished(*result.Run)  {}

// unkept is the journal of a run that keeps none.
type unkept struct{}

func (unkept) Board(result.Board)    {}
func (unkept) Made(int, *result.Run) {}
