package vm

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/espy-hil/espy/sim/metering"
)

// pollImport is the import that metered loops call. Its own job, to free a
// JavaScript object that Python held, never comes up: there is no JavaScript here.
const pollImport = "proxy_js_free_obj"

// Code is one release of the VM, compiled. Any number of machines run it.
type Code struct {
	runtime   wazero.Runtime
	compiled  wazero.CompiledModule
	splitSeek bool // fd_seek takes its offset as two halves: 1.24
	layout    Layout
	booted    booted
}

// Compile makes machine code of a release's WebAssembly, with that layout. cacheDir keeps
// it from one process to the next: about 0.5 s the first time, 10 ms after that.
func Compile(ctx context.Context, wasm []byte, layout Layout, cacheDir string) (*Code, error) {
	metered, err := metering.Instrument(wasm, pollImport, layout.hosted()...)
	if err != nil {
		return nil, fmt.Errorf("metering the loops of the VM: %w", err)
	}
	compiling.Lock()
	defer compiling.Unlock()
	cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
	if err != nil {
		return nil, fmt.Errorf("opening the cache of compiled VMs in %s: %w; set ESPY_CACHE to a folder that can be written", cacheDir, err)
	}
	c := &Code{layout: layout, runtime: wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCompilationCache(cache).WithDebugInfoEnabled(false))}
	if c.compiled, err = c.runtime.CompileModule(ctx, metered); err == nil {
		err = c.bind(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("compiling the VM: %w", err), c.runtime.Close(ctx))
	}
	return c, nil
}

// firstMemory is how much memory a machine starts with, in bytes.
func (c *Code) firstMemory() uint64 {
	const wasmPage = 64 << 10
	return uint64(c.compiled.ExportedMemories()["memory"].Min()) * wasmPage
}

// compiling is held while a release is compiled: wazero reads its own version into
// a variable that it does not guard, when a cache is opened and at first use.
var compiling sync.Mutex

// bind gives the VM what it imports. An import that this package does not know
// (the JavaScript bridge, whose signatures change from release to release) is a
// function that stops the machine with its name.
func (c *Code) bind(ctx context.Context) error {
	builders := map[string]wazero.HostModuleBuilder{}
	imports := c.compiled.ImportedFunctions()
	c.splitSeek = hasSplitSeek(imports)
	for _, def := range imports {
		module, name, _ := def.Import()
		b := builders[module]
		if b == nil {
			b = c.runtime.NewHostModuleBuilder(module)
			builders[module] = b
		}
		b.NewFunctionBuilder().WithGoFunction(hostFunction(name, def), def.ParamTypes(), def.ResultTypes()).Export(name)
	}
	for module, b := range builders {
		if _, err := b.Instantiate(ctx); err != nil {
			return fmt.Errorf("host module %s: %w", module, err)
		}
	}
	return nil
}

// hostFunction is the Go function behind an import.
func hostFunction(name string, def api.FunctionDefinition) api.GoFunction {
	if n := len(name) - len("invoke_"); n > 0 && name[:len("invoke_")] == "invoke_" {
		return invoker(def)
	}
	if f, ok := hostFunctions[name]; ok {
		return api.GoFunc(func(ctx context.Context, stack []uint64) {
			f(ctx.(*machineContext).Machine, stack)
		})
	}
	return api.GoFunc(func(context.Context, []uint64) {
		panic(fmt.Errorf("the program reached for JavaScript (%s), which a board does not have", name))
	})
}

// machineContext carries the machine to its host functions: a type assertion
// finds it, where context.Value would cost a search on every call.
type machineContext struct {
	context.Context
	*Machine
}

// Value holds nothing: wazero asks for its own keys on every call.
func (*machineContext) Value(any) any { return nil }

// library keeps the compiled releases of this process.
var library sync.Map // string -> func() (*Code, error)

// Shared compiles a release once per process, under a key.
func Shared(key string, compile func() (*Code, error)) (*Code, error) {
	once, _ := library.LoadOrStore(key, sync.OnceValues(compile))
	code, err := once.(func() (*Code, error))()
	if err != nil {
		library.Delete(key) // the next caller may have more luck: a network that came back
	}
	return code, err
}
