package fakeapi_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/espy-hil/espy/fakeapi/plan"
)

// segments counts the segments with data that have reached a client (RFC 4898
// tcpEStatsPerfDataSegsIn).
func segments(t *testing.T, w wire) (n int) {
	t.Helper()
	raw, err := w.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		require.NoError(t, err)
		n = int(info.Data_segs_in)
	}))
	return n
}

// takes asks until a reply has come in so many segments. There may never be fewer. There
// may be one too many where the machine is so busy that an acknowledgement is late: the
// kernel then sends the last segment once more (RFC 8985 7.3).
func takes(t *testing.T, want int, ask func() wire) {
	t.Helper()
	got := 0
	for range 10 {
		if got = segments(t, ask()); got <= want {
			break
		}
	}
	require.Equal(t, want, got, "segments")
}

func TestASliceIsASegmentOfItsOwn(t *testing.T) {
	t.Parallel()
	const size = 300
	for fault, want := range map[string]int{"slice=1": size, "slice=7": (size + 6) / 7, "drip=10us": size, "slice=1000": 1} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			takes(t, want, func() wire {
				_, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: bytesOf(strings.Repeat("x", size))}}, Faults: faults(t, fault)})
				w := dial(t, address).send(get)
				require.Len(t, w.all(), size)
				return w
			})
		})
	}
}

func TestAPieceIsASegmentOfItsOwn(t *testing.T) {
	t.Parallel()
	_, address := start(t, plan.Server{})
	takes(t, 1+50+1, func() wire { // the head, the chunks, the last chunk
		w := dial(t, address).send("GET /chunked/50?size=3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		w.all()
		return w
	})
}

func TestACutLeavesNothingBehindIt(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"truncate_after=17", "reset_after=17"} {
		takes(t, 1, func() wire {
			_, address := start(t, plan.Server{Raw: []plan.Reply{{Parts: bytesOf(strings.Repeat("x", 100_000))}}, Faults: faults(t, fault)})
			w := dial(t, address).send(get)
			b, err := io.ReadAll(w)
			require.Equal(t, fault == "truncate_after=17", err == nil, fmt.Sprint(err))
			require.Len(t, b, 17)
			return w
		})
	}
}
