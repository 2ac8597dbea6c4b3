package vm

import (
	"errors"
	"strings"
)

// Exception is what ended a program.
type Exception struct {
	Type      string
	Traceback string // as the REPL prints it
}

// Prompt starts the REPL, which prints its banner and its prompt.
func (m *Machine) Prompt() (err error) {
	defer m.recovering(&err)
	m.call(m.module.ExportedFunction("mp_js_repl_init"))
	return nil
}

// RunFile runs a file as a port's C code does boot.py and main.py: at top level, with
// the interrupt character on. An error says that the VM is no more.
func (m *Machine) RunFile(name string) (raised *Exception, err error) {
	defer m.recovering(&err)
	raised, err = m.exec("__import__('micropython').kbd_intr(3);execfile('" + name + "')")
	if err != nil {
		return nil, err
	}
	// An interrupt that came late is raised here, and is nobody's: as in the port. It
	// takes a loop, where alone the VM looks.
	for range 3 {
		late, err := m.exec("__import__('micropython').kbd_intr(-1);[0 for _ in (1, 2)]")
		if err != nil || late == nil {
			return raised.within(), err
		}
	}
	return nil, errors.New("the interrupt character cannot be switched off")
}

// within leaves out of a traceback what started the file.
func (e *Exception) within() *Exception {
	if e != nil {
		e.Traceback = strings.Replace(e.Traceback, "  File \"<stdin>\", line 1, in <module>\n", "", 1)
	}
	return e
}

// exec runs Python source while the REPL is not there.
func (m *Machine) exec(source string) (*Exception, error) {
	const outSize = 12 // kind and two words
	malloc, free := m.module.ExportedFunction("malloc"), m.module.ExportedFunction("free")
	src := uint32(m.call(malloc, uint64(len(source)+1)))
	out := uint32(m.call(malloc, outSize))
	if !m.memory.WriteString(src, source) || !m.memory.WriteByte(src+uint32(len(source)), 0) {
		return nil, errors.New("no memory for a program")
	}
	m.call(m.module.ExportedFunction("mp_js_do_exec"), uint64(src), uint64(len(source)), uint64(out))
	const exception = -1 // PROXY_KIND_MP_EXCEPTION
	kind, _ := m.memory.ReadUint32Le(out)
	length, _ := m.memory.ReadUint32Le(out + 4)
	text, _ := m.memory.ReadUint32Le(out + 8)
	m.call(free, uint64(src))
	m.call(free, uint64(out))
	if int32(kind) != exception {
		return nil, nil
	}
	message, ok := m.memory.Read(text, length)
	if !ok {
		return nil, errBadAddress
	}
	kindName, traceback, _ := strings.Cut(string(message), "\x04")
	return &Exception{kindName, traceback}, nil
}
