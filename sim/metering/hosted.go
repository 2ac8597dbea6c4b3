package metering

import "encoding/binary"

// Hosted is a function of the module that is left to the host.
type Hosted struct {
	Function uint32 // its index
	Import   string // of module "env", of the same type
	Params   byte   // how many it has
}

// body is what the function has instead of its own: no locals, and a call.
func (h Hosted) body(imported uint64) []byte {
	body := []byte{0}
	for i := range h.Params {
		body = append(body, opLocalGet, i)
	}
	return append(binary.AppendUvarint(append(body, opCall), imported), opEnd)
}
