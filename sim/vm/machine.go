// Package vm runs the MicroPython virtual machine, as the MicroPython project
// publishes it in WebAssembly, inside the Go process.
//
//	Code      one release, compiled: shared by all machines
//	Machine   one instance: memory, open files, the REPL
//
//	bytes --Feed--> REPL ... host functions --> Host (console, files, devices)
//	                 loop ... poll          --> interrupt? halted?
//
// A Machine is used by one goroutine. Two things may be asked of it from others:
// Notify (look whether the interrupt character has come) and Halt (stop within a
// millisecond, whatever the program does).
package vm

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/flash"
	"github.com/espy-hil/espy/sim/metering"
)

// Sizes that the VM starts with. Every collection and every gc.mem_alloc walks all
// of the heap, so a small first heap is a quick one: with 1 MiB a run takes twice
// as long as with 256 KiB. It grows as needed, up to memoryLimit for all of the
// VM's memory; what does not fit is a MemoryError. Since 1.28 it does not grow for
// one object that is several times as large as the heap, though (measured: 1 MB is
// refused where the first heap has 128 KiB, and had where it has 256 KiB).
const (
	pythonStackWords = 4096
	firstHeap        = 256 << 10
	memoryLimit      = 64 << 20
)

// Host is what a machine stands on.
type Host struct {
	Flash *flash.FS
	// Print takes what the program and the REPL print. An error halts the machine.
	Print func([]byte) error
	// PrintRaw takes what it writes to sys.stdout.buffer.
	PrintRaw func([]byte) error
	// Input gives bytes for sys.stdin, waiting for the first; stop ends the wait.
	Input func(p []byte, stop func() error) (int, error)
	// HasInput tells whether Input would wait.
	HasInput func() bool
	// WakeInput makes a waiting Input or Print ask stop again.
	WakeInput func()
	// Interrupt takes the interrupt character (3) out of the input if it has come.
	Interrupt func(char byte) bool
	// Device opens a path below /dev.
	Device func(name string) (File, errno.Errno)
}

// File is an open device. Calls that may wait honour the Waiter.
type File interface {
	Read(w Waiter, p []byte) (int, errno.Errno)
	Write(w Waiter, p []byte) (int, errno.Errno)
	// Control is reached from Python through seek(argument, operation).
	Control(w Waiter, operation uint32, argument int64) (int64, errno.Errno)
	Close()
}

// Waiter lets a device wait without making the board deaf.
type Waiter interface {
	// Wait runs do, which may block. wake, called from another goroutine, must
	// make do return early. Wait gives EINTR when the program is to be interrupted:
	// the device then returns, so that the program can be. Both happen without a
	// cause now and then: whoever called asks again.
	Wait(wake func(), do func()) errno.Errno
	// OpenFile gives the number of a further file, for a device that makes others.
	OpenFile(f File) (int64, errno.Errno)
}

// ErrHalted says that Halt stopped the machine.
var ErrHalted = errors.New("the board was halted")

// HostError is trouble of the machine that the VM runs on. A device panics with it:
// the program must not take it for an error of its own.
type HostError struct{ Err error }

func (e *HostError) Error() string { return "this machine cannot go on: " + e.Err.Error() }

func (e *HostError) Unwrap() error { return e.Err }

// Machine is one running VM.
type Machine struct {
	serial uint64 // counts the machines of this process
	host   Host
	code   *Code
	ctx    context.Context // a *machineContext
	module api.Module
	memory api.Memory
	linear *mapped // what memory is made of
	start  time.Time

	stackPointer api.Global
	stackRestore api.Function
	setThrew     api.Function
	processChar  api.Function
	intrChar     api.Function
	schedule     api.Function
	callees      []*callee

	files map[int32]any // *flash.Handle or File

	raising bool // a poll has had KeyboardInterrupt scheduled; it may have been raised since

	halted atomic.Bool
	mu     sync.Mutex
	wake   func() // ends the wait that the machine is in; nil when it is in none
}

// machines is how many there have been.
var machines atomic.Uint64

// Boot starts a machine: its memory made, its runtime set up, boot (Python
// source) run. What boot prints goes to the host too. Prompt comes next.
//
// Boards that start alike are alike: the first machine of a code that has run a
// boot program is remembered, and the others begin where it was then.
func Boot(ctx context.Context, code *Code, host Host, boot string) (*Machine, error) {
	m := &Machine{serial: machines.Add(1), host: host, code: code, start: time.Now(), files: map[int32]any{}}
	m.ctx = &machineContext{context.WithoutCancel(ctx), m}
	var err error
	if m.linear, err = newLinear(code.firstMemory()); err != nil {
		return nil, err
	}
	module, err := code.runtime.InstantiateModule(
		experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(m.allocate)), code.compiled,
		wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		m.linear.Free()
		return nil, fmt.Errorf("making a VM: %w", err)
	}
	m.module, m.memory = module, module.Memory()
	m.bindExports()
	if err := m.code.booted.start(m, boot); err != nil {
		m.Close()
		return nil, fmt.Errorf("booting the VM: %w", err)
	}
	return m, nil
}

func (m *Machine) bindExports() {
	m.stackPointer = m.module.ExportedGlobal(metering.StackPointer)
	m.stackRestore = m.module.ExportedFunction("_emscripten_stack_restore")
	m.setThrew = m.module.ExportedFunction("setThrew")
	m.processChar = m.module.ExportedFunction("mp_js_repl_process_char")
	m.intrChar = m.module.ExportedFunction("mp_hal_get_interrupt_char")
	m.schedule = m.module.ExportedFunction("mp_sched_keyboard_interrupt")
}

func (m *Machine) allocate(_, _ uint64) experimental.LinearMemory { return m.linear }

func (m *Machine) boot(source string) (err error) {
	defer func() { // m.call panics with an error
		if r := recover(); r != nil {
			err = asError(r)
		}
	}()
	for _, step := range []struct {
		name string
		args []uint64
	}{
		{"emscripten_stack_init", nil},
		{"__wasm_call_ctors", nil},
		{"mp_js_init", []uint64{pythonStackWords, firstHeap}},
		{"proxy_c_init", nil},
	} {
		m.call(m.module.ExportedFunction(step.name), step.args...)
	}
	if got, want := m.stackPointer.Get(), m.call(m.module.ExportedFunction("emscripten_stack_get_current")); uint32(got) != uint32(want) {
		return fmt.Errorf("the first global (%#x) is not the stack pointer (%#x)", got, want)
	}
	raised, err := m.exec(source)
	if raised != nil {
		err = fmt.Errorf("the boot program raised %s: %s", raised.Type, raised.Traceback)
	}
	return err
}

// Feed gives the REPL one byte. exited tells that the program ended itself
// (Ctrl-D at the prompt, SystemExit): the machine is to be booted anew. An error
// says that the VM is no more: ErrHalted, or what it died of.
func (m *Machine) Feed(b byte) (exited bool, err error) {
	defer m.recovering(&err)
	const forcedExit = 0x100 // PYEXEC_FORCED_EXIT
	return m.call(m.processChar, uint64(b))&forcedExit != 0, nil
}

// recovering makes an error of what the VM died of.
func (m *Machine) recovering(err *error) {
	if r := recover(); r != nil {
		*err = asError(r)
		if m.halted.Load() {
			*err = ErrHalted
		}
	}
}

// Close lets go of the machine's memory and open files.
func (m *Machine) Close() {
	for fd := range m.files {
		m.closeFile(fd)
	}
	m.module.Close(m.ctx)
}

// call panics with the error of a call that failed.
func (m *Machine) call(fn api.Function, args ...uint64) uint64 {
	var frame [4]uint64
	copy(frame[:], args)
	if err := fn.CallWithStack(m.ctx, frame[:]); err != nil {
		panic(err)
	}
	return frame[0]
}

func asError(r any) error {
	if err, ok := r.(error); ok {
		return err
	}
	return fmt.Errorf("%v", r)
}
