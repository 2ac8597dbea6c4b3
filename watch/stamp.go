package watch

import (
	"hash/maphash"
	"io"
	"os"
	"time"
)

// A stamp tells one state of a file from another. Its time alone would not: two writes
// may fall on one tick of the clock.
type stamp struct {
	at   time.Time
	size int64
	sum  uint64
}

var seed = maphash.MakeSeed()

// read is how much of a file counts: scenarios are smaller.
const read = 4 << 20

// stampOf is the stamp of a file; of what is none, or cannot be read now, there is
// none.
func stampOf(path string) (stamp, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return stamp{}, false
	}
	f, err := os.Open(path)
	if err != nil {
		return stamp{}, false
	}
	defer f.Close()
	var h maphash.Hash
	h.SetSeed(seed)
	if _, err := io.Copy(&h, io.LimitReader(f, read)); err != nil {
		return stamp{}, false
	}
	return stamp{info.ModTime().Round(0), info.Size(), h.Sum64()}, true
}
