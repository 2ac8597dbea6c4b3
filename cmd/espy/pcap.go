package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/hil/pcap"
	"github.com/espy-hil/espy/hil/report/file"
	"github.com/espy-hil/espy/hil/run"
)

// A pcapFile is the file of --pcap. The nil one keeps nothing.
type pcapFile struct {
	*capture.Pcapng
	file *os.File
}

// createPcap begins the file of --pcap; "" is none. The keys of TLS sessions are in it,
// and what clients say: nobody else may read the file. One that a run has left which is
// gone on with is added to.
func createPcap(path string, goOn bool) (*pcapFile, error) {
	if path == "" {
		return nil, nil
	}
	how := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if goOn {
		how = os.O_CREATE | os.O_RDWR
	}
	if err := file.Check(path); err != nil {
		return nil, fmt.Errorf("--pcap: %w", err)
	}
	f, err := os.OpenFile(path, how, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--pcap: %w", err)
	}
	if goOn {
		if err := capture.ToEnd(f); err != nil {
			return nil, errors.Join(fmt.Errorf("--pcap: %w", err), f.Close())
		}
	}
	p, err := capture.NewPcapng(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("--pcap: %w", err), f.Close())
	}
	return &pcapFile{p, f}, nil
}

// runCaptures is what --pcap of espy run keeps: one file, or a folder of them.
type runCaptures struct {
	file   *pcapFile
	folder *pcap.Folder
}

// captureRuns begins what --pcap names: a folder where that is one, or ends in /.
func captureRuns(path string, goOn bool) (c runCaptures, err error) {
	info, missing := os.Stat(path)
	if !strings.HasSuffix(path, "/") && (missing != nil || !info.IsDir()) {
		c.file, err = createPcap(path, goOn)
		return c, err
	}
	if c.folder, err = pcap.NewFolder(path); err != nil {
		err = fmt.Errorf("--pcap: %w", err)
	}
	return c, err
}

// captures are the runs' captures, or nil.
func (c runCaptures) captures() run.Captures {
	switch {
	case c.file != nil:
		return pcap.One{Sink: c.file}
	case c.folder != nil:
		return c.folder
	default:
		return nil
	}
}

func (c runCaptures) close() error {
	if c.folder != nil {
		return c.folder.Err()
	}
	return c.file.close()
}

// sink is what is to be told of every byte, or nil.
func (p *pcapFile) sink() capture.Sink {
	if p == nil {
		return nil
	}
	return p
}

// close ends the file. An error is the first of all that was written to it.
func (p *pcapFile) close() error {
	if p == nil {
		return nil
	}
	return errors.Join(p.Err(), p.file.Close())
}
