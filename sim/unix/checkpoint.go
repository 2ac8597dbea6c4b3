package unix

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/espy-hil/espy/hil/board"
)

// checkpoint is a process that waits as the board was, and the flash as it was.
// Those of one board are a stack: each is the parent of the next, and the last is
// the parent of the one that runs.
type checkpoint struct {
	name  string
	pid   int
	flash snapshot
}

// checkpointing bounds what a checkpoint or a rollback may take, which is a
// millisecond.
const checkpointing = 5 * time.Second

// Checkpoint remembers the board's memory and files. A checkpoint is this board's
// alone, and is gone with its process.
func (b *Board) Checkpoint(ctx context.Context, name string) error {
	p, err := b.running()
	if err != nil {
		return err
	}
	if i := p.find(name); i >= 0 {
		p.checkpoints[i].name = "" // replaced; the later ones still stand on it
	}
	files, err := takeSnapshot(b.flash.folder)
	if err == nil {
		err = p.checkpoint(ctx, name, files)
	}
	if err != nil {
		return fmt.Errorf("taking checkpoint %q of board %s: %w", name, b.spec.Name, err)
	}
	return nil
}

// Rollback takes the board to one of its checkpoints; later ones are gone then.
func (b *Board) Rollback(ctx context.Context, name string) error {
	p, err := b.running()
	if err != nil {
		return err
	}
	i := p.find(name)
	if i < 0 {
		return fmt.Errorf("board %s, %q: %w", b.spec.Name, name, board.ErrNoCheckpoint)
	}
	b.uart.Undo()
	if err = p.rollback(ctx, i, b.uart.Wake); err == nil {
		err = p.checkpoints[i].flash.restore(b.flash.folder)
	}
	if err != nil {
		p.kill() // where it stands is not known
		return fmt.Errorf("taking board %s to checkpoint %q: %w", b.spec.Name, name, err)
	}
	return nil
}

// running is the process that there is.
func (b *Board) running() (*process, error) {
	if err := b.life.Over(); err != nil {
		return nil, err
	}
	p, running := b.life.Now()
	if !running {
		return nil, fmt.Errorf("board %s: %w", b.spec.Name, errEnded)
	}
	return p, nil
}

func (p *process) find(name string) int {
	return slices.IndexFunc(p.checkpoints, func(c checkpoint) bool { return c.name == name })
}

// checkpoint has the process that runs wait as it is, at its prompt, and a child of
// it go on. It is asked until it has heard: a signal may come while it looks away.
func (p *process) checkpoint(ctx context.Context, name string, files snapshot) error {
	ctx, cancel := context.WithTimeout(ctx, checkpointing)
	defer cancel()
	done := p.late // of one that was given up, but not by the board
	p.late = nil
	select {
	case m := <-done:
		p.runs, done = m.runs, nil
	default:
	}
	if done == nil {
		done = p.marks.await(false, 0)
	}
	for {
		if err := p.signal(p.runs, wantsCheckpoint); err != nil {
			return err
		}
		select {
		case m := <-done:
			p.checkpoints = append(p.checkpoints, checkpoint{name, m.waits, files})
			p.runs = m.runs
			return nil
		case <-p.over:
			return errEnded
		case <-ctx.Done():
			p.late = done
			return fmt.Errorf("it is not at its prompt: %w", context.Cause(ctx))
		case <-time.After(time.Millisecond):
		}
	}
}

// rollback has the process of a checkpoint replace its child.
func (p *process) rollback(ctx context.Context, i int, wake func()) error {
	ctx, cancel := context.WithTimeout(ctx, checkpointing)
	defer cancel()
	p.late = nil
	done := p.marks.await(true, p.checkpoints[i].pid)
	wake() // who waits for room for output that nobody wants any more
	if err := p.signal(p.checkpoints[i].pid, wantsRollback); err != nil {
		return err
	}
	select {
	case m := <-done:
		p.checkpoints, p.runs = p.checkpoints[:i+1], m.runs
		return nil
	case <-p.over:
		return errEnded
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

var errEnded = errors.New("its process has ended")
