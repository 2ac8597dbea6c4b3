package repl_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/hil/repl"
)

// raising is a program that raises what the n-th of these texts says, and prints ok when
// there are none left.
func raising(runs *int, texts ...string) func(*model) string {
	return func(m *model) string {
		*runs++
		if *runs <= len(texts) {
			return "Traceback (most recent call last):\r\n  File \"<stdin>\", line 1, in <module>\r\n" + texts[*runs-1] + "\r\n"
		}
		m.say("ok\r\n")
		return ""
	}
}

func TestWhatNoiseMakesOfCodeIsRunAgain(t *testing.T) {
	t.Parallel()
	runs := 0
	m := &model{window: 128, programs: map[string]func(*model) string{
		"go": raising(&runs, "SyntaxError: invalid syntax", "SyntaxError: invalid syntax", "SyntaxError: invalid syntax", "SyntaxError: invalid syntax", "NameError: name 'prinu' isn't defined", "ValueError: damaged"),
	}}
	r := m.start(t, patient)
	require.NoError(t, r.Enter(t.Context()))
	var out bytes.Buffer
	require.NoError(t, r.Insist(t.Context(), "go", &out))
	require.Equal(t, "ok\r\n", out.String(), "of the try that came through, and of no other")
	require.Equal(t, 7, runs)
}

func TestAnExceptionOfTheBoardsOwnIsNotInsistedOn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"OSError: 28":                   1,
		"MemoryError: ":                 1,
		"NameError: name 'x' isn't def": 3,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			runs := 0
			var always []string
			for range 100 {
				always = append(always, text)
			}
			m := &model{window: 128, programs: map[string]func(*model) string{"go": raising(&runs, always...)}}
			r := m.start(t, patient)
			require.NoError(t, r.Enter(t.Context()))
			var raised *repl.PythonError
			require.ErrorAs(t, r.Insist(t.Context(), "go", nil), &raised)
			require.Equal(t, want, runs, fmt.Sprint(raised))
		})
	}
}

// A board that has taken raw paste is not taken for one that cannot, whatever a line
// makes it seem to say.
func TestABoardThatSaysOnceThatItHasNoRawPasteMayHaveIt(t *testing.T) {
	t.Parallel()
	m := &model{window: 128}
	r := m.start(t, patient)
	require.NoError(t, r.Enter(t.Context()))
	require.NoError(t, r.Exec(t.Context(), "print('one')", nil))
	m.refuse = 5
	var out bytes.Buffer
	require.NoError(t, r.Exec(t.Context(), "print('two')", &out))
	require.Equal(t, "two\r\n", out.String())
	require.Zero(t, m.refuse, "it was asked until it took it")
}
