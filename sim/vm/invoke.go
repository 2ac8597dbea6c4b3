package vm

import (
	"context"
	"errors"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/table"
)

// Exceptions in the VM are setjmp and longjmp, and Emscripten makes of every call
// that may see a longjmp a call of invoke_SIGNATURE(function, arguments...): call
// the function of that number in the table; when it longjmps, restore the shadow
// stack, say so through setThrew, and return. The bytecode loop makes most of its
// calls in this way, so this is the hottest host function by far: a pool of call
// engines per table entry makes it 30 times as fast as looking one up each time.

// errLongjmp unwinds WebAssembly frames to the innermost invoke.
var errLongjmp = errors.New("longjmp")

// callee is one function of the table, with call engines that are not in use. A
// call engine cannot be entered twice, so a recursive call takes a second one.
type callee struct {
	free []api.Function
}

// maxIdle bounds the call engines kept for one function: each holds a stack of
// its own (10 KiB at least), and deep recursion would keep hundreds. The calls of a
// request go a dozen deep.
const maxIdle = 16

func invoker(def api.FunctionDefinition) api.GoFunction {
	params, results := def.ParamTypes()[1:], def.ResultTypes()
	return api.GoFunc(func(ctx context.Context, stack []uint64) {
		m := ctx.(*machineContext).Machine
		c := m.callee(uint32(stack[0]))
		var fn api.Function
		if n := len(c.free); n > 0 {
			fn = c.free[n-1]
			c.free = c.free[:n-1]
		} else {
			fn = table.LookupFunction(m.module, 0, uint32(stack[0]), params, results)
		}
		// The arguments move down to where the callee wants them and leaves its result.
		copy(stack, stack[1:])
		shadow := m.stackPointer.Get()
		err := fn.CallWithStack(ctx, stack)
		if len(c.free) < maxIdle {
			c.free = append(c.free, fn)
		}
		if err == nil {
			return
		}
		if !errors.Is(err, errLongjmp) {
			panic(err)
		}
		m.call(m.stackRestore, shadow)
		m.call(m.setThrew, 1, 0)
		if len(results) > 0 {
			stack[0] = 0
		}
	})
}

// callee is a pointer, because a call in between may make the list longer.
func (m *Machine) callee(index uint32) *callee {
	for int(index) >= len(m.callees) {
		m.callees = append(m.callees, nil)
	}
	if m.callees[index] == nil {
		m.callees[index] = &callee{}
	}
	return m.callees[index]
}

// Rest lets go of the call engines, which are most of what an idle machine has on the
// Go heap. It must be at its prompt.
func (m *Machine) Rest() { m.callees = nil }

func throwLongjmp(*Machine, []uint64) { panic(errLongjmp) }
