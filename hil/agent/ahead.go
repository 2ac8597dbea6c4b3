package agent

import (
	"context"
	"crypto/rand"
	"io"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/repl"
)

// ahead is what is done before the runs, on a board that has checkpoints: the agent
// and then the client are imported once, and every run begins right after that, on
// a board on which no other run has ever been. It saves the import, which is most
// of what a short request costs, for this board and for all that are alike.
//
//	Open   rollback to "agent", whose hello is known, or: raw REPL, hello, checkpoint "agent"
//	Do     rollback to "client", or: prepare(client), checkpoint "client"; run
//
// A board whose heap is small imports the client in each run: what that costs the
// heap, and where it leaves room, is part of what is judged.
//
// It saves time and decides nothing: what goes wrong here leaves the board to take
// the long way, and shows when the request is made.
type ahead struct {
	board    board.Checkpointer // nil: it cannot
	firmware string             // what is on the board, for the names of checkpoints
}

// greeting is what a board said whose agent was then remembered under a name that no
// other checkpoint has: where a board can go back to that, this is what it would say.
type greeting struct {
	name  string
	hello Hello
}

// greetings are the last ones, by board and firmware.
var greetings sync.Map // string -> greeting

func (a *ahead) greetingOf(name string) string { return name + " with " + a.firmware }

// known takes a board to where its agent has said hello, at the raw REPL, and gives what
// it said; false: that is still to be done. A board that is busy with something else
// has no part in this.
func (a *ahead) known(ctx context.Context, name string) (Hello, bool) {
	was, greeted := greetings.Load(a.greetingOf(name))
	if a.board == nil || !greeted {
		return Hello{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	g := was.(greeting)
	return g.hello, a.board.Rollback(ctx, g.name) == nil
}

// greeted remembers a board whose agent has just said hello.
func (a *ahead) greeted(ctx context.Context, name string, hello Hello) {
	if a.board == nil {
		return
	}
	was, greeted := greetings.Load(a.greetingOf(name))
	g, _ := was.(greeting)
	if !greeted || !reflect.DeepEqual(g.hello, hello) {
		g = greeting{"agent " + rand.Text(), hello}
	}
	if a.board.Checkpoint(ctx, g.name) == nil {
		greetings.Store(a.greetingOf(name), g)
	}
}

// back takes the board to what has been done ahead; false: that is still to be done.
func (a *ahead) back(ctx context.Context, to string) bool {
	return a.board != nil && a.board.Rollback(ctx, to+" "+a.firmware) == nil
}

// mark remembers the board as it is, for back.
func (a *ahead) mark(ctx context.Context, as string) {
	if a.board != nil {
		_ = a.board.Checkpoint(ctx, as+" "+a.firmware)
	}
}

// smallHeap is more than an ESP8266 has, or an ESP32 without PSRAM.
const smallHeap = 256 << 10

// beginAnew takes the board to where a run with this client begins.
func (l *Link) beginAnew(ctx context.Context, client string) {
	with, code := "client "+client, "from espy._prepare import prepare\nprepare("+repl.Quote(client)+")"
	if slices.Contains(l.hello.Offers, "heap") && l.hello.MemFree < smallHeap {
		with, code = "no client", "from espy import _perform"
	}
	if l.ahead.board == nil || l.found(ctx) != nil || l.ahead.back(ctx, with) {
		return
	}
	half, cancel := firstHalf(ctx)
	defer cancel()
	defer alone(half, l.name+" "+with+" "+l.ahead.firmware)()
	if l.ahead.back(ctx, with) { // another board has come there meanwhile
		return
	}
	if err := l.repl.Exec(half, code, io.Discard); err != nil {
		l.lost = true
		return
	}
	l.ahead.mark(ctx, with)
}

// underWay is what is being done ahead, by board, client and firmware.
var underWay sync.Map // string -> chan struct{} with room for one

// alone waits until no other board is on the same way, so that it need not be gone
// twice, and gives what ends the wait of the next one. It waits no longer than ctx.
func alone(ctx context.Context, way string) (done func()) {
	turn, _ := underWay.LoadOrStore(way, make(chan struct{}, 1))
	select {
	case turn.(chan struct{}) <- struct{}{}:
		return func() { <-turn.(chan struct{}) }
	case <-ctx.Done():
		return func() {}
	}
}

// found sees that the board is in the raw REPL, where that is not known.
func (l *Link) found(ctx context.Context) error {
	if !l.lost {
		return nil
	}
	err := l.repl.Enter(ctx)
	l.lost = err != nil
	return err
}

// firstHalf is half of the time that there is until the deadline. A client whose
// import hangs is to hang once more in the request, where the start has been
// announced: then it is seen to be the firmware's doing.
func firstHalf(ctx context.Context) (context.Context, context.CancelFunc) {
	end, limited := ctx.Deadline()
	if !limited {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(end)/2)
}
