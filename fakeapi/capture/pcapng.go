package capture

import (
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Pcapng writes what happens as a file for Wireshark, and each event at once, so
// that an interrupted run keeps what it had.
//
// No network card saw these packets: a server knows what it reads and writes, not
// how that was cut into segments, nor when it was acknowledged. The packets are what
// could have been: every read and write is a segment, acknowledged at once, between
// a handshake and the ends that each side has made. The keys of TLS sessions stand
// in the file, before the packets that they open.
type Pcapng struct {
	mu     sync.Mutex
	file   *pcapgo.NgWriter
	buffer gopacket.SerializeBuffer
	flows  map[*Conn]*flow
	count  uint32 // flows so far
	err    error  // the first
}

// NewPcapng begins a file. Its error is that of the first write.
func NewPcapng(w io.Writer) (*Pcapng, error) {
	file, err := pcapgo.NewNgWriterInterface(w, pcapgo.NgInterface{
		Name:        "espy",
		Description: "what a fake API read and wrote, as the packets that it could have been",
		LinkType:    layers.LinkTypeRaw,
	}, pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{
		Application: "espy", OS: runtime.GOOS, Hardware: runtime.GOARCH,
	}})
	if err == nil {
		err = file.Flush()
	}
	if err != nil {
		return nil, fmt.Errorf("beginning a capture: %w", err)
	}
	return &Pcapng{file: file, buffer: gopacket.NewSerializeBuffer(), flows: map[*Conn]*flow{}}, nil
}

// Err is the first error that writing met with, after which nothing was written.
func (p *Pcapng) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Record writes e.
func (p *Pcapng) Record(e Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return
	}
	if e.Kind == Secret {
		p.note(p.file.WriteDecryptionSecretsBlock(pcapgo.DSB_SECRETS_TYPE_TLS, e.Bytes))
	} else {
		p.flow(e).take(e)
	}
	if e.Kind == Closed {
		delete(p.flows, e.Conn)
	}
	if p.err == nil {
		p.note(p.file.Flush())
	}
}

func (p *Pcapng) note(err error) {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("writing the capture: %w", err)
	}
}

// flow is the connection of e. One that was open before the capture began opens now.
func (p *Pcapng) flow(e Event) *flow {
	f := p.flows[e.Conn]
	if f == nil {
		f = newFlow(p, e.Conn)
		p.flows[e.Conn] = f
		if e.Kind != Closed {
			f.open(e.Time)
		}
	}
	return f
}
