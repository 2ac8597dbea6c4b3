package source

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

// A Server is a program that serves on this machine.
type Server struct {
	URL string
	cmd *exec.Cmd
}

// Stop ends it, and sees that it is gone.
func (s *Server) Stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	hard := time.AfterFunc(5*time.Second, func() { s.cmd.Process.Kill() })
	defer hard.Stop()
	s.cmd.Wait()
}

// Memory is what the server and its children hold: their resident sets, in bytes.
func (s *Server) Memory() (int, error) { return resident(s.cmd.Process.Pid) }

var residentSet = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func resident(pid int) (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	m := residentSet.FindSubmatch(status)
	if m == nil {
		return 0, errors.New("/proc tells nothing of the memory of " + strconv.Itoa(pid))
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return 0, err
	}
	total := kb << 10
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for _, child := range bytes.Fields(children) {
		if pid, err := strconv.Atoi(string(child)); err == nil {
			more, _ := resident(pid) // it may have ended
			total += more
		}
	}
	return total, nil
}

// inAddress finds the URL in the line with which a server says that it is there.
var inAddress = regexp.MustCompile(`http://[0-9.]+:\d+`)

// Serve starts a program whose first line of output has its URL.
func Serve(cmd *exec.Cmd) (*Server, error) {
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd, err)
	}
	s := &Server{cmd: cmd}
	late := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	late.Stop()
	if s.URL = inAddress.FindString(line); s.URL == "" {
		s.Stop()
		return nil, fmt.Errorf("starting %s: it gave no address but %q: %v: %s", cmd, line, err, &said)
	}
	go io.Copy(io.Discard, lines)
	return s, nil
}

// ServeAt starts a program that serves at an address which it has been told, and
// waits until it answers to a path.
func ServeAt(cmd *exec.Cmd, address, path string) (*Server, error) {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", cmd, err)
	}
	s := &Server{URL: "http://" + address, cmd: cmd}
	for late := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, err := Get(s.URL + path)
		if err == nil {
			return s, nil
		}
		if time.Now().After(late) {
			s.Stop()
			return nil, fmt.Errorf("%s does not answer: %w; it said: %s", cmd, err, &said)
		}
	}
}

// FreeAddress is one for a server that cannot be given port 0.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// Get is the body of a 200.
func Get(url string) ([]byte, error) {
	client := http.Client{Timeout: 20 * time.Second}
	r, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, r.Status)
	}
	return io.ReadAll(r.Body)
}
