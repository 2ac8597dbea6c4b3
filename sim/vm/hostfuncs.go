package vm

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/tetratelabs/wazero/api"

	"github.com/espy-hil/espy/sim/errno"
)

var (
	errBadAddress = errors.New("the VM passed an address outside its memory")
	errWoken      = errors.New("woken")
	errAborted    = errors.New("the VM aborted")
)

// hostFunctions are the imports by name. Arguments and results stand in stack;
// the upper half of a 32-bit one is garbage.
var hostFunctions = map[string]func(m *Machine, stack []uint64){
	pollImport:                  poll,
	"_emscripten_throw_longjmp": throwLongjmp,
	"_emscripten_memcpy_js":     memcpy,
	"_abort_js":                 func(*Machine, []uint64) { panic(errAborted) },
	"emscripten_resize_heap":    resizeHeap,

	gcInfoImport:   gcInfo,
	findQstrImport: findQstr,

	"mp_js_ticks_ms":   ticksMS,
	"mp_js_time_ms":    timeMS,
	"mp_js_random_u32": randomU32,

	"fd_read":  fdRead,
	"fd_write": fdWrite,
	"fd_seek":  fdSeek,
	"fd_close": fdClose,
	"fd_sync":  fdSync,

	"__syscall_openat":     openat,
	"__syscall_stat64":     stat64,
	"__syscall_lstat64":    stat64,
	"__syscall_fstat64":    fstat64,
	"__syscall_newfstatat": newfstatat,
	"__syscall_getdents64": getdents64,
	"__syscall_statfs64":   statfs64,
	"__syscall_getcwd":     getcwd,
	"__syscall_chdir":      pathCall(func(m *Machine, name string) errno.Errno { return m.host.Flash.Chdir(name) }),
	"__syscall_rmdir":      pathCall(func(m *Machine, name string) errno.Errno { return m.host.Flash.Remove(name, true) }),
	"__syscall_mkdirat":    mkdirat,
	"__syscall_unlinkat":   unlinkat,
	"__syscall_renameat":   renameat,

	"__syscall_poll":             pollFiles,
	"__syscall_poll_nonblocking": pollFiles,
}

// hasSplitSeek tells whether fd_seek takes its offset as two 32-bit halves.
func hasSplitSeek(imports []api.FunctionDefinition) bool {
	for _, def := range imports {
		if _, name, _ := def.Import(); name == "fd_seek" {
			return len(def.ParamTypes()) == 5
		}
	}
	return false
}

// memcpy(to, from, length): 1.24 has its host copy what is long.
func memcpy(m *Machine, stack []uint64) {
	from, ok := m.memory.Read(uint32(stack[1]), uint32(stack[2]))
	if !ok || !m.memory.Write(uint32(stack[0]), from) {
		panic(errBadAddress)
	}
}

// resizeHeap(wanted bytes) is 1 when the memory has grown, 0 when it may not.
func resizeHeap(m *Machine, stack []uint64) {
	const wasmPage = 64 << 10
	wanted := uint32(stack[0])
	stack[0] = 0
	have := m.memory.Size()
	if wanted > memoryLimit {
		return
	}
	if wanted <= have {
		stack[0] = 1
		return
	}
	if _, ok := m.memory.Grow((wanted - have + wasmPage - 1) / wasmPage); ok {
		stack[0] = 1
	}
}

// ticksMS counts from the boot, as on a board.
func ticksMS(m *Machine, stack []uint64) {
	stack[0] = uint64(uint32(time.Since(m.start).Milliseconds()))
}

// timeMS is the wall clock in milliseconds, a float64.
func timeMS(_ *Machine, stack []uint64) {
	stack[0] = math.Float64bits(float64(time.Now().UnixMilli()))
}

func randomU32(_ *Machine, stack []uint64) {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	stack[0] = uint64(binary.LittleEndian.Uint32(b[:]))
}

// pollFiles(fds, count, timeout) polls the console, which select and asyncio do: an
// array of struct pollfd, file, events asked for +4, events that there are +6. The
// caller waits, by asking again. Devices are polled through their own modules.
func pollFiles(m *Machine, stack []uint64) {
	const (
		size    = 8
		pollIn  = 1
		pollOut = 4
	)
	ready := 0
	for i := range uint32(stack[1]) {
		at := uint32(stack[0]) + size*i
		fd, _ := m.memory.ReadUint32Le(at)
		asked, _ := m.memory.ReadUint16Le(at + 4)
		there := uint16(pollOut)
		switch {
		case fd >= firstFile:
			there = 0
		case fd == 0 && m.host.HasInput():
			there = pollIn
		case fd == 0:
			there = 0
		}
		if there &= asked; there != 0 {
			ready++
		}
		m.memory.WriteUint16Le(at+6, there)
	}
	stack[0] = uint64(ready)
}
