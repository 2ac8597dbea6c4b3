package capture_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gopacket/gopacket/pcapgo"
	"github.com/stretchr/testify/require"

	"github.com/espy-hil/espy/fakeapi/capture"
)

func TestCaptureThatWasCutOffIsGoneOnWith(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.pcapng")
	f, err := os.Create(path)
	require.NoError(t, err)
	_, err = capture.NewPcapng(f)
	require.NoError(t, err)
	whole, err := f.Seek(0, 1)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for cut := range text {
		require.NoError(t, os.WriteFile(path, append(text[:whole:whole], text[:cut]...), 0o600))
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		require.NoError(t, err)
		require.NoError(t, capture.ToEnd(f))
		_, err = capture.NewPcapng(f)
		require.NoError(t, err)
		_, err = f.Seek(0, 0)
		require.NoError(t, err)
		_, err = pcapgo.NewNgReader(f, pcapgo.NgReaderOptions{WantMixedLinkType: true})
		require.NoError(t, err)
		require.NoError(t, capture.ToEnd(f), "every block of it is whole")
		size, err := f.Seek(0, 1)
		require.NoError(t, err)
		info, err := f.Stat()
		require.NoError(t, err)
		require.Equal(t, info.Size(), size)
		require.GreaterOrEqual(t, size, 2*whole)
		require.NoError(t, f.Close())
	}
	require.NoError(t, os.WriteFile(path, []byte("some other text"), 0o600))
	f, err = os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	require.ErrorContains(t, capture.ToEnd(f), "is no capture of espy")
}
