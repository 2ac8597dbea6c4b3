// Package metering rewrites a WebAssembly module so that no loop in it can run
// for long without calling its host.
//
// A loop in WebAssembly that calls nothing never comes back to Go: it cannot be
// interrupted, and it stops the whole process at the next garbage collection,
// which waits for every goroutine. The runtime's own cure
// (wazero's WithCloseOnContextDone) checks on every round and makes loops five to
// six times slower. Here every loop counts down a global instead, and calls the
// host when it reaches zero:
//
//	loop                      loop
//	  body          ->          global.get $left   i32.const 1  i32.sub
//	                            global.set $left   global.get $left  i32.eqz
//	                            if
//	                              i32.const ROUNDS  global.set $left
//	                              i32.const 0       call $poll
//	                            end
//	                            body
//
// $poll is one of the module's own imports, named by the caller, so that no
// function index in the module changes. Only the global section, the exports and the
// code section are rewritten.
//
// A function that the host does better is left to it: its body becomes
//
//	local.get 0   local.get 1 …   call $import
//
// of an import of the same type for which the module itself has no use.
//
// The binary format is that of the WebAssembly Core Specification 2.0, chapter 5.
package metering

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Rounds is how many loop rounds pass between two polls: about 0.1 ms of the
// MicroPython VM, at 0.1 µs a poll.
const Rounds = 20_000

// Section numbers (5.5.2).
const (
	sectionImport = 2
	sectionGlobal = 6
	sectionExport = 7
	sectionCode   = 10
)

// Opcodes that are written here (5.4).
const (
	opCall      = 0x10
	opEnd       = 0x0B
	opLoop      = 0x03
	opIf        = 0x04
	opLocalGet  = 0x20
	opGlobalGet = 0x23
	opGlobalSet = 0x24
	opI32Const  = 0x41
	opI32Eqz    = 0x45
	opI32Sub    = 0x6B
	blockEmpty  = 0x40
	typeI32     = 0x7F
	mutable     = 0x01
)

// StackPointer is the name under which the module's first global is exported. In
// what Emscripten makes that is the pointer of the shadow stack.
const StackPointer = "espy_stack_pointer"

// Instrument returns the module with every loop metered. poll names the import
// (module "env", of type (i32) -> ()) that is called with 0 when the rounds are
// used up. hosted are the functions that are left to the host. The first global is
// exported as [StackPointer].
func Instrument(wasm []byte, poll string, hosted ...Hosted) ([]byte, error) {
	const magic = "\x00asm\x01\x00\x00\x00"
	if !bytes.HasPrefix(wasm, []byte(magic)) {
		return nil, errors.New("not a WebAssembly 1 module")
	}
	in := &reader{buf: wasm, pos: len(magic)}
	out := append(make([]byte, 0, len(wasm)*5/4), magic...)
	m := meter{functions: map[string]uint64{}, hosted: hosted}
	for in.pos < len(in.buf) && in.err == nil {
		id := in.byte()
		body := in.take(int(in.u32()))
		if in.err != nil {
			break
		}
		rewritten, err := m.section(id, body, poll)
		if err != nil {
			return nil, fmt.Errorf("section %d: %w", id, err)
		}
		out = append(out, id)
		out = binary.AppendUvarint(out, uint64(len(rewritten)))
		out = append(out, rewritten...)
	}
	if in.err != nil {
		return nil, in.err
	}
	if m.loops == 0 {
		return nil, errors.New("no code section, or no loop in it")
	}
	if m.left != len(hosted) {
		return nil, fmt.Errorf("the module has not all of the functions that are to be the host's: %v", hosted)
	}
	return out, nil
}

// meter is what is learnt from one section for the next.
type meter struct {
	importedGlobals int
	functions       map[string]uint64 // that are imported, of module env, by name
	imported        uint64            // how many there are, of any module
	hosted          []Hosted
	left            int    // to the host, of those
	poll            uint64 // function index
	counter         uint64 // global index
	counts          bool   // there is one
	check           []byte // what stands at the head of each loop
	loops           int
}

func (m *meter) section(id byte, body []byte, poll string) ([]byte, error) {
	switch id {
	case sectionImport:
		return body, m.imports(body, poll)
	case sectionGlobal:
		return m.globals(body)
	case sectionExport:
		return exportStackPointer(body)
	case sectionCode:
		if !m.counts {
			return nil, errors.New("no global section before the code")
		}
		return m.code(body)
	}
	return body, nil
}

// imports finds the function indices of the imports (5.5.5).
func (m *meter) imports(body []byte, poll string) error {
	in := &reader{buf: body}
	for n := in.u32(); n > 0 && in.err == nil; n-- {
		module, name := string(in.take(int(in.u32()))), string(in.take(int(in.u32())))
		switch kind := in.byte(); kind {
		case 0: // function
			in.u32()
			if module == "env" {
				m.functions[name] = m.imported
			}
			m.imported++
		case 1: // table
			in.byte()
			in.limits()
		case 2: // memory
			in.limits()
		case 3: // global
			in.take(2)
			m.importedGlobals++
		default:
			return fmt.Errorf("unknown kind of import %d", kind)
		}
	}
	wanted := []string{poll}
	for _, h := range m.hosted {
		wanted = append(wanted, h.Import)
	}
	for _, name := range wanted {
		if _, ok := m.functions[name]; in.err == nil && !ok {
			return fmt.Errorf("the module does not import env.%s", name)
		}
	}
	m.poll = m.functions[poll]
	return in.err
}

// globals appends the counter (5.5.9).
func (m *meter) globals(body []byte) ([]byte, error) {
	in := &reader{buf: body}
	count := in.u32()
	if in.err != nil {
		return nil, in.err
	}
	m.counter = uint64(m.importedGlobals) + uint64(count)
	m.counts = true
	m.check = m.loopCheck()
	out := binary.AppendUvarint(nil, uint64(count)+1)
	out = append(out, body[in.pos:]...)
	out = append(out, typeI32, mutable, opI32Const)
	out = appendSigned(out, Rounds)
	return append(out, opEnd), nil
}

func (m *meter) loopCheck() []byte {
	var c []byte
	c = binary.AppendUvarint(append(c, opGlobalGet), m.counter)
	c = append(c, opI32Const, 1, opI32Sub)
	c = binary.AppendUvarint(append(c, opGlobalSet), m.counter)
	c = binary.AppendUvarint(append(c, opGlobalGet), m.counter)
	c = append(c, opI32Eqz, opIf, blockEmpty)
	c = appendSigned(append(c, opI32Const), Rounds)
	c = binary.AppendUvarint(append(c, opGlobalSet), m.counter)
	c = append(c, opI32Const, 0)
	c = binary.AppendUvarint(append(c, opCall), m.poll)
	return append(c, opEnd)
}

// exportStackPointer adds an export of global 0 (5.5.10).
func exportStackPointer(body []byte) ([]byte, error) {
	in := &reader{buf: body}
	count := in.u32()
	if in.err != nil {
		return nil, in.err
	}
	out := binary.AppendUvarint(nil, uint64(count)+1)
	out = append(out, body[in.pos:]...)
	out = append(out, byte(len(StackPointer)))
	out = append(out, StackPointer...)
	return append(out, 3, 0), nil
}

// code rewrites every function body (5.5.13).
func (m *meter) code(body []byte) ([]byte, error) {
	in := &reader{buf: body}
	count := in.u32()
	out := binary.AppendUvarint(make([]byte, 0, len(body)*5/4), uint64(count))
	var fn []byte
	for i := uint32(0); i < count && in.err == nil; i++ {
		src := in.take(int(in.u32()))
		if in.err != nil {
			break
		}
		for _, h := range m.hosted {
			if uint64(h.Function) == m.imported+uint64(i) {
				src = h.body(m.functions[h.Import])
				m.left++
			}
		}
		var err error
		if fn, err = m.function(fn[:0], src); err != nil {
			return nil, fmt.Errorf("function body %d: %w", i, err)
		}
		out = binary.AppendUvarint(out, uint64(len(fn)))
		out = append(out, fn...)
	}
	return out, in.err
}

func (m *meter) function(out, src []byte) ([]byte, error) {
	in := &reader{buf: src}
	for n := in.u32(); n > 0 && in.err == nil; n-- { // locals
		in.u32()
		in.byte()
	}
	copied := 0
	for in.pos < len(src) && in.err == nil {
		op := in.byte()
		if err := in.immediates(op); err != nil {
			return nil, err
		}
		if op == opLoop {
			out = append(out, src[copied:in.pos]...)
			out = append(out, m.check...)
			copied = in.pos
			m.loops++
		}
	}
	return append(out, src[copied:]...), in.err
}

func appendSigned(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7F)
		v >>= 7
		if (v == 0 && c&0x40 == 0) || (v == -1 && c&0x40 != 0) {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

var errShort = fmt.Errorf("the module ends early: %w", io.ErrUnexpectedEOF)
