package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/espy-hil/espy/bench/measure"
	"github.com/espy-hil/espy/bench/npm"
	"github.com/espy-hil/espy/bench/source"
)

func init() { register(fakeAPI) }

// album is what all servers are asked for, and album1 what they all answer.
const (
	album  = "/albums/1"
	album1 = `{"userId":1,"id":1,"title":"rare pine"}`
)

// idle are the connections that are held while the fake API answers others.
const idle = 2_000

// fakeAPI is espy serve under wrk.
func fakeAPI(h *house) []measure.Experiment {
	const espy, bare, nginx, jsonServer = "espy serve", "bare net/http", "nginx, a static file", "json-server"
	const turn = 2 * time.Second
	compare := func(id, what, unit string, better measure.Direction, reading string) measure.Figure {
		f := measure.Figure{ID: id, What: what, Unit: unit, Better: better}
		for _, who := range []string{espy, bare, nginx, jsonServer} {
			f.Of = append(f.Of, measure.Series{Who: who, Reading: reading, From: who})
		}
		return f
	}
	const alone, crowded = "none held", "2,000 held"
	return []measure.Experiment{
		{
			Section: "The fake API", Title: "One album over 32 connections",
			About: fmt.Sprintf("`wrk -t1 -c32` asks for `GET %s` for %v at a time. No server logs its requests; all but json-server send the same body.", album, turn),
			Sources: []measure.Source{
				h.missing.needs(source.Asked(espy, album, turn, h.serve), "wrk"),
				h.missing.needs(source.Asked(bare, album, turn, serveBare), "wrk"),
				h.missing.needs(source.Asked(nginx, album, turn, h.serveNginx), "wrk", "nginx"),
				h.missing.needs(source.Asked(jsonServer, album, turn, h.serveJSON), "wrk", "node", "npm"),
			},
			Figures: []measure.Figure{
				compare("serve/requests", "requests per second", "/s", measure.More, "requests/s"),
				compare("serve/p50", "latency, median", "ms", measure.Less, "p50"),
				compare("serve/p90", "latency, 90th percentile", "ms", measure.Less, "p90"),
				compare("serve/p99", "latency, 99th percentile", "ms", measure.Less, "p99"),
				compare("serve/memory", "memory, resident", "MiB", measure.Less, "MiB"),
			},
		},
		{
			Section: "The fake API", Title: "A crowd that says nothing",
			About:   "2,000 connections that have each been answered once are held while wrk asks over others; each is answered once more after every round.",
			Sources: []measure.Source{h.missing.needs(h.crowd(crowded, idle), "wrk"), h.missing.needs(h.crowd(alone, 0), "wrk")},
			Figures: []measure.Figure{
				{
					ID: "serve/crowd", What: "requests per second", Unit: "/s", Better: measure.More,
					Of: []measure.Series{{Who: crowded, Reading: "requests/s", From: crowded}, {Who: alone, Reading: "requests/s", From: alone}},
				},
				{
					ID: "serve/held", What: "connections answered again", Better: measure.More,
					Of: []measure.Series{{Who: crowded, Reading: "answered again", From: crowded}},
				},
			},
		},
		h.memory(),
		h.memoryForLong(),
	}
}

func (h *house) serve(ctx context.Context) (*source.Server, error) {
	return source.Serve(exec.CommandContext(context.WithoutCancel(ctx), h.espy, "serve", "--addr", "127.0.0.1:0", "--quiet"))
}

// serveBare is this program again, which serves with net/http and nothing else.
func serveBare(ctx context.Context) (*source.Server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return source.Serve(exec.CommandContext(context.WithoutCancel(ctx), self, "bare"))
}

// bare is what serveBare starts. It ends when it is killed.
func bare() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("http://%s\n", l.Addr())
	http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write([]byte(album1))
	}))
}

// nginxConfig has it serve files below a folder, and write nowhere else.
const nginxConfig = `
daemon off; worker_processes auto; pid DIR/nginx.pid; error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; sendfile on; tcp_nopush on;
  open_file_cache max=100; default_type "application/json; charset=utf-8";
  client_body_temp_path DIR/t1; proxy_temp_path DIR/t2; fastcgi_temp_path DIR/t3; uwsgi_temp_path DIR/t4; scgi_temp_path DIR/t5;
  server { listen ADDRESS; root DIR; }
}
`

func (h *house) serveNginx(ctx context.Context) (*source.Server, error) {
	exe, err := source.Installed("nginx")
	if err != nil {
		return nil, err
	}
	address, err := source.FreeAddress()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(h.dir, "nginx-*")
	if err != nil {
		return nil, err
	}
	// Its workers are another user where it is started as root.
	for _, open := range []string{h.dir, dir} {
		if err := os.Chmod(open, 0o755); err != nil {
			return nil, err
		}
	}
	config := strings.NewReplacer("DIR", dir, "ADDRESS", address).Replace(nginxConfig)
	if err := os.MkdirAll(filepath.Join(dir, "albums"), 0o755); err != nil {
		return nil, err
	}
	for name, content := range map[string]string{"nginx.conf": config, "albums/1": album1} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	return source.ServeAt(exec.CommandContext(context.WithoutCancel(ctx), exe, "-p", dir, "-e", "stderr", "-c", filepath.Join(dir, "nginx.conf")), address, album)
}

// serveJSON is json-server over the data of espy serve.
func (h *house) serveJSON(ctx context.Context) (*source.Server, error) {
	dir, err := npm.Install(ctx, "json-server")
	if err != nil {
		return nil, err
	}
	ours, err := h.serve(ctx)
	if err != nil {
		return nil, err
	}
	defer ours.Stop()
	db := map[string]json.RawMessage{}
	for _, c := range []string{"albums", "posts", "comments", "photos", "todos", "users"} {
		if db[c], err = source.Get(ours.URL + "/" + c); err != nil {
			return nil, err
		}
	}
	content, err := json.Marshal(db)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(h.dir, "db.json")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return nil, err
	}
	address, err := source.FreeAddress()
	if err != nil {
		return nil, err
	}
	_, port, _ := strings.Cut(address, ":")
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "node", "node_modules/json-server/lib/cli/bin.js", "--quiet", "--host", "127.0.0.1", "--port", port, file)
	cmd.Dir = dir
	return source.ServeAt(cmd, address, album)
}

// crowd is espy serve under wrk, with connections to it held.
func (h *house) crowd(name string, many int) measure.Source {
	return measure.Source{Name: name, Start: func(ctx context.Context) (*measure.Probe, error) {
		s, err := h.serve(ctx)
		if err != nil {
			return nil, err
		}
		held, err := source.Hold(s.URL, many)
		if err != nil {
			s.Stop()
			return nil, err
		}
		round := func(ctx context.Context) (measure.Readings, error) {
			r, err := source.Wrk(ctx, s.URL+album, time.Second)
			if err != nil {
				return nil, err
			}
			r["answered again"] = float64(many)
			return r, held.AskAgain()
		}
		return &measure.Probe{Round: round, Stop: func() { held.Close(); s.Stop() }}, nil
	}}
}
