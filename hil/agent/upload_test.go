package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware"
	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/deploy"
	"github.com/espy-hil/espy/hil/repl"
)

// read is a file on the board, or "none".
func read(t *testing.T, l *Link, path string) string {
	t.Helper()
	var out strings.Builder
	code := fmt.Sprintf("try:\n  print(open('%s').read(), end='')\nexcept OSError:\n  print('none', end='')", path)
	require.NoError(t, l.repl.Exec(t.Context(), code, &out))
	return strings.ReplaceAll(out.String(), "\r\n", "\n")
}

func TestHelloSaysWhatTheBoardIs(t *testing.T) {
	t.Parallel()
	h := open(t, virtual(t, current())).Hello()
	require.Regexp(t, `^1\.\d+\.\d+$`, h.MicroPython)
	require.Equal(t, "webassembly", h.Platform)
	require.NotEmpty(t, h.Machine)
	require.Equal(t, firmware.Source().Hash, h.Firmware.Hash)
	require.Equal(t, "py", h.Firmware.Form)
	require.Positive(t, h.MemFree)
	require.NotContains(t, h.Offers, "heap", "this VM does not collect garbage while a program runs")
}

func TestFirmwareThatIsCurrentIsNotSent(t *testing.T) {
	t.Parallel()
	b := &tapped{Board: virtual(t, current())}
	open(t, b)
	require.Less(t, b.bytes, 200, "a hello and no more")
}

func TestFirmwareIsPutOnABoardThatHasNoneOrAnother(t *testing.T) {
	t.Parallel()
	old := firmware.New("py", map[string][]byte{
		"/lib/espy/agent.py":    []byte("import sys\ndef hello(): raise RuntimeError('another hello')\n"),
		"/lib/espy/requests.py": []byte("x = 1\n"),
	})
	half := maps.Clone(current())
	delete(half, firmware.Manifest)
	for name, files := range map[string]map[string][]byte{
		"none":            {},
		"another":         old.Files,
		"half an upload":  half,
		"compiled before": firmware.New("mpy", map[string][]byte{"/lib/espy/agent.mpy": []byte("old"), "/lib/espy/requests.mpy": []byte("old")}).Files,
		"broken":          firmware.New("py", map[string][]byte{"/lib/espy/agent.py": []byte("def hello(:\n")}).Files,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files = maps.Clone(files)
			files["/lib/fake.py"] = fake
			files["/main.py"] = []byte("# mine\n")
			files["/lib/mine.py"] = []byte("# mine too\n")
			b := &tapped{Board: virtual(t, files)}
			l := open(t, b)
			require.Equal(t, firmware.Source().Hash, l.Hello().Firmware.Hash)
			for path, content := range firmware.Source().Files {
				require.Equal(t, string(content), read(t, l, path), path)
			}
			require.Equal(t, "# mine\n", read(t, l, "/main.py"))
			require.Equal(t, "# mine too\n", read(t, l, "/lib/mine.py"))
			require.Equal(t, "none", read(t, l, "/lib/espy/agent.mpy"))
			require.Equal(t, "1", string(do(t, l, get("calls")).Response.Body.Base64))
			require.NoError(t, l.Close())

			before := b.bytes
			open(t, b)
			require.Less(t, b.bytes-before, 200, "it is current now")
		})
	}
}

func TestPieceOfAnUploadThatArrivesDamagedIsSentAgain(t *testing.T) {
	t.Parallel()
	b := &tapped{Board: virtual(t, map[string][]byte{"/lib/fake.py": fake})}
	// Other bytes, which are as good a literal: only the hash of the file can tell.
	begin := string(firmware.Source().Files["/lib/espy/agent.py"][:9])
	const other = "no python"
	pieces := 0
	damage := damageFirst(begin, other)
	b.sent = func(piece string) string {
		if strings.Contains(piece, begin) {
			pieces++
		}
		return damage(piece)
	}
	l := open(t, b)
	require.Equal(t, 2, pieces, "sent, and sent again")
	require.Equal(t, string(firmware.Source().Files["/lib/espy/agent.py"]), read(t, l, "/lib/espy/agent.py"))
	require.Equal(t, "none", read(t, l, "/lib/espy/agent.py.new"))
}

func TestUploadThatIsCutOffIsKnownAsSuch(t *testing.T) {
	t.Parallel()
	inner := virtual(t, map[string][]byte{"/lib/fake.py": fake})
	cut := errors.New("cable pulled")
	b := &tapped{Board: inner}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	b.sent = func(piece string) string {
		if b.bytes > 20_000 {
			cancel(cut)
		}
		return piece
	}
	_, err := Open(ctx, b, deploy.Files(firmware.Source()))
	var e *Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, cut)
	require.Equal(t, "upload", e.Phase)
	require.True(t, e.Rig)

	l := open(t, inner)
	require.Equal(t, firmware.Source().Hash, l.Hello().Firmware.Hash)
}

func TestFlashThatIsFullIsSaid(t *testing.T) {
	t.Parallel()
	b := virtual(t, nil)
	u, err := b.Open(t.Context())
	require.NoError(t, err)
	r := repl.New("sim", u, repl.Options{})
	require.NoError(t, r.Enter(t.Context()))
	require.NoError(t, r.Exec(t.Context(), "import builtins\n_open = open\n"+
		"def full(path, mode='r'):\n  if 'w' in mode: raise OSError(28)\n  return _open(path, mode)\nbuiltins.open = full", nil))
	require.NoError(t, u.Close())

	_, err = Open(t.Context(), b, deploy.Files(firmware.Source()))
	require.ErrorContains(t, err, "board sim: upload: writing /lib/espy/")
	require.ErrorContains(t, err, "check the space left on the board's flash")
	require.ErrorContains(t, err, "OSError")
}

func TestBoardThatCannotBeOpenedIsAnErrorOfTheRig(t *testing.T) {
	t.Parallel()
	b := virtual(t, current())
	open(t, b)
	_, err := Open(t.Context(), b, deploy.Files(firmware.Source()))
	var e *Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.Rig && !e.Started)
	require.ErrorContains(t, err, "no other program has it open")
}

// deaf is a board that says nothing.
type deaf struct{ board.Board }

func (d deaf) Open(ctx context.Context) (board.UART, error) {
	u, err := d.Board.Open(ctx)
	return deafUART{u}, err
}

type deafUART struct{ board.UART }

func (deafUART) Write(p []byte) (int, error) { return len(p), nil }

func TestBoardThatIsSilentIsGivenUpWithTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := Open(ctx, deaf{virtual(t, current())}, deploy.Files(firmware.Source()))
		var e *Error
		require.ErrorAs(t, err, &e)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.True(t, e.Rig && !e.Started)
		require.Regexp(t, `^board sim: raw REPL: no answer in time, after \S+; nothing was heard; no request was sent: reset the board and try again$`, err.Error())
	})
}

// The words of the record's JSON are the agent's; both ends must agree.
func TestRequestIsWrittenInTheAgentsWords(t *testing.T) {
	t.Parallel()
	code, sum, err := program(Request{Client: "c", Method: "GET", URL: "http://h/?a<b&c='é'"})
	require.NoError(t, err)
	require.Equal(t, "from espy.agent import run\nrun('{\"client\":\"c\",\"method\":\"GET\",\"url\":\"http://h/?a<b&c=\\'\\u00e9\\'\",\"body_limit\":0}', 0x"+sum+")", code)
	require.Equal(t, checksum(`{"client":"c","method":"GET","url":"http://h/?a<b&c='é'","body_limit":0}`), sum)
	_, _, err = program(Request{JSON: json.Number("no number")})
	require.Error(t, err)
}
