package rfc2217

// Agreement is which options the two ends use. Each end says what it will do itself,
// and asks the other to do things; neither is asked twice, nor answered where nothing
// changes, so that two ends never go on for ever (RFC 1143).
type Agreement struct {
	weCan, theyMay [256]bool
	we, they       [256]stand
}

// stand is where one option of one end stands.
type stand byte

const (
	no stand = iota
	proposed
	yes
)

// Agree makes an agreement to come: what we can do, and what we let them do.
func Agree(weCan, theyMay []byte) *Agreement {
	a := &Agreement{}
	for _, o := range weCan {
		a.weCan[o] = true
	}
	for _, o := range theyMay {
		a.theyMay[o] = true
	}
	return a
}

// Propose is all that we can, and let them do, as it goes over the wire.
func (a *Agreement) Propose() (wire []byte) {
	for o := range 256 {
		if a.weCan[o] && a.we[o] == no {
			a.we[o] = proposed
			wire = append(wire, IAC, Will, byte(o))
		}
		if a.theyMay[o] && a.they[o] == no {
			a.they[o] = proposed
			wire = append(wire, IAC, Do, byte(o))
		}
	}
	return wire
}

// They tells whether the other end has agreed to do an option.
func (a *Agreement) They(option byte) bool { return a.they[option] == yes }

// We tells whether the other end has agreed that we do an option.
func (a *Agreement) We(option byte) bool { return a.we[option] == yes }

// Hear takes what the other end says, and gives the answer, mostly none.
func (a *Agreement) Hear(e Event) (wire []byte) {
	switch e.Command {
	case Will:
		return settle(&a.they[e.Option], a.theyMay[e.Option], e.Option, Do, Dont)
	case Do:
		return settle(&a.we[e.Option], a.weCan[e.Option], e.Option, Will, Wont)
	case Wont:
		return withdraw(&a.they[e.Option], e.Option, Dont)
	case Dont:
		return withdraw(&a.we[e.Option], e.Option, Wont)
	}
	return nil
}

func settle(s *stand, can bool, option, agreed, refused byte) []byte {
	before := *s
	switch {
	case !can:
		return []byte{IAC, refused, option}
	case before == no:
		*s = yes
		return []byte{IAC, agreed, option}
	}
	*s = yes // they answer what we proposed, or say again what they have said
	return nil
}

func withdraw(s *stand, option, agreed byte) []byte {
	before := *s
	*s = no
	if before == yes {
		return []byte{IAC, agreed, option}
	}
	return nil
}
