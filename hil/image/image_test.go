package image_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/espy-hil/espy/hil/image"
	"github.com/espy-hil/espy/hil/image/imagetest"
)

// page is as the download pages are, with what else they link to.
const page = `<h2>Firmware</h2><ul>
<li><a href="/resources/firmware/ESP32_GENERIC-20260301-v1.28.0-preview.12.g0123456789.bin">v1.28.0-preview</a>
<li><a href="/resources/firmware/ESP32_GENERIC-20251209-v1.27.0.bin">v1.27.0 (2025-12-09) .bin</a> /
<a href="/resources/firmware/ESP32_GENERIC-20251209-v1.27.0.app-bin">[.app-bin]</a> / <a href="/resources/firmware/ESP32_GENERIC-20251209-v1.27.0.elf">[.elf]</a>
<li><a href="/resources/firmware/ESP32_GENERIC-20250911-v1.26.1.bin">v1.26.1</a>
<li><a href="/resources/firmware/ESP32_GENERIC-20250809-v1.26.0.bin">v1.26.0</a>
<li><a href="/resources/firmware/ESP32_GENERIC-20241129-v1.9.4.bin">v1.9.4</a>
</ul><h2>Firmware (Support for SPIRAM / WROVER)</h2><ul>
<li><a href="/resources/firmware/ESP32_GENERIC-SPIRAM-20251209-v1.27.0.bin">v1.27.0</a>
</ul>`

const (
	pageURL = "https://micropython.org/download/ESP32_GENERIC/"
	fileURL = "https://micropython.org/resources/firmware/ESP32_GENERIC-20251209-v1.27.0.bin"
)

// source is micropython.org with a transport that answers in its place.
func source(t *testing.T) (image.Source, *httpmock.MockTransport) {
	t.Helper()
	m := httpmock.NewMockTransport()
	m.RegisterResponder("GET", pageURL, httpmock.NewStringResponder(200, page))
	return image.Source{Site: image.Site, HTTP: &http.Client{Transport: m}, Cache: filepath.Join(t.TempDir(), "images")}, m
}

func quiet(string, ...any) {}

func TestImageIsFoundByBoardVariantAndRelease(t *testing.T) {
	t.Parallel()
	s, _ := source(t)
	for want, text := range map[string]string{
		"ESP32_GENERIC-20251209-v1.27.0.bin":                        "ESP32_GENERIC",
		"ESP32_GENERIC-20250911-v1.26.1.bin":                        "ESP32_GENERIC@1.26",
		"ESP32_GENERIC-20250809-v1.26.0.bin":                        "ESP32_GENERIC@v1.26.0",
		"ESP32_GENERIC-20260301-v1.28.0-preview.12.g0123456789.bin": "ESP32_GENERIC@1.28.0-preview.12.g0123456789",
		"ESP32_GENERIC-SPIRAM-20251209-v1.27.0.bin":                 "ESP32_GENERIC-SPIRAM@1.27.0",
	} {
		board, release, err := image.Parse(text)
		require.NoError(t, err)
		i, err := s.Find(t.Context(), board, release)
		require.NoError(t, err, text)
		require.Equal(t, want, i.File(), text)
	}
}

func TestWhatThereIsNotSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	s, m := source(t)
	_, err := s.Find(t.Context(), "ESP32_GENERIC", "1.28")
	require.EqualError(t, err, pageURL+" names no release 1.28 of ESP32_GENERIC; there are 1.28.0-preview.12.g0123456789, 1.27.0, 1.26.1, 1.26.0, 1.9.4")
	_, err = s.Find(t.Context(), "ESP32_GENERIC-PSRAM", "")
	require.EqualError(t, err, pageURL+" names no image of ESP32_GENERIC-PSRAM; there are ESP32_GENERIC, ESP32_GENERIC-SPIRAM")
	m.RegisterResponder("GET", "https://micropython.org/download/RPI_PICO/", httpmock.NewStringResponder(200, "RPI_PICO-20251209-v1.27.0.uf2"))
	_, err = s.Find(t.Context(), "RPI_PICO", "")
	require.ErrorContains(t, err, "names no image: is it a board with an ESP32 or ESP8266?")
	m.RegisterResponder("GET", "https://micropython.org/download/ESP32/", httpmock.NewStringResponder(404, ""))
	_, err = s.Find(t.Context(), "ESP32", "")
	require.EqualError(t, err, "looking for an image of ESP32: https://micropython.org/download/ESP32/: 404 Not Found; the boards are those of https://micropython.org/download")
	_, _, err = image.Parse("../ESP32")
	require.ErrorContains(t, err, `"../ESP32" is not BOARD or BOARD@RELEASE`)
}

func TestImageIsFetchedOnceAndKnowsItsChip(t *testing.T) {
	t.Parallel()
	s, m := source(t)
	text := imagetest.ESP32(0, 0x1000, 300_000)
	m.RegisterResponder("GET", fileURL, httpmock.NewBytesResponder(200, text))
	for range 2 {
		i, err := s.Find(t.Context(), "ESP32_GENERIC", "1.27.0")
		require.NoError(t, err)
		i, err = s.Fetch(t.Context(), i, quiet)
		require.NoError(t, err)
		require.Equal(t, "esp32", i.Chip)
		require.EqualValues(t, 0x1000, i.Offset)
		got, err := os.ReadFile(i.Path)
		require.NoError(t, err)
		require.True(t, bytes.Equal(text, got))
	}
	require.Equal(t, 1, m.GetCallCountInfo()["GET "+fileURL])

	// Without a network, what the cache has will do, if the release was named.
	m.RegisterResponder("GET", pageURL, httpmock.NewErrorResponder(errors.New("no route to host")))
	i, err := s.Find(t.Context(), "ESP32_GENERIC", "1.27")
	require.NoError(t, err)
	_, err = s.Fetch(t.Context(), i, quiet)
	require.NoError(t, err)
	_, err = s.Find(t.Context(), "ESP32_GENERIC", "")
	require.ErrorContains(t, err, "no route to host")
}

func TestOffsetIsThatOfTheChip(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number uint16
		offset int
		chip   string
	}{
		{0, 0x1000, "esp32"},
		{2, 0x1000, "esp32s2"},
		{5, 0, "esp32c3"},
		{9, 0, "esp32s3"},
		{12, 0, "esp32c2"},
		{13, 0, "esp32c6"},
		{18, 0x2000, "esp32p4"},
		{23, 0x2000, "esp32c5"},
	} {
		s, m := source(t)
		m.RegisterResponder("GET", fileURL, httpmock.NewBytesResponder(200, imagetest.ESP32(c.number, c.offset, 300_000)))
		i, err := s.Fetch(t.Context(), image.Image{Board: "ESP32_GENERIC", Release: "1.27.0", Date: "20251209"}, quiet)
		require.NoError(t, err, c.chip)
		require.Equal(t, c.chip, i.Chip)
		require.EqualValues(t, c.offset, i.Offset)
	}
	s, m := source(t)
	m.RegisterResponder("GET", "https://micropython.org/resources/firmware/ESP8266_GENERIC-20251209-v1.27.0.bin", httpmock.NewBytesResponder(200, imagetest.ESP8266(600_000)))
	i, err := s.Fetch(t.Context(), image.Image{Board: "ESP8266_GENERIC", Release: "1.27.0", Date: "20251209"}, quiet)
	require.NoError(t, err)
	require.Equal(t, "esp8266", i.Chip)
	require.Zero(t, i.Offset)
}

func TestDownloadThatBreaksOffIsTriedAgainFromTheStart(t *testing.T) {
	t.Parallel()
	s, m := source(t)
	text := imagetest.ESP32(0, 0x1000, 300_000)
	short := httpmock.NewBytesResponse(200, text[:200_000])
	short.ContentLength = int64(len(text))
	torn := &http.Response{StatusCode: 200, ContentLength: -1, Body: io.NopCloser(io.MultiReader(bytes.NewReader(text[:1000]), &failing{}))}
	m.RegisterResponder("GET", fileURL, httpmock.ResponderFromMultipleResponses([]*http.Response{short, torn, httpmock.NewBytesResponse(200, text)}))
	i, err := s.Fetch(t.Context(), image.Image{Board: "ESP32_GENERIC", Release: "1.27.0", Date: "20251209"}, quiet)
	require.NoError(t, err)
	got, err := os.ReadFile(i.Path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(text, got))
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestWhatIsNoImageIsNotKept(t *testing.T) {
	t.Parallel()
	good := imagetest.ESP32(0, 0x1000, 300_000)
	damaged := bytes.Clone(good)
	damaged[0x10000] ^= 1
	noTable, otherTable, noHash := bytes.Clone(good), bytes.Clone(good), bytes.Clone(good)
	copy(noTable[0x7000:], bytes.Repeat([]byte("junk"), 100))
	otherTable[0x7000+5] ^= 1
	noHash[0xf000+23] = 0
	for name, c := range map[string]struct {
		text []byte
		want string
	}{
		"no partitions":         {noTable, "the table of partitions in it: its entry 0 begins with 6a 75"},
		"other partitions":      {otherTable, "the table of partitions in it: it is damaged: its MD5 is another"},
		"no hash":               {noHash, "the application in it: it brings no SHA-256"},
		"a page that says so":   {[]byte("<html>moved</html>"), "it is no image: it has 18 bytes"},
		"another kind of file":  {bytes.Repeat([]byte("x"), 300_000), "it is no image: it begins with 78 78 78 78"},
		"cut off at the server": {good[:290_000], "the application in it: it ends too soon"},
		"damaged":               {damaged, "the application in it: it is damaged: its SHA-256 is another"},
		"an unknown chip":       {imagetest.ESP32(99, 0, 300_000), "it is for a chip that espy does not know, number 99 of ESP-IDF"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, m := source(t)
			m.RegisterResponder("GET", fileURL, httpmock.NewBytesResponder(200, c.text))
			_, err := s.Fetch(t.Context(), image.Image{Board: "ESP32_GENERIC", Release: "1.27.0", Date: "20251209"}, quiet)
			require.ErrorContains(t, err, "fetching "+fileURL+": "+c.want)
			left, _ := filepath.Glob(filepath.Join(s.Cache, "*"))
			require.Empty(t, left)
			require.Equal(t, 3, m.GetCallCountInfo()["GET "+fileURL])
		})
	}
}

func TestDamagedFileInTheCacheIsFetchedAnew(t *testing.T) {
	t.Parallel()
	s, m := source(t)
	text := imagetest.ESP32(0, 0x1000, 300_000)
	m.RegisterResponder("GET", fileURL, httpmock.NewBytesResponder(200, text))
	i := image.Image{Board: "ESP32_GENERIC", Release: "1.27.0", Date: "20251209"}
	require.NoError(t, os.MkdirAll(s.Cache, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(s.Cache, i.File()), text[:299_999], 0o600))
	var said strings.Builder
	i, err := s.Fetch(t.Context(), i, func(format string, args ...any) { said.WriteString(format) })
	require.NoError(t, err)
	require.Contains(t, said.String(), "is damaged")
	got, err := os.ReadFile(i.Path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(text, got))
}

func TestNoBytesAreAPanic(t *testing.T) {
	t.Parallel()
	cache, ctx := t.TempDir(), t.Context()
	good := imagetest.ESP32(0, 0x1000, 300_000)
	rapid.Check(t, func(t *rapid.T) {
		text := bytes.Clone(good[:rapid.IntRange(0, len(good)).Draw(t, "length")])
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			if len(text) > 0 {
				text[rapid.IntRange(0, min(len(text), 64)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
			}
		}
		m := httpmock.NewMockTransport()
		m.RegisterResponder("GET", fileURL, httpmock.NewBytesResponder(200, text))
		s := image.Source{Site: image.Site, HTTP: &http.Client{Transport: m}, Cache: cache}
		i, err := s.Fetch(ctx, image.Image{Board: "ESP32_GENERIC", Release: "1.27.0", Date: "20251209"}, quiet)
		if err == nil {
			_ = os.Remove(i.Path)
		}
	})
}

func TestChipIsTheEndOfWhatAMachineIsCalled(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"esp32", "1.27.0 on Generic ESP32 module with ESP32", "esp32"},
		{"esp32", "1.27.0 on Generic ESP32 module with SPIRAM with ESP32", "esp32"},
		{"esp32", "1.27.0 on M5Stack with ESP32-PICO-D4", "esp32"},
		{"esp32", "1.27.0 on Generic ESP32S3 module with ESP32S3", "esp32s3"},
		{"esp32", "1.27.0 on a board with ESP32-C3FN4", "esp32c3"},
		{"esp32", "1.27.0 on a board with ESP32C61", "esp32c61"},
		{"esp8266", "1.27.0 on ESP module with ESP8266", "esp8266"},
		{"webassembly", "1.27.0 on JS with Emscripten", ""},
		{"esp32", "1.27.0 on a board", ""},
	} {
		require.Equal(t, c[2], image.ChipOf(c[0], c[1]), c[1])
	}
}
