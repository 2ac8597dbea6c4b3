package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/espy-hil/espy/fakeapi/capture"
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
