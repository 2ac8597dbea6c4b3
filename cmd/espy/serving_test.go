package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// A served is a server that a script has started.
type served struct {
	cmd *exec.Cmd
	out *bytes.Buffer // all that it has printed, once done
	end chan struct{} // closed when it has printed all
}

// servedKey is where a script keeps its server.
type servedKey struct{}

// serving starts a server, or a published board, and goes on when it has said where
// it is: $SERVER and $ADMIN are the URLs. The end of the script stops it.
func serving(ts *testscript.TestScript, _ bool, args []string) {
	c := command(ts, append([]string{""}, args...))
	out, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	s := &served{c, &bytes.Buffer{}, make(chan struct{})}
	ts.Setenv("SERVER", "")
	ts.Value(servedKey{}).(map[string]*served)["it"] = s
	ts.Defer(func() {
		c.Process.Kill()
		<-s.end
		c.Wait()
	})
	lines := bufio.NewReader(out)
	announced := regexp.MustCompile(`^(?:serving|        admin page:|board \S+ is at) ([^ ,\n]+)`)
	wanted := 1
	if strings.Contains(strings.Join(args, " "), "--admin") {
		wanted++
	}
	for _, name := range []string{"SERVER", "ADMIN"}[:wanted] {
		for {
			line, err := lines.ReadString('\n')
			s.out.WriteString(line)
			if err != nil {
				close(s.end)
				ts.Fatalf("the server ended before it said where it is: %s", s.out)
			}
			if m := announced.FindStringSubmatch(line); m != nil {
				ts.Setenv(name, m[1])
				if name == "SERVER" {
					_, address, _ := strings.Cut(m[1], "//")
					ts.Setenv("ADDRESS", address)
				}
				break
			}
		}
	}
	go func() {
		defer close(s.end)
		io.Copy(s.out, lines)
	}()
}

// stopping sends a signal to the server, and checks the status with which it ends;
// stdout is all that it has printed.
func stopping(ts *testscript.TestScript, _ bool, args []string) {
	want := wantedStatus(ts, args)
	s := ts.Value(servedKey{}).(map[string]*served)["it"]
	signal := map[string]os.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}[args[1]]
	ts.Check(s.cmd.Process.Signal(signal))
	select {
	case <-s.end:
	case <-time.After(time.Minute):
		ts.Fatalf("the server goes on after SIG%s", args[1])
	}
	_, err := io.Copy(ts.Stdout(), s.out)
	ts.Check(err)
	check(ts, want, s.cmd.Wait())
}

// ask makes a request by hand: ask METHOD URL VERSION [CA]. stdout is the reply.
func ask(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: ask METHOD URL VERSION [CA]")
	}
	u, err := url.Parse(args[1])
	ts.Check(err)
	var c net.Conn
	if u.Scheme == "https" {
		roots := x509.NewCertPool()
		if len(args) > 3 {
			roots.AppendCertsFromPEM([]byte(ts.ReadFile(args[3])))
		}
		c, err = tls.Dial("tcp", u.Host, &tls.Config{RootCAs: roots})
	} else {
		c, err = net.Dial("tcp", u.Host)
	}
	if neg {
		if err == nil {
			ts.Fatalf("%s took the connection", u.Host)
		}
		_, err = io.WriteString(ts.Stdout(), err.Error()+"\n")
		ts.Check(err)
		return
	}
	ts.Check(err)
	defer c.Close()
	ts.Check(c.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(c, args[0]+" "+u.RequestURI()+" HTTP/"+args[2]+"\r\nHost: "+u.Host+"\r\nConnection: close\r\n\r\n")
	ts.Check(err)
	_, err = io.Copy(ts.Stdout(), c)
	ts.Check(err)
}

// idle sees that what serving has started comes to rest while nobody asks it to do
// anything: there are 300 ms of which it takes the processor for 10 ms at most, which
// is as fine as it can be told. What is left to do from its start may come first.
func idle(ts *testscript.TestScript, _ bool, _ []string) {
	s := ts.Value(servedKey{}).(map[string]*served)["it"]
	const tries = 20
	for range tries {
		before := ticks(ts, s.cmd.Process.Pid)
		time.Sleep(300 * time.Millisecond) // there is nothing to wait for: that is the point
		if ticks(ts, s.cmd.Process.Pid)-before <= 1 {
			return
		}
	}
	ts.Fatalf("in none of %d times 300 ms it left the processor alone", tries)
}

// ticks is the processor time of a process, in hundredths of a second (proc(5)).
func ticks(ts *testscript.TestScript, pid int) int {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	ts.Check(err)
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, err := strconv.Atoi(fields[11])
	ts.Check(err)
	system, err := strconv.Atoi(fields[12])
	ts.Check(err)
	return user + system
}
