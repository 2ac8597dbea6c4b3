package hostclient

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/espy-hil/espy/hil/agent"
	"github.com/espy-hil/espy/hil/result"
)

// curl makes a request with curl, which is asked for its own account of it (%{json})
// beside head and body.
func curl(ctx context.Context, r agent.Request, body []byte, kind string) (*agent.Record, error) {
	folder, err := os.MkdirTemp("", "espy-curl-")
	if err != nil {
		return nil, fmt.Errorf("a folder for what curl gets: %w", err)
	}
	defer os.RemoveAll(folder)
	c := command{folder: folder, request: r}
	args, err := c.arguments(body, kind)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	program := exec.CommandContext(ctx, "curl", args...)
	var out, stderr bytes.Buffer
	program.Stdin, program.Stdout, program.Stderr = bytes.NewReader(c.stdin), &out, &stderr
	err = program.Run()
	if e := ended(ctx); e != nil {
		return nil, e
	}
	status := 0
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else if err != nil {
		return nil, fmt.Errorf("running curl: %w", err)
	}
	record := &agent.Record{
		TimingMS: map[string]float64{"total": float64(time.Since(began).Microseconds()) / 1000},
		Memory:   map[string]int64{},
	}
	if ctx.Err() != nil { // killed by the run's own deadline
		record.Raises = raised("request", "Timeout", timedOut, "curl had no answer in time")
		return record, nil
	}
	return record, c.read(record, status, out.Bytes(), strings.TrimSpace(stderr.String()))
}

// command is one call of curl, and the files that it uses.
type command struct {
	folder  string
	request agent.Request
	stdin   []byte
}

func (c *command) file(name string) string { return filepath.Join(c.folder, name) }

// arguments is the command line. Like everybody's, it follows redirects.
func (c *command) arguments(body []byte, kind string) ([]string, error) {
	r := &c.request
	args := []string{
		"--disable", "--silent", "--show-error", "--globoff", "--noproxy", "*", "--path-as-is", "--write-out", "%{json}",
		"--dump-header", c.file("head"), "--output", c.file("body"),
		"--max-time", seconds(limit(*r)),
	}
	if r.HTTPVersion == "1.0" {
		args = append(args, "--http1.0")
	} else {
		args = append(args, "--http1.1")
	}
	if r.AllowRedirects == nil || *r.AllowRedirects {
		args = append(args, "--location")
	}
	if kind != "" {
		args = append(args, "--header", "Content-Type: "+kind)
	}
	for _, h := range r.Headers {
		if h[1] == "" {
			args = append(args, "--header", h[0]+";") // or curl takes the field out
		} else {
			args = append(args, "--header", h[0]+": "+h[1])
		}
	}
	if r.Auth != nil {
		args = append(args, "--user", r.Auth[0]+":"+r.Auth[1])
	}
	args = append(args, c.method(body)...)
	return c.trust(args)
}

// method gives the options for the method and the body. A method that --head,
// --data or nothing imply is not named: curl would keep it across redirects.
func (c *command) method(body []byte) []string {
	r := &c.request
	var args []string
	switch {
	case r.Method == "HEAD":
		return append(args, "--head", "--url", r.URL)
	case r.Chunks != nil:
		c.stdin = bytes.Join(r.Chunks, nil)
		args = append(args, "--upload-file", "-", "--request", r.Method)
	case body != nil || r.Method == "POST":
		c.stdin = body
		args = append(args, "--data-binary", "@-")
		if r.Method != "POST" {
			args = append(args, "--request", r.Method)
		}
	case r.Method != "GET":
		args = append(args, "--request", r.Method)
	}
	return append(args, "--url", r.URL)
}

// trust adds whom curl is to believe.
func (c *command) trust(args []string) ([]string, error) {
	if v := c.request.Verify; v != nil && !*v {
		return append(args, "--insecure"), nil
	}
	if c.request.CAData == nil {
		return args, nil
	}
	file := c.file("ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.request.CAData})
	return append(args, "--cacert", file), os.WriteFile(file, block, 0o600)
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

// account is what curl says of a request.
type account struct {
	Code    int    `json:"response_code"`
	Version string `json:"http_version"`
	URL     string `json:"url_effective"`
}

// read makes the record of what curl has left.
func (c *command) read(record *agent.Record, status int, out []byte, message string) error {
	var told account
	if err := json.Unmarshal(out, &told); err != nil {
		return fmt.Errorf("curl (exit status %d) gave no account of itself, but %q: %s", status, out, message)
	}
	in := "request"
	if told.Code != 0 && status != statusRedirects {
		in = "content"
		head, err := os.ReadFile(c.file("head"))
		if err != nil {
			return fmt.Errorf("curl's head of a reply: %w", err)
		}
		body, err := os.ReadFile(c.file("body"))
		if err != nil && !errors.Is(err, os.ErrNotExist) { // which curl makes for a body alone
			return fmt.Errorf("curl's body of a reply: %w", err)
		}
		record.Response = c.response(head, told)
		record.Raises = fill(record.Response, c.request, body)
	}
	if status != 0 {
		record.Raises = curlException(in, status, message)
	}
	return nil
}

// response reads the heads of all replies: 1xx are left out, those before the last
// are the history.
func (c *command) response(heads []byte, told account) *result.Response {
	var all []*result.Response
	for block := range strings.SplitSeq(strings.ReplaceAll(string(heads), "\r\n", "\n"), "\n\n") {
		lines := strings.Split(block, "\n")
		proto, rest, _ := strings.Cut(lines[0], " ")
		code, reason, _ := strings.Cut(rest, " ")
		number, err := strconv.Atoi(code)
		if err != nil || number < 200 {
			continue
		}
		r := &result.Response{StatusCode: number, Reason: reason, Version: version(proto)}
		for _, line := range lines[1:] {
			if name, value, ok := strings.Cut(line, ":"); ok {
				r.Headers = append(r.Headers, [2]string{name, strings.TrimSpace(value)})
			}
		}
		all = append(all, r)
	}
	if len(all) == 0 {
		return &result.Response{StatusCode: told.Code, Version: told.Version, URL: told.URL}
	}
	last := all[len(all)-1]
	last.URL, last.RequestVersion = told.URL, "1.1"
	if c.request.HTTPVersion == "1.0" {
		last.RequestVersion = "1.0"
	}
	for _, before := range all[:len(all)-1] {
		last.History = append(last.History, result.Hop{Status: before.StatusCode, Version: before.Version})
	}
	return last
}

const statusRedirects = 47

// curlException is an exit status of curl (its manual, "EXIT CODES") in the words of
// espy.requests.
func curlException(in string, status int, message string) *result.Raises {
	switch status {
	case 3:
		return raised(in, "ValueError", 0, message)
	case 7:
		return raised(in, "RequestError", connectionRefused, message)
	case 18, 52:
		return raised(in, "IncompleteRead", 0, message)
	case 28:
		return raised(in, "Timeout", timedOut, message)
	case statusRedirects:
		return raised(in, "TooManyRedirects", 0, message)
	case 55, 56:
		return raised(in, "RequestError", connectionReset, message)
	case 35, 51, 58, 60:
		return raised(in, "RequestError", 0, message)
	}
	return raised(in, "ProtocolError", 0, message)
}
