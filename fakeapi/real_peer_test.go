//go:build peers

package fakeapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A realServer is a program that other people wrote, and how it is started so that
// it serves a folder, or one page, at an address.
type realServer struct {
	command []string          // with $dir, $host, $port, $behind, $origin
	files   map[string]string // written below $dir before it starts, with the same variables
	behind  string            // the id of a real server that it stands before: $behind is its address
}

// startReal starts a real server on a port that the kernel has chosen, and returns
// its address once it serves its page, which no other server has. Between the choice
// and the server's bind somebody else may take the port: then there is another try.
func startReal(t *testing.T, id string) (address, page string) {
	t.Helper()
	page = fmt.Sprintf("espy-%08x", rand.Uint32())
	if id == "go" {
		return startGo(t, page), page
	}
	server, known := realServers[id]
	require.True(t, known, id)
	behind := ""
	if server.behind != "" {
		behind, page = startReal(t, server.behind)
	}
	for range 3 {
		if address, ok := tryReal(t, id, server, behind, page); ok {
			return address, page
		}
	}
	t.Fatalf("%s could not be started", id)
	return "", ""
}

// startGo serves with net/http, in this process.
func startGo(t *testing.T, page string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Path == "/flow" {
			_, _ = io.WriteString(w, page[:2])
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, page[2:])
			return
		}
		_, _ = io.WriteString(w, page)
	}), ReadHeaderTimeout: patience}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		require.ErrorIs(t, <-done, http.ErrServerClosed)
	})
	return l.Addr().String()
}

func tryReal(t *testing.T, id string, server realServer, behind, page string) (address string, ok bool) {
	t.Helper()
	dir, err := os.MkdirTemp("", "espy-"+id+"-") // t.TempDir's names are too long for the sockets of some
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755)) // servers that are started by root read as somebody else
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	host, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	address = l.Addr().String()
	require.NoError(t, l.Close())

	apacheUser, h2oUser := "# as who starts it", "# as who starts it"
	if os.Getuid() == 0 { // neither would serve as root unasked, nor as somebody else who cannot be found
		apacheUser, h2oUser = "User www-data\nGroup www-data", "user: root"
	}
	behindHost, behindPort, _ := strings.Cut(behind, ":")
	fill := strings.NewReplacer("$page", page, "$dir", dir, "$host", host, "$port", port, "$apacheUser", apacheUser, "$h2oUser", h2oUser, "$behindHost", behindHost, "$behindPort", behindPort)
	for name, content := range server.files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(fill.Replace(content)), 0o644))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "www"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "www", "index.html"), []byte(page), 0o644))

	var args []string
	for _, a := range server.command {
		args = append(args, fill.Replace(a))
	}
	var log lockedBuffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &log, &log
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that its workers end with it
	require.NoError(t, cmd.Start(), "%s: .ci/run installs it", args[0])
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-ended
		if t.Failed() {
			t.Logf("%s said: %s", id, log.String())
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience) // a Java machine takes its time
	defer cancel()
	if err := awaitPage(ctx, address, page, ended); err != nil {
		t.Logf("%s: %v; it said: %s", id, err, log.String())
		return "", false
	}
	return address, true
}

// awaitPage returns when the page is served.
func awaitPage(ctx context.Context, address, page string, ended <-chan struct{}) error {
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/", nil)
		if err != nil {
			return err
		}
		r.Close = true
		response, err := http.DefaultClient.Do(r)
		if err == nil {
			b, _ := io.ReadAll(response.Body)
			response.Body.Close()
			if string(b) == page {
				return nil
			}
			err = fmt.Errorf("%s with %q", response.Status, b)
		}
		select {
		case <-ended:
			return errors.Join(errors.New("it has ended"), err)
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(20 * time.Millisecond): // nothing else says that a server of others is ready
		}
	}
}
