package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/espy-hil/espy/sim/flash"
	"github.com/espy-hil/espy/sim/vm"
)

// checkpoint is the state of a board at its prompt. It belongs to the machine
// that it was taken of.
type checkpoint struct {
	machine *vm.Snapshot
	flash   *flash.Snapshot
	console console
}

// Checkpoint remembers the board's memory and files.
func (b *Board) Checkpoint(ctx context.Context) error {
	err := b.atPrompt(ctx, func(m *vm.Machine) error {
		b.forget()
		snapshot, err := m.Save()
		if err != nil {
			return err
		}
		b.saved = &checkpoint{snapshot, b.flash.Save(), b.console}
		return nil
	})
	if err != nil {
		return fmt.Errorf("taking a checkpoint of board %s: %w", b.spec.Name, err)
	}
	return nil
}

// Rollback takes the board back to its checkpoint.
func (b *Board) Rollback(ctx context.Context) error {
	err := b.atPrompt(ctx, func(m *vm.Machine) error {
		if b.saved == nil {
			return errNoCheckpoint
		}
		b.uart.Discard()
		b.flash.Restore(b.saved.flash)
		b.console = b.saved.console
		return m.Restore(b.saved.machine)
	})
	if err != nil {
		return fmt.Errorf("taking board %s back to its checkpoint: %w", b.spec.Name, err)
	}
	return nil
}

var errNoCheckpoint = errors.New("there is none since the last reset")

// forget lets go of the checkpoint.
func (b *Board) forget() {
	if b.saved != nil {
		b.saved.machine.Close()
		b.saved = nil
	}
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
	t := &task{do, make(chan error, 1)}
	b.mu.Lock()
	b.tasks = append(b.tasks, t)
	b.mu.Unlock()
	b.uart.Wake()
	select {
	case err := <-t.done:
		return err
	case <-b.done:
		return b.dead()
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
