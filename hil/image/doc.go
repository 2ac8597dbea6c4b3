// Package image finds the official images of MicroPython and fetches them.
//
// The words. A board is what micropython.org calls it, ESP32_GENERIC, with a variant
// behind it where it has one: ESP32_GENERIC-SPIRAM. An image is one file that goes onto a
// chip's flash at its chip's offset. A release is a version of MicroPython.
//
//	BOARD[@RELEASE] --Find--> download page --> Image --Fetch--> checked file in the cache
//	                            '-- not to be had: what the cache holds of that release
//
// micropython.org publishes no checksums, but an image brings its own: see verify.go.
// A file in the cache was checked when it came, stands there whole or not at all, and is
// checked again before it is used.
package image

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Site is where the official images are.
const Site = "https://micropython.org"

// Source is where images come from, and are kept.
type Source struct {
	Site  string       // without a slash at its end
	HTTP  *http.Client // nil: one that gives up after a while
	Cache string       // a folder
}

// Usual is micropython.org, with the user's cache.
func Usual() (Source, error) {
	s := Source{Site: Site, HTTP: &http.Client{Timeout: 10 * time.Minute}}
	if own := os.Getenv("ESPY_CACHE"); own != "" {
		s.Cache = filepath.Join(own, "images")
		return s, nil
	}
	cache, err := os.UserCacheDir()
	s.Cache = filepath.Join(cache, "espy", "images")
	return s, err
}

// Image is an official image.
type Image struct {
	Board   string // with its variant
	Release string // 1.27.0
	Date    string // 20251209
	Chip    string // as esptool calls it: known once it is fetched
	Offset  int64  // where it goes on the flash, likewise
	Path    string // the file in the cache, likewise
}

// File is the image's name.
func (i Image) File() string { return fmt.Sprintf("%s-%s-v%s.bin", i.Board, i.Date, i.Release) }

// named is the name of an image's file.
var named = regexp.MustCompile(`\b([A-Za-z0-9_]+(?:-[A-Z0-9_]+)*)-(\d{8})-v(\d+\.\d+(?:\.\d+)?(?:-preview\.\d+\.g[0-9a-f]+)?)\.bin\b`)

// images are those that a text names, once each.
func images(text string) []Image {
	var all []Image
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		if i := (Image{Board: m[1], Date: m[2], Release: m[3]}); !slices.Contains(all, i) {
			all = append(all, i)
		}
	}
	return all
}

// Parse reads BOARD[@RELEASE].
func Parse(text string) (board, release string, err error) {
	board, release, _ = strings.Cut(text, "@")
	if !regexp.MustCompile(`^[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*$`).MatchString(board) {
		return "", "", fmt.Errorf("%q is not BOARD or BOARD@RELEASE, such as ESP32_GENERIC@1.27.0; the boards are those of %s/download", text, Site)
	}
	return board, strings.TrimPrefix(release, "v"), nil
}

// choose is the newest image of a board in a release, such as 1.27 or 1.27.0; without
// one, the newest that is no preview.
func choose(all []Image, board, release string) (Image, bool) {
	all = slices.DeleteFunc(slices.Clone(all), func(i Image) bool {
		stable := !strings.Contains(i.Release, "preview")
		return i.Board != board || i.Release != release && !(stable && (release == "" || strings.HasPrefix(i.Release, release+".")))
	})
	if len(all) == 0 {
		return Image{}, false
	}
	return slices.MaxFunc(all, func(a, b Image) int {
		return cmp.Or(slices.Compare(numbers(a.Release), numbers(b.Release)), cmp.Compare(a.Date, b.Date))
	}), true
}

// numbers are those of a release, for comparisons.
func numbers(release string) []int {
	var all []int
	for part := range strings.FieldsFuncSeq(release, func(r rune) bool { return r < '0' || r > '9' }) {
		n, err := strconv.Atoi(part)
		if err != nil {
			break
		}
		all = append(all, n)
	}
	return all
}
