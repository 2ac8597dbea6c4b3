// Package repl holds a raw-REPL conversation with a board over its UART: it
// sends a program, and tells apart what the program printed and what it died of.
//
// The words. The friendly REPL is the prompt ">>> " that a person types at; the
// raw REPL is the one for programs: no echo, the prompt ">", code ended by
// Ctrl-D, and an answer in sections that end in 0x04. In plain raw mode the code
// is sent blindly; in raw paste the board hands out credits, so that a small
// receive buffer never overflows. A [Program] is code that is running: its
// output can be read and its standard input written while it does.
//
//	          Ctrl-C Ctrl-C Ctrl-A            code, Ctrl-D
//	friendly ----------------------> raw ">" ---------------> running
//	    ^                             |  ^                       |
//	    +---------- Ctrl-B -----------+  +-- output 04 error 04 -+
//
// The protocol is MicroPython's: docs/reference/repl.rst describes it, and
// shared/runtime/pyexec.c is what every port compiles.
//
// Every wait ends: with the context, or after [Options.Wait]. A conversation
// that broke off is an [*Error]; a Python exception is a [*PythonError]. After an
// Error the two sides no longer agree on where they are: call [REPL.Enter] again.
package repl
