//go:build !linux

package unix

import (
	"fmt"
	"os"
)

// process exists on Linux alone; New says so before one is asked for.
type process struct {
	wire        *os.File
	over        chan struct{}
	marks       marks
	runs        int
	checkpoints []checkpoint
	late        <-chan mark // of a checkpoint that was given up
}

const wantsRollback, wantsCheckpoint = 0, 0

func startProcess(string, int, string) (*process, error) {
	return nil, fmt.Errorf("%w: it runs on Linux alone", ErrMissing)
}

func (*process) kill()                 {}
func (*process) killed() bool          { return false }
func (*process) wait() string          { return "" }
func (*process) hangUp()               {}
func (*process) stopped() error        { return ErrMissing }
func (*process) signal(int, int) error { return ErrMissing }

func (*process) interruptChar() (byte, bool) { return 0, false }
func (*process) interrupt()                  {}

func lockFolder(string) (*os.File, error) { return nil, ErrMissing }
