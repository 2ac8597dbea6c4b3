package metering

import "fmt"

// reader walks a section. After the first error every read gives zero.
type reader struct {
	buf []byte
	pos int
	err error
}

func (r *reader) byte() byte {
	if r.err != nil || r.pos >= len(r.buf) {
		r.fail(errShort)
		return 0
	}
	b := r.buf[r.pos]
	r.pos++
	return b
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.buf)-r.pos {
		r.fail(errShort)
		return nil
	}
	b := r.buf[r.pos : r.pos+n]
	r.pos += n
	return b
}

// u32 reads an unsigned LEB128 number of at most five bytes (5.2.2).
func (r *reader) u32() uint32 {
	var v uint32
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		v |= uint32(b&0x7F) << shift
		if b&0x80 == 0 {
			return v
		}
	}
	r.fail(fmt.Errorf("a number of more than 32 bits at byte %d", r.pos))
	return 0
}

// skipLEB passes over a number of any width; its value does not matter here.
func (r *reader) skipLEB() {
	for n := 0; n < 10; n++ {
		if r.byte()&0x80 == 0 {
			return
		}
	}
	r.fail(fmt.Errorf("a number of more than ten bytes at byte %d", r.pos))
}

func (r *reader) limits() {
	if flags := r.byte(); flags&1 != 0 {
		r.skipLEB()
	}
	r.skipLEB()
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// immediates passes over what follows an opcode (5.4). Vector, thread and
// exception instructions are refused: the VMs are built without them.
func (r *reader) immediates(op byte) error {
	switch {
	case op <= 0x01, op == 0x05, op == 0x0B, op == 0x0F, // unreachable nop else end return
		op == 0x1A, op == 0x1B, op == 0xD1, // drop select ref.is_null
		op >= 0x45 && op <= 0xC4: // numeric
	case op == 0x02, op == opLoop, op == opIf: // block type
		r.skipLEB()
	case op == 0x0C, op == 0x0D, op == opCall, // br br_if call
		op >= 0x20 && op <= 0x26,                 // local, global, table get and set
		op == 0xD0, op == 0xD2, op == opI32Const, // ref.null ref.func
		op == 0x42,               // i64.const
		op == 0x3F || op == 0x40: // memory.size memory.grow
		r.skipLEB()
	case op == 0x11, op >= 0x28 && op <= 0x3E: // call_indirect, loads and stores
		r.skipLEB()
		r.skipLEB()
	case op == 0x0E: // br_table
		for n := r.u32(); r.err == nil; n-- {
			r.skipLEB()
			if n == 0 {
				break
			}
		}
	case op == 0x1C: // select with types
		r.take(int(r.u32()))
	case op == 0x43:
		r.take(4)
	case op == 0x44:
		r.take(8)
	case op == 0xFC:
		return r.miscellaneous()
	default:
		return fmt.Errorf("unknown instruction %#x at byte %d", op, r.pos-1)
	}
	return nil
}

// miscellaneous passes over the instructions with the prefix 0xFC.
func (r *reader) miscellaneous() error {
	switch sub := r.u32(); sub {
	case 0, 1, 2, 3, 4, 5, 6, 7: // saturating truncation
	case 9, 11, 13, 15, 16, 17: // data.drop memory.fill elem.drop table.grow table.size table.fill
		r.skipLEB()
	case 8, 10, 12, 14: // memory.init memory.copy table.init table.copy
		r.skipLEB()
		r.skipLEB()
	default:
		return fmt.Errorf("unknown instruction 0xfc %d at byte %d", sub, r.pos)
	}
	return nil
}
