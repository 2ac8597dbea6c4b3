//go:build peers

package firmware_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/firmware/clienttest"
)

// tight is what a board of its own has beside scripted: calls that find no more than so many
// bytes of the heap free. What is looked at is looked at when the heap is free again.
const tight = `
ballast = []

def fill(free):
    """Leave free bytes of the heap, about."""
    gc.collect()
    try:
        while gc.mem_free() > free + 1100:
            ballast.append(bytearray(1024))
    except MemoryError:  # what is free is in smaller pieces
        pass

def squeeze(free, method, url, fields, user, body, version, limit, follow, deadline, way):
    kw = options(fields, user, body, version, limit, follow, deadline, way)
    error = ""
    r = v = None
    fill(free)
    try:
        r = requests.request(METHODS[method], PLACES[url], **kw)
        if way in (2, 3):
            r.json()
        elif way == 4:
            r.text
        elif way == 7:
            v = r.raw.read()
        elif way == 8:
            for v in r.iter_content(512):
                pass
        elif way > 8 or r.status_code == 101:
            r.close()
        else:
            v = r.content
    except MemoryError:
        error = "no room"
    except Exception as e:
        error = type(e).__name__
        if error not in NUMBERS and error not in ("ValueError", "UnicodeError"):
            error = repr(e)
    ballast.clear()
    gc.collect()
    open = [s.number for s in made if not s.closed]
    if way == 4 and r is not None:
        r.close()
    return [error, 0 if r is None else r.status_code, None if v is None or way == 8 else in_hex(v), open]

def squeezed(line):
    global replies, served, soft, piece, operations
    free, soft, piece, replies, calls = json.loads(line)
    for reply in replies:
        reply[0] = unhexlify(reply[0])
    made.clear()
    turns.clear()
    _auto._older.clear()
    served = operations = 0
    saw = [squeeze(free, *call) for call in calls]
    told = [[t.conn, in_hex(t.sent)] for t in turns]
    replies, served, soft, piece = GOOD, 0, False, 512
    made.clear()
    turns.clear()
    try:
        after = str(requests.get("http://h/y").content, "utf-8")
    except Exception as e:
        after = repr(e)
    made.clear()
    turns.clear()
    print(json.dumps([saw, told, after]))

turns = []
with open("SCRIPTS") as f:
    for line in f:
        squeezed(line)
`

// On a heap of any size a call ends as it does on a large one, or in a MemoryError; either
// way its sockets are closed, nothing was sent that nobody asked for, and the next request
// works as soon as there is heap for it.
func TestPeerNoHeapIsTooSmallForThePromises(t *testing.T) {
	t.Parallel()
	p := newInterpreter(t)
	chance := rand.New(rand.NewPCG(6455, 1952))
	var scripts []script
	var lines strings.Builder
	for n := range 6 * len(seeds) {
		s := madeUp(chance, n)
		s.session = false
		s.piece = max(s.piece, 100) // a heap that is full is collected all the time
		for i := range s.calls {
			s.calls[i].way = []int{0, 2, 3, 4, 7, 8, 9}[chance.IntN(7)]
			s.calls[i].stays = 0
		}
		var replies, calls []any
		for i := range s.replies {
			r := &s.replies[i]
			r.Bytes = r.Bytes[:min(len(r.Bytes), 2000)]
			replies = append(replies, []any{hex.EncodeToString(r.Bytes), r.End, r.Unread})
		}
		for _, k := range s.calls {
			calls = append(calls, []int{k.method, k.url, k.fields, k.user, k.body, k.version, k.limit, k.stays, k.deadline, k.way})
		}
		line, err := json.Marshal([]any{chance.IntN(8 << 10), s.soft, s.piece, replies, calls})
		require.NoError(t, err)
		lines.Write(append(line, '\n'))
		scripts = append(scripts, s)
	}
	file := filepath.Join(p.dir, "scripts")
	require.NoError(t, os.WriteFile(file, []byte(lines.String()), 0o600))
	program := "import gc, io, sys\nclass socket:\n    SOCK_STREAM = 1\nsys.modules['socket'] = socket\nfrom espy import requests\nmade = []\n" + scripted + vocabulary() + strings.ReplaceAll(tight, "SCRIPTS", file)
	out, err := p.run(160<<10, program)
	require.NoError(t, err)
	printed := strings.Split(out, "\n")
	require.Len(t, printed, len(scripts))
	room := 0
	for i, s := range scripts {
		var saw [][]any
		var turns [][2]any
		var after string
		require.NoError(t, json.Unmarshal([]byte(printed[i]), &[]any{&saw, &turns, &after}), "%s", printed[i])
		wrong, short := squeezedWrong(s, saw, turns)
		if wrong == "" && after != "ok" {
			wrong = "the next request ended in " + after
		}
		if wrong != "" {
			t.Errorf("%s\nin %s\n%s", wrong, s, printed[i])
		}
		if !short {
			room++
		}
	}
	t.Logf("%d of %d scripts had room enough", room, len(scripts))
	require.Positive(t, room)
	require.Less(t, room, len(scripts))
}

// squeezedWrong says what of a script did not go as it must on a small heap, and whether that
// was too small for one of its calls.
func squeezedWrong(s script, saw [][]any, turns [][2]any) (wrong string, short bool) {
	w := &clienttest.World{Replies: s.replies, Seen: func(int) (int, int, bool) { return 0, 0, false }}
	done := 0
	for i, k := range s.calls {
		got := saw[i][0].(string)
		if open := saw[i][3].([]any); len(open) > 0 && (k.way != 4 || got != clienttest.ValueError) {
			return fmt.Sprintf("call %d, %s: %q, and %v are open", i, k, got, open), short
		}
		if got == "no room" {
			return "", true // what comes after it is served other replies
		}
		a := w.Do(k.meant())
		for _, want := range w.Turns[done:] {
			if done >= len(turns) {
				return fmt.Sprintf("request %d was not made", done), false
			}
			if sent, _ := hex.DecodeString(turns[done][1].(string)); string(sent) != string(want.Sent) {
				return fmt.Sprintf("request %d: %q, due was %q", done, sent, want.Sent), false
			}
			done++
		}
		due := a.Errors
		if len(due) == 0 || k.way == 9 && !a.InHead {
			due = append(slices.Clone(due), "")
		}
		if k.way == 2 || k.way == 3 || k.way == 4 {
			due = append(slices.Clone(due), clienttest.ValueError, "UnicodeError", "")
		}
		if a.Coded() {
			due = append(slices.Clone(due), clienttest.ProtocolError, clienttest.IncompleteRead, clienttest.TooLarge)
		}
		if wrong := among(got, due); wrong != "" {
			return fmt.Sprintf("call %d, %s: %s", i, k, wrong), false
		}
		if body, ok := saw[i][2].(string); ok && got == "" && !a.Coded() && body != hex.EncodeToString(a.Body) {
			return fmt.Sprintf("call %d, %s: the body is %s", i, k, body), false
		}
	}
	return "", short
}
