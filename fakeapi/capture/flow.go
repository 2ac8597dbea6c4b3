package capture

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// A flow is a connection as packets.
type flow struct {
	file           *Pcapng
	client, server end
	comment        string // of the next packet
	held           []held // until the keys of the session are in the file
	holds          bool
}

// An end of a flow.
type end struct {
	at   netip.AddrPort
	next uint32 // sequence number of its next byte
}

// held is a packet that waits.
type held struct {
	info    gopacket.CaptureInfo
	data    []byte
	comment string
}

const (
	// mostSegment is what an IPv4 packet holds beside its two headers, in round numbers.
	mostSegment = 64_000
	// mostHeld bounds what waits for the keys of a session: a handshake is a few
	// packets.
	mostHeld = 64
	// windowScale is the largest there is (RFC 7323 2.3): no window is ever full here.
	windowScale = 14
)

func newFlow(p *Pcapng, c *Conn) *flow {
	p.count++
	// Two flows between the same ports must not begin with the same number, or the
	// second would be taken for a retransmission of the first (2^32 over the golden
	// ratio spreads them).
	start := p.count * 2_654_435_769
	f := &flow{
		file: p, holds: c.TLS,
		client:  end{known(c.Client, 2, c.Number), start},
		server:  end{known(c.Listen, 1, 80), ^start},
		comment: fmt.Sprintf("server %s, connection %d", c.Server, c.Number),
	}
	return f
}

// known is the address at, or one of TEST-NET-1 (RFC 5737) for what has none.
func known(at netip.AddrPort, host byte, port int) netip.AddrPort {
	if at.IsValid() {
		return at
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, host}), uint16(port))
}

// take makes packets of e.
func (f *flow) take(e Event) {
	switch e.Kind {
	case Received:
		f.data(e.Time, &f.client, &f.server, e.Bytes)
	case Sent:
		f.data(e.Time, &f.server, &f.client, e.Bytes)
	case ClientFIN:
		f.fin(e.Time, &f.client, &f.server)
	case ServerFIN:
		f.fin(e.Time, &f.server, &f.client)
	case ClientReset:
		f.send(e.Time, &f.client, &f.server, layers.TCP{RST: true, ACK: true}, nil)
	case ServerReset:
		f.send(e.Time, &f.server, &f.client, layers.TCP{RST: true, ACK: true}, nil)
	case Secured, Failed, Closed:
		f.release()
	case Opened, Secret, Deciphered, Enciphered: // opened it is already; the others are not on the wire
	}
}

// open is the three-way handshake.
func (f *flow) open(at time.Time) {
	options := []layers.TCPOption{
		{OptionType: layers.TCPOptionKindWindowScale, OptionLength: 3, OptionData: []byte{windowScale}},
	}
	f.send(at, &f.client, &f.server, layers.TCP{SYN: true, Options: options}, nil)
	f.client.next++
	f.send(at, &f.server, &f.client, layers.TCP{SYN: true, ACK: true, Options: options}, nil)
	f.server.next++
	f.send(at, &f.client, &f.server, layers.TCP{ACK: true}, nil)
}

// data is bytes from one end to the other, which acknowledges them.
func (f *flow) data(at time.Time, from, to *end, b []byte) {
	for len(b) > 0 {
		n := min(len(b), mostSegment)
		f.send(at, from, to, layers.TCP{ACK: true, PSH: n == len(b)}, b[:n])
		from.next += uint32(n)
		b = b[n:]
	}
	f.send(at, to, from, layers.TCP{ACK: true}, nil)
}

// fin is the end of what one side sends.
func (f *flow) fin(at time.Time, from, to *end) {
	f.send(at, from, to, layers.TCP{FIN: true, ACK: true}, nil)
	from.next++
	f.send(at, to, from, layers.TCP{ACK: true}, nil)
}

// send makes a packet. The numbers are the ends' own.
func (f *flow) send(at time.Time, from, to *end, tcp layers.TCP, payload []byte) {
	tcp.SrcPort, tcp.DstPort = layers.TCPPort(from.at.Port()), layers.TCPPort(to.at.Port())
	tcp.Seq, tcp.Window = from.next, 0xffff
	if tcp.ACK {
		tcp.Ack = to.next
	}
	if err := f.serialize(from, to, &tcp, payload); err != nil {
		f.file.note(err)
		return
	}
	data := f.file.buffer.Bytes()
	info := gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(data), Length: len(data)}
	comment := f.comment
	f.comment = ""
	if f.holds {
		f.held = append(f.held, held{info, append([]byte(nil), data...), comment})
		if len(f.held) > mostHeld {
			f.release()
		}
		return
	}
	f.write(held{info, data, comment})
}

func (f *flow) serialize(from, to *end, tcp *layers.TCP, payload []byte) error {
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	source, target := net.IP(from.at.Addr().AsSlice()), net.IP(to.at.Addr().AsSlice())
	if from.at.Addr().Is4() {
		ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: source, DstIP: target}
		if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
			return err
		}
		return gopacket.SerializeLayers(f.file.buffer, options, ip, tcp, gopacket.Payload(payload))
	}
	ip := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: source, DstIP: target}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		return err
	}
	return gopacket.SerializeLayers(f.file.buffer, options, ip, tcp, gopacket.Payload(payload))
}

// release writes what waited: the keys of the session are in the file, or there
// will be none.
func (f *flow) release() {
	f.holds = false
	for _, h := range f.held {
		f.write(h)
	}
	f.held = nil
}

func (f *flow) write(h held) {
	var options pcapgo.NgPacketOptions
	if h.comment != "" {
		options.Comments = []string{h.comment}
	}
	f.file.note(f.file.file.WritePacketWithOptions(h.info, h.data, options))
}
