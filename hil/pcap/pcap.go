// Package pcap keeps every byte on the wire of runs for Wireshark: all of them in one
// capture, or each in a file of its own, in a folder.
package pcap

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/hil/result"
)

// One has the bytes of all runs told to one sink.
type One struct{ capture.Sink }

// Begin gives the sink.
func (o One) Begin(*result.Run) (sink capture.Sink, end func()) { return o.Sink, func() {} }

// A Folder has a file for each run. That one cannot be written is no reason to stop the
// runs: see [Folder.Err].
type Folder struct {
	path string

	mu  sync.Mutex
	err error // the first
}

// NewFolder makes the folder, if it is not there.
func NewFolder(path string) (*Folder, error) {
	path = filepath.Clean(path)
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file: captures of each run go into a folder", path)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	return &Folder{path: path}, nil
}

// Err is the first trouble that there was with a file.
func (f *Folder) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Begin begins the file of a try at a run, in place of that of an earlier try, and says
// in the run where it is. The keys of TLS sessions are in it, and what clients say:
// nobody else may read it.
func (f *Folder) Begin(r *result.Run) (sink capture.Sink, end func()) {
	name := filepath.Join(f.path, Name(r))
	file, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		f.note(fmt.Errorf("beginning the capture of a run: %w", err))
		return nil, func() {}
	}
	p, err := capture.NewPcapng(file)
	if err != nil {
		f.note(fmt.Errorf("%s: %w", name, err))
		_ = file.Close() // the first error is the one to tell
		return nil, func() {}
	}
	r.Pcap = name
	return p, func() {
		if err := p.Err(); err != nil {
			f.note(err)
		}
		if err := file.Close(); err != nil {
			f.note(fmt.Errorf("ending a capture: %w", err))
		}
	}
}

// Name is what the file of a run is called: by the scenario's file, and the run's ID.
func Name(r *result.Run) string {
	base := strings.TrimSuffix(path.Base(filepath.ToSlash(r.File)), ".yaml")
	return base + "-" + r.ID() + ".pcapng"
}

func (f *Folder) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
}
