package sim

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/sim/vm"
)

// Checkpoint remembers the board's memory and files.
func (b *Board) Checkpoint(ctx context.Context, name string) error {
	err := b.atPrompt(ctx, func(m *vm.Machine) error {
		if b.console.paste != nil {
			return errPasting
		}
		snapshot, err := m.Save()
		if err == nil {
			checkpoints.keep(&checkpoint{b.like, name, snapshot, b.flash.Save(), b.console.mode})
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("taking checkpoint %q of board %s: %w", name, b.spec.Name, err)
	}
	return nil
}

// Rollback takes the board to a checkpoint, its own or that of a board alike.
func (b *Board) Rollback(ctx context.Context, name string) error {
	err := b.atPrompt(ctx, func(m *vm.Machine) error {
		there, err := checkpoints.use(b.like, name, func(c *checkpoint) error {
			if err := m.Restore(c.machine); err != nil {
				return err
			}
			b.uart.Undo()
			b.network.Restart()
			b.flash.Restore(c.flash)
			b.console.mode = c.console
			return nil
		})
		if !there {
			return board.ErrNoCheckpoint
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("taking board %s to checkpoint %q: %w", b.spec.Name, name, err)
	}
	return nil
}

var errPasting = errors.New("it is in the middle of a raw paste")

// digest is a hash of files by name: the same for the same files alone.
func digest(files map[string][]byte) [sha256.Size]byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, part := range [][]byte{[]byte(name), files[name]} {
			_ = binary.Write(h, binary.LittleEndian, int64(len(part)))
			h.Write(part)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// task is something that the board's goroutine does between two bytes.
type task struct {
	do   func(*vm.Machine) error
	done chan error
}

// errTask ends the board's wait for bytes.
var errTask = errors.New("there is a task")

// atPrompt has the board's goroutine do something when the board is at its
// prompt, with no byte waiting.
func (b *Board) atPrompt(ctx context.Context, do func(*vm.Machine) error) error {
	t := b.do(do)
	select {
	case err := <-t.done:
		return err
	case <-b.life.Done():
		return b.life.Over()
	case <-ctx.Done():
	}
	b.mu.Lock()
	if i := slices.Index(b.tasks, t); i >= 0 {
		b.tasks = slices.Delete(b.tasks, i, i+1)
		b.mu.Unlock()
		return fmt.Errorf("it is not at its prompt: %w", context.Cause(ctx))
	}
	b.mu.Unlock()
	return <-t.done // it was just being done
}

// do has something done at the prompt, some time.
func (b *Board) do(do func(*vm.Machine) error) *task {
	t := &task{do, make(chan error, 1)}
	b.mu.Lock()
	b.tasks = append(b.tasks, t)
	b.mu.Unlock()
	b.uart.Wake()
	return t
}

// idle ends the wait for bytes for a task as well.
func (b *Board) idle() error {
	if err := b.interrupted(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.tasks) > 0 {
		return errTask
	}
	return nil
}

func (b *Board) doTasks(m *vm.Machine) {
	b.mu.Lock()
	tasks := b.tasks
	b.tasks = nil
	b.mu.Unlock()
	for _, t := range tasks {
		t.done <- t.do(m)
	}
}
