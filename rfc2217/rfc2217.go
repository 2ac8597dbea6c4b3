// Package rfc2217 is the language of serial ports on a network: telnet (RFC 854) with
// the COM-PORT-OPTION (RFC 2217), for both ends.
//
//	data --Escape--> IAC IAC for 255, the rest as it is ----+
//	commands: IAC DO option, IAC SB option value IAC SE ----+--> wire
//	data, Event <--Decoder------------------------------------- wire
//
// An [Agreement] keeps what the two ends have agreed on. Nothing here reads or writes.
package rfc2217

// Telnet's commands (RFC 854), which follow IAC.
const (
	SE   byte = 240 // end of a subnegotiation
	SB   byte = 250 // its begin
	Will byte = 251
	Wont byte = 252
	Do   byte = 253
	Dont byte = 254
	IAC  byte = 255
)

// Telnet's options that matter to a serial port.
const (
	Binary          byte = 0  // RFC 856
	Echo            byte = 1  // RFC 857
	SuppressGoAhead byte = 3  // RFC 858
	ComPort         byte = 44 // RFC 2217
)

// What a client asks for in a subnegotiation of ComPort; the server answers with
// Reply added.
const (
	Signature         byte = 0
	SetBaudRate       byte = 1 // 4 bytes, the highest first; 0 asks for it
	SetDataSize       byte = 2 // 5 to 8
	SetParity         byte = 3 // 1 none, 2 odd, 3 even, 4 mark, 5 space
	SetStopSize       byte = 4 // 1 one, 2 two, 3 one and a half
	SetControl        byte = 5
	NotifyLineState   byte = 6
	NotifyModemState  byte = 7
	SuspendFlow       byte = 8
	ResumeFlow        byte = 9
	SetLineStateMask  byte = 10
	SetModemStateMask byte = 11
	PurgeData         byte = 12
	Reply             byte = 100
)

// Values of SetControl.
const (
	AskFlow  byte = 0
	FlowNone byte = 1
	AskBreak byte = 4
	BreakOn  byte = 5
	BreakOff byte = 6
	AskDTR   byte = 7
	DTROn    byte = 8
	DTROff   byte = 9
	AskRTS   byte = 10
	RTSOn    byte = 11
	RTSOff   byte = 12
)

// Escape appends data as it goes over the wire.
func Escape(dst, data []byte) []byte {
	for _, b := range data {
		if b == IAC {
			dst = append(dst, IAC)
		}
		dst = append(dst, b)
	}
	return dst
}

// Subnegotiation is IAC SB option value IAC SE.
func Subnegotiation(option byte, value ...byte) []byte {
	return append(Escape([]byte{IAC, SB, option}, value), IAC, SE)
}

// Event is what stands between the data: a command. Of a subnegotiation (SB) there
// are option and value, of Will, Wont, Do and Dont there is the option.
type Event struct {
	Command, Option byte
	Value           []byte // valid until the event has been handled
}

// valueLimit bounds the value of a subnegotiation; the longest of RFC 2217 is a
// signature, a line of text. What is longer is no event.
const valueLimit = 512

// Decoder takes apart what comes from the wire, in pieces of any size. Whatever
// comes, it goes on: a command that it does not know is an event of no meaning, a
// subnegotiation that breaks off is none.
type Decoder struct {
	state   state
	command byte
	option  byte
	value   []byte
	long    bool // the value passed its limit
}

type state byte

const (
	inData    state = iota
	inCommand       // after IAC
	inOption        // after IAC WILL and the like
	inBegin         // after IAC SB
	inValue         // of a subnegotiation
	inEscape        // after IAC in it
)

// Decode calls data with pieces of p, and event for what stands between them, in
// the order in which they came.
func (d *Decoder) Decode(p []byte, data func([]byte), event func(Event)) {
	from := 0 // where data begins that has not been handed on
	hand := func(to int) {
		if to > from {
			data(p[from:to])
		}
	}
	for i, b := range p {
		switch d.state {
		case inData:
			if b == IAC {
				hand(i)
				d.state = inCommand
			}
			continue
		case inCommand:
			if b == IAC { // an escaped 255: data, together with what follows it
				from, d.state = i, inData
				continue
			}
			d.begin(b, event)
		case inOption:
			d.state = inData
			event(Event{Command: d.command, Option: b})
		case inBegin:
			d.option, d.value, d.long, d.state = b, d.value[:0], false, inValue
		case inValue:
			if b == IAC {
				d.state = inEscape
			} else {
				d.add(b)
			}
		case inEscape:
			d.escaped(b, event)
		}
		from = i + 1
	}
	if d.state == inData {
		hand(len(p))
	}
}

// begin is at the byte after IAC.
func (d *Decoder) begin(b byte, event func(Event)) {
	switch b {
	case Will, Wont, Do, Dont:
		d.command, d.state = b, inOption
	case SB:
		d.state = inBegin
	default:
		d.state = inData
		event(Event{Command: b})
	}
}

// escaped is at the byte after an IAC in a subnegotiation.
func (d *Decoder) escaped(b byte, event func(Event)) {
	switch b {
	case IAC:
		d.state = inValue
		d.add(IAC)
	case SE:
		d.state = inData
		if !d.long {
			event(Event{Command: SB, Option: d.option, Value: d.value})
		}
	default: // it broke off, and a command follows
		d.begin(b, event)
	}
}

func (d *Decoder) add(b byte) {
	if len(d.value) == valueLimit {
		d.long = true
		return
	}
	d.value = append(d.value, b)
}
