package pcap_test

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/capture"
	"github.com/espy-hil/espy/hil/pcap"
	"github.com/espy-hil/espy/hil/result"
)

var at = netip.MustParseAddrPort("127.0.0.1:1")

// say has a connection send a text.
func say(sink capture.Sink, text string) {
	c := &capture.Conn{Server: "main", Number: 1, Client: at, Listen: at}
	for _, e := range []capture.Event{{Kind: capture.Opened}, {Kind: capture.Received, Bytes: []byte(text)}, {Kind: capture.Closed}} {
		e.Conn, e.Time = c, time.Unix(1, 0)
		sink.Record(e)
	}
}

func TestEachRunHasAFileOfItsOwnWhichItNames(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "wire")
	f, err := pcap.NewFolder(dir)
	require.NoError(t, err)
	one := &result.Run{File: "version/auto.yaml", Scenario: "a", Board: "sim"}
	two := &result.Run{File: "version/auto.yaml", Scenario: "a", Board: "unix"}
	first, endFirst := f.Begin(one)
	second, endSecond := f.Begin(two) // at the same time
	say(first, "GET /one")
	say(second, "GET /two")
	endFirst()
	endSecond()
	require.NoError(t, f.Err())
	require.Regexp(t, `wire/auto-[0-9a-f]{12}\.pcapng$`, filepath.ToSlash(one.Pcap))
	for run, text := range map[*result.Run]string{one: "GET /one", two: "GET /two"} {
		written, err := os.ReadFile(run.Pcap)
		require.NoError(t, err)
		require.Equal(t, 1, bytes.Count(written, []byte("GET /")))
		require.Contains(t, string(written), text)
		_, err = pcapgo.NewNgReader(bytes.NewReader(written), pcapgo.DefaultNgReaderOptions)
		require.NoError(t, err)
		info, err := os.Stat(run.Pcap)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "the keys of TLS sessions are in it")
	}
}

func TestALaterTryTakesThePlaceOfAnEarlierOne(t *testing.T) {
	t.Parallel()
	f, err := pcap.NewFolder(t.TempDir())
	require.NoError(t, err)
	run := &result.Run{Scenario: "a"}
	for _, text := range []string{"GET /lost", "GET /found"} {
		sink, end := f.Begin(run)
		say(sink, text)
		end()
	}
	written, err := os.ReadFile(run.Pcap)
	require.NoError(t, err)
	require.NotContains(t, string(written), "GET /lost")
	require.Contains(t, string(written), "GET /found")
}

func TestAFileThatCannotBeWrittenStopsNoRun(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "wire")
	f, err := pcap.NewFolder(dir)
	require.NoError(t, err)
	require.NoError(t, os.Remove(dir))
	run := &result.Run{Scenario: "a"}
	sink, end := f.Begin(run)
	end()
	require.Nil(t, sink)
	require.Empty(t, run.Pcap)
	require.ErrorIs(t, f.Err(), os.ErrNotExist)
}
