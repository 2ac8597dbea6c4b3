package ports

import (
	"context"
	"net"
	"syscall"
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

// taken is a ring of which the first ports that are asked for are taken.
func taken(many int) (r *ring, asked *[]uint32) {
	asked = new([]uint32)
	return &ring{open: func(ctx context.Context, port uint32) (*net.TCPListener, error) {
		*asked = append(*asked, port)
		if len(*asked) <= many {
			return nil, syscall.EADDRINUSE
		}
		return listen(ctx, 0)
	}}, asked
}

func TestATakenPortIsPassedOver(t *testing.T) {
	t.Parallel()
	r, asked := taken(5)
	l, err := r.listen(t.Context())
	require.NoError(t, err)
	defer l.Close()
	require.Equal(t, []uint32{first + 1, first + 2, first + 3, first + 4, first + 5, first + 6}, *asked)
}

func TestWhereAllThatAreTriedAreTakenTheKernelFindsOne(t *testing.T) {
	t.Parallel()
	r, asked := taken(tries)
	l, err := r.listen(t.Context())
	require.NoError(t, err)
	defer l.Close()
	require.Len(t, *asked, tries+1)
	require.Zero(t, (*asked)[tries])
}

func BenchmarkListen(b *testing.B) {
	for b.Loop() {
		l, err := Listen(b.Context())
		require.NoError(b, err)
		require.NoError(b, l.Close())
	}
}
