package lease

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/espy-hil/espy/hil/board"
	"github.com/espy-hil/espy/hil/process"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// at is a folder whose clock stands at a time, for a machine of that name.
func at(path, host string, when time.Time, pids ...int) Folder {
	return Folder{path: path, host: host, now: func() time.Time { return when }, born: func(pid int) string {
		if slices.Contains(pids, pid) {
			return "alive"
		}
		return ""
	}}
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestBoardThatIsHeldSaysByWhomAndSinceWhen(t *testing.T) {
	t.Parallel()
	f := In(filepath.Join(t.TempDir(), "leases"))
	l, err := f.Take("serial:/dev/ttyUSB0", "espy run")
	require.NoError(t, err)
	_, err = f.Take("serial:/dev/ttyUSB0", "espy deploy")
	var held *Held
	require.ErrorAs(t, err, &held)
	require.Equal(t, os.Getpid(), held.Process)
	require.Regexp(t, `^board serial:/dev/ttyUSB0 is held by .+@.+ \(espy run, process \d+\) since \d\d:\d\d:\d\d, for \d+s: wait for it, or end that process; the lease ends 1m0s after it$`, err.Error())
	who, err := f.Holder("serial:/dev/ttyUSB0")
	require.NoError(t, err)
	require.Equal(t, "espy run", who.For)

	other, err := f.Take("serial:/dev/ttyUSB1", "espy run")
	require.NoError(t, err)
	require.NoError(t, other.Release())
	require.NoError(t, l.Release())
	require.NoError(t, l.Release(), "once more does nothing")
	who, err = f.Holder("serial:/dev/ttyUSB0")
	require.NoError(t, err)
	require.Nil(t, who)
	l, err = f.Take("serial:/dev/ttyUSB0", "espy deploy")
	require.NoError(t, err)
	require.NoError(t, l.Release())
}

func TestLeaseOfAProcessThatIsGoneIsStale(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	gone, err := at(dir, "here", noon, os.Getpid()).Take("b", "espy run")
	require.NoError(t, err)
	defer gone.Release()
	l, err := at(dir, "here", noon.Add(time.Second)).Take("b", "espy run")
	require.NoError(t, err)
	require.NoError(t, l.Release())
}

func TestLeaseThatNobodyRenewsIsStaleAfterAWhile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	there := at(dir, "there", noon, os.Getpid())
	first, err := there.Take("b", "espy run")
	require.NoError(t, err)
	defer first.Release()
	_, err = at(dir, "here", noon.Add(lifetime)).Take("b", "espy run")
	require.Error(t, err, "of a process elsewhere nothing is known but the time")
	second, err := at(dir, "here", noon.Add(lifetime+time.Second), os.Getpid()).Take("b", "espy run")
	require.NoError(t, err)
	require.False(t, there.renew(first.terms), "the first has lost it")
	require.NoError(t, first.Release())
	who, err := at(dir, "here", noon.Add(lifetime+2*time.Second), os.Getpid()).Holder("b")
	require.NoError(t, err)
	require.Equal(t, second.terms.ID, who.ID, "what is another's is not given back")
	require.NoError(t, second.Release())
}

func TestRenewedLeaseLives(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := at(dir, "there", noon, os.Getpid()).Take("b", "espy run")
	require.NoError(t, err)
	defer l.Release()
	require.True(t, at(dir, "there", noon.Add(50*time.Second)).renew(l.terms))
	_, err = at(dir, "here", noon.Add(100*time.Second)).Take("b", "espy run")
	require.ErrorAs(t, err, new(*Held))
}

func TestTornLeaseIsNone(t *testing.T) {
	t.Parallel()
	f := In(t.TempDir())
	require.NoError(t, os.WriteFile(f.file("b"), []byte(`{"board": "b", "ow`), 0o600))
	l, err := f.Take("b", "espy run")
	require.NoError(t, err)
	require.NoError(t, l.Release())
}

func TestOfManyThatTakeAStaleLeaseOneGetsIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, err := at(dir, "there", noon, os.Getpid()).Take("b", "espy run")
	require.NoError(t, err)
	defer old.Release()
	var got atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			l, err := at(dir, "here", noon.Add(time.Hour), os.Getpid()).Take("b", "espy run")
			if err == nil {
				got.Add(1)
				t.Cleanup(func() { _ = l.Release() })
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, got.Load())
}

func TestAnotherProcessOfTheSameNumberIsNotTheOwner(t *testing.T) {
	t.Parallel()
	f := at(t.TempDir(), "here", noon, os.Getpid())
	first, err := f.Take("b", "espy run")
	require.NoError(t, err)
	defer first.Release()
	f.born = func(int) string { return "later" }
	l, err := f.Take("b", "espy run")
	require.NoError(t, err)
	require.NoError(t, l.Release())
}

func TestProcessThatHasEndedIsNotThereEvenIfNobodyHasWaitedForIt(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, process.Born(os.Getpid()))
	self, err := os.Executable()
	require.NoError(t, err)
	c := exec.Command(self, "-test.run=^$")
	require.NoError(t, c.Start())
	if runtime.GOOS == "linux" {
		require.Eventually(t, func() bool { return process.Born(c.Process.Pid) == "" }, time.Minute, time.Millisecond)
	}
	require.NoError(t, c.Wait())
	require.Empty(t, process.Born(c.Process.Pid))
}

// fake is a board that counts what is asked of it.
type fake struct{ opened, closed int }

func (*fake) Name() string                               { return "fake" }
func (b *fake) Open(context.Context) (board.UART, error) { b.opened++; return nil, nil }
func (*fake) Reset(context.Context) error                { return nil }
func (b *fake) Close() error                             { b.closed++; return nil }
func (*fake) Listen(context.Context, string) (net.Listener, string, error) {
	return nil, "192.0.2.1", nil
}

func TestLeasedBoardIsGivenBackWithItsClose(t *testing.T) {
	t.Parallel()
	f := In(t.TempDir())
	inner := &fake{}
	power := func() (board.Board, error) { return inner, nil }
	b, err := f.Power("k", "espy run", power)
	require.NoError(t, err)
	_, err = f.Power("k", "espy run", power)
	require.ErrorAs(t, err, new(*Held))
	networked, ok := board.As[board.Networked](b)
	require.True(t, ok)
	_, host, err := networked.Listen(t.Context(), "main")
	require.NoError(t, err)
	require.Equal(t, "192.0.2.1", host)
	require.NoError(t, b.Close())
	require.Equal(t, 1, inner.closed)

	broken := errors.New("broken")
	_, err = f.Power("k", "espy run", func() (board.Board, error) { return nil, broken })
	require.ErrorIs(t, err, broken)
	b, err = f.Power("k", "espy run", power)
	require.NoError(t, err)

	close(b.(*Board).lease.lost)
	_, err = b.Open(t.Context())
	require.ErrorContains(t, err, "somebody else has taken it")
	require.Error(t, b.Reset(t.Context()))
	require.ErrorContains(t, b.(*Board).PowerCycle(t.Context()), "somebody else has taken it")
	require.Zero(t, inner.opened)
	require.NoError(t, b.Close())
}
