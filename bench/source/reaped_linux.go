package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ReapCommand is the first argument with which this program is Reap.
const ReapCommand = "reap"

// outlive is how long a program's orphans are waited for when it has ended.
const outlive = 10 * time.Second

// usage is what Reap says on its fourth file of what the program took.
type usage struct {
	Seconds, CPU, MiB float64
}

// Reap runs a program, and waits for its orphans too. A process that is not waited for by
// the one that started it is not in what that one's end tells (getrusage(2)): of a unix
// board that is killed with its parent, nearly all. They become Reap's children.
func Reap(args []string) (status int) {
	runtime.LockOSThread() // the program is to end with this thread
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		fmt.Fprintln(os.Stderr, "adopting orphans:", err)
		return 1
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begun := time.Now()
	err := cmd.Run()
	u := usage{Seconds: time.Since(begun).Seconds()}
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	reapOrphans()
	var all syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &all); err != nil {
		fmt.Fprintln(os.Stderr, "asking for what it took:", err)
		return 1
	}
	u.CPU = float64(all.Utime.Nano()+all.Stime.Nano()) / 1e9
	u.MiB = float64(all.Maxrss) / 1024 // KiB on Linux
	if err := json.NewEncoder(os.NewFile(3, "usage")).Encode(u); err != nil {
		fmt.Fprintln(os.Stderr, "telling what it took:", err)
		return 1
	}
	if status = cmd.ProcessState.ExitCode(); status < 0 { // a signal
		fmt.Fprintln(os.Stderr, cmd.ProcessState)
		return 1
	}
	return status
}

func reapOrphans() {
	for late := time.Now().Add(outlive); time.Now().Before(late); {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		switch {
		case errors.Is(err, syscall.ECHILD):
			return
		case err == nil && pid == 0:
			time.Sleep(time.Millisecond)
		}
	}
}

// runReaped runs a program under Reap, and gives what it took with all that it started.
func runReaped(cmd *exec.Cmd) (usage, error) {
	if cmd.Err != nil {
		return usage{}, cmd.Err
	}
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return usage{}, err
	}
	defer read.Close()
	cmd.Args = append([]string{self, ReapCommand, cmd.Path}, cmd.Args[1:]...)
	cmd.Path, cmd.ExtraFiles = self, []*os.File{write}
	if err := errors.Join(cmd.Run(), write.Close()); err != nil {
		return usage{}, err
	}
	var u usage
	said, err := io.ReadAll(read)
	if err == nil {
		err = json.Unmarshal(said, &u)
	}
	return u, err
}
