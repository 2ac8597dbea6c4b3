package agent

import (
	"context"
	"io"

	"github.com/espy-hil/espy/hil/board"
)

// ahead is what is done before the runs, on a board that can go back to a
// checkpoint: the client is imported, and every run begins right after that, on a
// board on which no other run has ever been. It saves the import, which is most of
// what a short request costs.
//
//	prepare(client) -> Checkpoint -> run, Rollback, run, Rollback, run …
type ahead struct {
	board  board.Checkpointer // nil: it cannot
	client string             // that the checkpoint has; empty: there is no checkpoint
}

// beginAnew takes the board to where a run with this client begins. It saves time
// and decides nothing: what goes wrong here leaves the agent to import the client
// itself, and shows when the request is made.
func (l *Link) beginAnew(ctx context.Context, client string) {
	a := &l.ahead
	if a.board == nil || l.lost {
		a.client = ""
		return
	}
	if a.client == client && a.board.Rollback(ctx) == nil {
		return
	}
	a.client = ""
	if err := l.repl.Exec(ctx, "from espy.agent import prepare\nprepare("+quote(client)+")", io.Discard); err != nil {
		l.lost = true
		return
	}
	if a.board.Checkpoint(ctx) == nil {
		a.client = client
	}
}
