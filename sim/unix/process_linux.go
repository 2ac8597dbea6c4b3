package unix

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"

	sys "golang.org/x/sys/unix"

	"github.com/espy-hil/espy/sim/pty"
)

// process is one life of the interpreter, on a pty of its own.
type process struct {
	cmd  *exec.Cmd
	wire *os.File // the pty's end that is ours

	halted atomic.Bool // by kill
	ended  atomic.Bool
	over   chan struct{} // closed when ended

	marks       marks
	runs        int // pid of the process that runs: the first one, or what has come of it
	checkpoints []checkpoint
	late        <-chan mark // of a checkpoint that was given up
}

// Signals of board.c.
const (
	wantsRollback   = syscall.SIGUSR1
	wantsCheckpoint = syscall.SIGUSR2
)

// startProcess starts the interpreter. It is the leader of a session whose
// controlling terminal is the pty, so that an interrupt character reaches it, and
// so that it ends with the pty.
func startProcess(exe string, heap int, flash string) (*process, error) {
	wire, terminal, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("opening a pty for its UART: %w", err)
	}
	defer terminal.Close() // the process has its own
	cmd := exec.Command(exe, "-X", "heapsize="+strconv.Itoa(heap), "-c", "__import__('_board').run("+strconv.QuoteToASCII(flash)+")")
	cmd.Dir = flash
	cmd.Env = []string{"MICROPYPATH=.frozen:/lib"} // as on ESP boards
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting its process: %w", err), wire.Close())
	}
	return &process{cmd: cmd, wire: wire, over: make(chan struct{}), runs: cmd.Process.Pid}, nil
}

// kill ends the process at once.
func (p *process) kill() {
	p.halted.Store(true)
	_ = p.cmd.Process.Kill() // fails only if it has ended already
}

// killed tells whether the process ended by kill.
func (p *process) killed() bool { return p.halted.Load() }

// wait waits for the end of the process, and tells how it came.
func (p *process) wait() string {
	_ = p.cmd.Wait() // the state says more
	return p.cmd.ProcessState.String()
}

// hangUp lets go of the pty of a process that has ended.
func (p *process) hangUp() {
	p.ended.Store(true)
	close(p.over)
	_ = p.wire.Close() // nothing more can be done about it
}

// signal sends a signal to one of the processes of a board that lives.
func (p *process) signal(pid int, s syscall.Signal) error {
	if err := p.stopped(); err != nil {
		return err
	}
	return syscall.Kill(pid, s)
}

// stopped is not nil when there is nothing more to wait for.
func (p *process) stopped() error {
	if p.halted.Load() || p.ended.Load() {
		return errEnded
	}
	return nil
}

// interruptChar is the character that interrupts the program, if one does.
func (p *process) interruptChar() (char byte, on bool) {
	_ = pty.Control(p.wire, func(fd int) error {
		t, err := sys.IoctlGetTermios(fd, sys.TCGETS)
		if err == nil {
			char, on = t.Cc[sys.VINTR], t.Lflag&sys.ISIG != 0
		}
		return err
	}) // of a process that has ended nothing is interrupted
	return char, on
}

// interrupt does what the pty's line discipline does when that character comes.
func (p *process) interrupt() {
	_ = pty.Control(p.wire, func(fd int) error { return sys.IoctlSetInt(fd, sys.TIOCSIG, int(syscall.SIGINT)) })
}

// lockFolder takes the lock of a folder, which nobody else may have. It ends with
// the file, and with this process.
func lockFolder(folder string) (*os.File, error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	if err := pty.Control(f, func(fd int) error { return sys.Flock(fd, sys.LOCK_EX|sys.LOCK_NB) }); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
