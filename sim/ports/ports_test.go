package ports

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func port(l *net.TCPListener) int { return l.Addr().(*net.TCPAddr).Port }

func TestEachListenerHasAPortThatNoneHadLately(t *testing.T) {
	t.Parallel()
	had := map[int]bool{}
	for range 500 {
		l, err := Listen(t.Context())
		require.NoError(t, err)
		require.True(t, l.Addr().(*net.TCPAddr).IP.IsLoopback())
		require.NotContains(t, had, port(l))
		had[port(l)] = true
		require.NoError(t, l.Close())
	}
}

// taken opens listeners on ports in a row, and gives the ring that is about to try
// these ports.
func taken(t *testing.T, many int) *ring {
	t.Helper()
	var r ring
	r.next.Store(all.next.Add(uint32(2 * many)))
	begin := r.next.Load()
	for range many {
		l, err := listen(t.Context(), first+r.next.Add(1)%(last-first+1))
		if err == nil { // else somebody else has it
			t.Cleanup(func() { l.Close() })
		}
	}
	r.next.Store(begin)
	return &r
}

func TestATakenPortIsPassedOver(t *testing.T) {
	t.Parallel()
	r := taken(t, 5)
	before := r.next.Load()
	l, err := r.listen(t.Context())
	require.NoError(t, err)
	defer l.Close()
	require.GreaterOrEqual(t, r.next.Load()-before, uint32(6))
}

func TestWhereAllThatAreTriedAreTakenTheKernelFindsOne(t *testing.T) {
	t.Parallel()
	r := taken(t, tries)
	before := r.next.Load()
	l, err := r.listen(t.Context())
	require.NoError(t, err)
	defer l.Close()
	require.Equal(t, uint32(tries), r.next.Load()-before)
	require.NotZero(t, port(l))
}

func BenchmarkListen(b *testing.B) {
	for b.Loop() {
		l, err := Listen(b.Context())
		require.NoError(b, err)
		require.NoError(b, l.Close())
	}
}
