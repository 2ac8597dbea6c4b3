//go:build !linux

package unix

import (
	"fmt"
	"os"
)

// process exists on Linux alone; New says so before one is asked for.
type process struct{ wire *os.File }

func startProcess(string, int, string) (*process, error) {
	return nil, fmt.Errorf("%w: it runs on Linux alone", ErrMissing)
}

func (*process) kill()          {}
func (*process) killed() bool   { return false }
func (*process) wait() string   { return "" }
func (*process) hangUp()        {}
func (*process) stopped() error { return ErrMissing }

func lockFolder(string) (*os.File, error) { return nil, ErrMissing }
