package fakeapi

// A desk is where a connection writes its replies: one after the other, on the same
// paper.
type desk struct {
	turn   turn
	fields [8][2]string // more than the server sends of itself
	wire   []byte
	said   transcript // what the fake API has answered
}

// clear makes room for the next reply. What has grown too large to lie about is let
// go of.
func (d *desk) clear() {
	d.turn = turn{}
	d.wire = d.wire[:0]
	if cap(d.wire) > mostIdle || d.said.body.Cap() > mostIdle {
		d.wire, d.said = nil, transcript{}
	}
}
