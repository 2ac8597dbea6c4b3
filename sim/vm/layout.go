package vm

import "github.com/espy-hil/espy/sim/metering"

// Layout says where a release has two functions of MicroPython that cost it much and Go
// little, and the state that they read. Nothing in the module itself tells: these are
// found in its disassembly, and tests hold each release to what its own functions do.
// The zero Layout leaves them to the VM.
type Layout struct {
	GCInfo uint32 // the function gc_info of py/gc.c
	Heap   uint32 // address of the first mp_state_mem_area_t
	Pool   uint32 // offset in one of gc_pool_start, which gc_pool_end follows

	FindQstr uint32 // the function qstr_find_strn of py/qstr.c
	Qstrs    uint32 // address of the pointer to the last qstr_pool_t
}

// Imports by which these functions come to the host. Their own jobs, to tell how many
// JavaScript objects there are and to iterate over one, never come up.
const (
	gcInfoImport   = "js_get_proxy_js_ref_info"
	findQstrImport = "js_iter_next"
)

func (l Layout) hosted() []metering.Hosted {
	if l == (Layout{}) {
		return nil
	}
	return []metering.Hosted{{Function: l.GCInfo, Import: gcInfoImport, Params: 1}, {Function: l.FindQstr, Import: findQstrImport, Params: 2}}
}

// word reads a word of the VM's memory.
func (m *Machine) word(at uint32) uint32 {
	v, ok := m.memory.ReadUint32Le(at)
	if !ok {
		panic(errBadAddress)
	}
	return v
}

// bytes are some of the VM's memory, as long as it does not grow.
func (m *Machine) bytes(at, length uint32) []byte {
	b, ok := m.memory.Read(at, length)
	if !ok {
		panic(errBadAddress)
	}
	return b
}
