package main

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A server is a program that serves on this machine.
type server struct {
	name string
	url  string
	cmd  *exec.Cmd
}

func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	s.cmd.Wait()
}

// memory is what the server holds: its resident set, in bytes.
func (s *server) memory() (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0, errors.New("/proc tells nothing of the server's memory")
	}
	kb, err := strconv.Atoi(string(m[1]))
	return kb << 10, err
}

// startAll starts the three servers, which serve the same data.
func startAll(ctx context.Context, espy string) (all []*server, stop func(), err error) {
	stop = func() {
		for _, s := range all {
			s.stop()
		}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, stop, err
	}
	bare, err := start("bare", exec.CommandContext(ctx, self, "bare"))
	if err != nil {
		return all, stop, err
	}
	all = append(all, bare)
	ours, err := startEspy(ctx, espy, "--quiet")
	if err != nil {
		return all, stop, err
	}
	all = append(all, ours)
	theirs, err := startJSONServer(ctx, ours.url)
	if err != nil {
		return all, stop, err
	}
	return append(all, theirs), stop, sameBody(bare.url, ours.url)
}

func startEspy(ctx context.Context, espy string, flags ...string) (*server, error) {
	return start("espy", exec.CommandContext(ctx, espy, append([]string{"serve", "--addr", "127.0.0.1:0"}, flags...)...))
}

// start starts a program whose first line of output has its URL.
func start(name string, cmd *exec.Cmd) (*server, error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	s := &server{name: name, cmd: cmd, url: regexp.MustCompile(`http://[0-9.]+:\d+`).FindString(line)}
	if s.url == "" {
		s.stop()
		return nil, fmt.Errorf("starting %s: it said %q: %v", name, line, err)
	}
	go io.Copy(io.Discard, lines)
	return s, nil
}

// bare serves the album of which the others have the same, with net/http and nothing
// else. It ends when it is killed.
func bare() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("http://%s\n", l.Addr())
	body := []byte(`{"userId":1,"id":1,"title":"rare pine"}`)
	http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write(body)
	}))
}

// sameBody sees that the bare handler does write what espy does.
func sameBody(urls ...string) error {
	var bodies []string
	for _, u := range urls {
		b, err := get(u + "/albums/1")
		if err != nil {
			return err
		}
		bodies = append(bodies, string(b))
	}
	if bodies[0] != bodies[1] {
		return fmt.Errorf("the servers do not serve the same: %q and %q", bodies[0], bodies[1])
	}
	return nil
}

//go:embed json-server
var pinned embed.FS

// startJSONServer installs json-server as it is pinned, and has it serve what the
// server at url does.
func startJSONServer(ctx context.Context, url string) (*server, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "espy", "bench-json-server")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := pinned.ReadFile("json-server/" + name)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return nil, err
		}
	}
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	install.Dir, install.Stderr = dir, os.Stderr
	if err := install.Run(); err != nil {
		return nil, fmt.Errorf("installing json-server: npm ci: %w", err)
	}
	if err := copyData(url, filepath.Join(dir, "db.json")); err != nil {
		return nil, err
	}
	return runJSONServer(ctx, dir)
}

// copyData writes all collections of a server to a file, as json-server reads it.
func copyData(url, file string) error {
	db := map[string]json.RawMessage{}
	for _, c := range []string{"albums", "posts", "comments", "photos", "todos", "users"} {
		all, err := get(url + "/" + c)
		if err != nil {
			return err
		}
		db[c] = all
	}
	b, err := json.Marshal(db)
	if err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o644)
}

// runJSONServer starts it, and waits until it answers. It cannot be given port 0.
func runJSONServer(ctx context.Context, dir string) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	l.Close()
	_, port, _ := strings.Cut(address, ":")
	cmd := exec.CommandContext(ctx, "node", "node_modules/json-server/lib/cli/bin.js",
		"--quiet", "--host", "127.0.0.1", "--port", port, "db.json")
	var out bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting json-server: %w", err)
	}
	s := &server{name: "json-server", url: "http://" + address, cmd: cmd}
	for late := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err = get(s.url + "/albums/1"); err == nil {
			return s, nil
		}
		if time.Now().After(late) {
			s.stop()
			return nil, fmt.Errorf("json-server does not answer: %w; it said: %s", err, &out)
		}
	}
}

// get is the body of a 200.
func get(url string) ([]byte, error) {
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
