package metering_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/espy-hil/espy/sim/metering"
)

// spinning is a module whose function spin(n) loops n times and calls nothing:
//
//	(import "env" "poll" (func (param i32)))
//	(global (mut i32) (i32.const 7))
//	(func (export "spin") (param i32)
//	  (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
var spinning = []byte{
	0, 'a', 's', 'm', 1, 0, 0, 0,
	1, 5, 1, 0x60, 1, 0x7F, 0, // type: (i32) -> ()
	2, 12, 1, 3, 'e', 'n', 'v', 4, 'p', 'o', 'l', 'l', 0, 0,
	3, 2, 1, 0,
	6, 6, 1, 0x7F, 1, 0x41, 7, 0x0B,
	7, 8, 1, 4, 's', 'p', 'i', 'n', 0, 1,
	10, 16, 1, 14, 0,
	0x03, 0x40, // loop
	0x20, 0, 0x41, 1, 0x6B, 0x22, 0, // local.tee 0 (local.get 0 - 1)
	0x0D, 0, // br_if 0
	0x0B, 0x0B,
}

// spin instantiates a module and calls spin(rounds), with poll as its import.
func spin(t *testing.T, wasm []byte, rounds uint64, poll func()) (api.Module, error) {
	t.Helper()
	return spinWith(t, wasm, rounds, func(uint32) { poll() })
}

// spinWith is spin for a poll that looks at its argument.
func spinWith(t *testing.T, wasm []byte, rounds uint64, poll func(uint32)) (api.Module, error) {
	t.Helper()
	ctx := t.Context()
	r := wazero.NewRuntime(ctx)
	t.Cleanup(func() { require.NoError(t, r.Close(context.WithoutCancel(ctx))) })
	_, err := r.NewHostModuleBuilder("env").NewFunctionBuilder().
		WithGoFunction(api.GoFunc(func(_ context.Context, stack []uint64) { poll(uint32(stack[0])) }), []api.ValueType{api.ValueTypeI32}, nil).
		Export("poll").Instantiate(ctx)
	require.NoError(t, err)
	m, err := r.Instantiate(ctx, wasm)
	require.NoError(t, err)
	_, err = m.ExportedFunction("spin").Call(ctx, rounds)
	return m, err
}

func TestALoopPollsOnceInSoManyRounds(t *testing.T) {
	t.Parallel()
	metered, err := metering.Instrument(spinning, "poll")
	require.NoError(t, err)
	for _, c := range []struct{ rounds, polls int }{
		{1, 0},
		{metering.Rounds - 1, 0},
		{metering.Rounds, 1},
		{10*metering.Rounds + 1, 10},
	} {
		polls := 0
		_, err := spin(t, metered, uint64(c.rounds), func() { polls++ })
		require.NoError(t, err)
		require.Equal(t, c.polls, polls, "polls in %d rounds", c.rounds)
	}
}

func TestAPollThatPanicsEndsTheLoop(t *testing.T) {
	t.Parallel()
	metered, err := metering.Instrument(spinning, "poll")
	require.NoError(t, err)
	stop := errors.New("stop")
	_, err = spin(t, metered, 1<<31, func() { panic(stop) })
	require.ErrorIs(t, err, stop)
}

func TestTheFirstGlobalIsExported(t *testing.T) {
	t.Parallel()
	metered, err := metering.Instrument(spinning, "poll")
	require.NoError(t, err)
	m, err := spin(t, metered, 1, func() {})
	require.NoError(t, err)
	require.Equal(t, uint64(7), m.ExportedGlobal(metering.StackPointer).Get())
}

// twice is spinning with a second function of the same body and type, ask(n).
var twice = []byte{
	0, 'a', 's', 'm', 1, 0, 0, 0,
	1, 5, 1, 0x60, 1, 0x7F, 0, // type: (i32) -> ()
	2, 12, 1, 3, 'e', 'n', 'v', 4, 'p', 'o', 'l', 'l', 0, 0,
	3, 3, 2, 0, 0,
	6, 6, 1, 0x7F, 1, 0x41, 7, 0x0B,
	7, 14, 2, 4, 's', 'p', 'i', 'n', 0, 1, 3, 'a', 's', 'k', 0, 2,
	10, 31, 2,
	14, 0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x0B,
	14, 0, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B, 0x0B,
}

func TestAFunctionIsLeftToTheHostWithItsArgument(t *testing.T) {
	t.Parallel()
	hosted, err := metering.Instrument(twice, "poll", metering.Hosted{Function: 2, Import: "poll", Params: 1})
	require.NoError(t, err)
	var asked []uint32
	m, err := spinWith(t, hosted, 1, func(argument uint32) { asked = append(asked, argument) })
	require.NoError(t, err)
	require.Empty(t, asked, "the other function is as it was")
	_, err = m.ExportedFunction("ask").Call(t.Context(), 4711)
	require.NoError(t, err)
	require.Equal(t, []uint32{4711}, asked)
}

func TestWhatCannotBeMeteredIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wasm   []byte
		poll   string
		hosted []metering.Hosted
		want   string
	}{
		"not WebAssembly":        {[]byte("#!/bin/sh"), "poll", nil, "not a WebAssembly 1 module"},
		"no such import":         {spinning, "other", nil, "does not import env.other"},
		"cut off":                {spinning[:len(spinning)-3], "poll", nil, "ends early"},
		"no code":                {spinning[:8], "poll", nil, "no code section"},
		"an unknown instruction": {replace(spinning, 0x6B, 0xFD), "poll", nil, "unknown instruction 0xfd"},
		"no such function":       {twice, "poll", []metering.Hosted{{Function: 3, Import: "poll", Params: 1}}, "has not all of the functions"},
		"nothing to host it":     {twice, "poll", []metering.Hosted{{Function: 2, Import: "find", Params: 1}}, "does not import env.find"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := metering.Instrument(c.wasm, c.poll, c.hosted...)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func replace(wasm []byte, from, to byte) []byte {
	out := append([]byte(nil), wasm...)
	for i := range out {
		if out[i] == from {
			out[i] = to
		}
	}
	return out
}

// FuzzInstrument: whatever it is given, it ends without a panic, and what it makes
// of a module that compiles compiles as well.
func FuzzInstrument(f *testing.F) {
	f.Add(spinning, uint32(0))
	f.Add(spinning[:20], uint32(0))
	f.Add(twice, uint32(2))
	r := wazero.NewRuntimeWithConfig(f.Context(), wazero.NewRuntimeConfigInterpreter())
	f.Fuzz(func(t *testing.T, wasm []byte, hosted uint32) {
		var functions []metering.Hosted
		if hosted != 0 {
			functions = []metering.Hosted{{Function: hosted, Import: "poll", Params: 1}}
		}
		metered, err := metering.Instrument(wasm, "poll", functions...)
		if err != nil {
			return
		}
		before, err := r.CompileModule(t.Context(), wasm)
		if err != nil {
			return // not a module; what became of it does not matter
		}
		require.NoError(t, before.Close(t.Context()))
		after, err := r.CompileModule(t.Context(), metered)
		if err != nil && hosted != 0 {
			return // it is of another type than poll
		}
		require.NoError(t, err)
		require.NoError(t, after.Close(t.Context()))
	})
}
