package changes

import (
	"cmp"
	"slices"

	"github.com/espy-hil/espy/hil/result"
)

// When a run counts as slower or hungrier. On a machine of two processors, the bundled
// scenarios made twice with four runs at once, a run of some milliseconds takes up to
// 200 times as long as before, and up to 100 ms more, with nothing changed; of three
// repeats, made one after the other, the fastest still takes up to 2.4 times as long,
// and 27 ms more. The memory that a request allocates is the same within 2 %.
const (
	slowerTimes = 2.0 // as long as before at least, at the pace of the board
	slowerByMS  = 250.0
	// Where both have as many repeats, the fastest counts, and must take longer than
	// the slowest did.
	leastRepeats = 3
	repeatedByMS = 100.0

	hungrierTimes = 1.1
	hungrierBy    = 512 // bytes

	paceTimes     = 2.0
	leastForAPace = 20 // runs
)

// What is measured.
const (
	timing   = "run"       // milliseconds on the host's clock
	memory   = "allocated" // bytes of the board's heap, for the request and its body
	imported = "import"    // bytes that the client takes once it is imported, the same in all runs
)

// A Cost is what a run took before and after: milliseconds, or bytes.
type Cost struct {
	Name
	What   string  `json:"what"` // ms, bytes allocated, bytes of the client once imported
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// A Pace is how a board's runs took longer as a whole, which says that the machine, or
// all of them, became slower; single runs are measured against it.
type Pace struct {
	Board  string  `json:"board"`
	Client string  `json:"client"`
	Times  float64 `json:"times"` // in the middle of its runs
}

// place is a board with a client.
type place struct{ board, client string }

// costs finds what became slower and hungrier among what passed before and after: a run
// that fails in another way takes another time.
func (c *Changes) costs(was, is index) {
	paces := paces(was, is)
	for p, times := range paces {
		if times >= paceTimes {
			c.Boards = append(c.Boards, Pace{p.board, p.client, times})
		}
	}
	slices.SortFunc(c.Boards, func(a, b Pace) int { return cmp.Or(cmp.Compare(a.Board, b.Board), cmp.Compare(a.Client, b.Client)) })
	seen := map[place]bool{}
	each(was, is, func(name key, then, now *taken) {
		p := place{name.Board, name.Client}
		if a, b := times(then), times(now); len(a) > 0 && len(b) > 0 && slower(a, b, max(paces[p], 1)) {
			c.Slower = append(c.Slower, Cost{name.Name, "ms", a[0], b[0]})
		}
		if a, b := bytes(then, memory), bytes(now, memory); hungrier(a, b) {
			c.Hungrier = append(c.Hungrier, Cost{name.Name, "bytes allocated", float64(a[0]), float64(b[0])})
		}
		if a, b := bytes(then, imported), bytes(now, imported); !seen[p] && hungrier(a, b) {
			seen[p] = true
			c.Hungrier = append(c.Hungrier, Cost{Name{Board: p.board, Client: p.client}, "bytes of the client once imported", float64(a[0]), float64(b[0])})
		}
	})
}

// each is called for whatever passed before and after.
func each(was, is index, f func(key, *taken, *taken)) {
	for _, name := range is.order {
		then, now := was.of[name], is.of[name]
		if then != nil && then.verdict == result.Pass && now.verdict == result.Pass {
			f(name, then, now)
		}
	}
}

// paces is how many times as long as before the runs of each board took, in the middle
// of them.
func paces(was, is index) map[place]float64 {
	ratios := map[place][]float64{}
	each(was, is, func(name key, then, now *taken) {
		p := place{name.Board, name.Client}
		if a, b := times(then), times(now); len(a) > 0 && len(b) > 0 && a[0] > 0 {
			ratios[p] = append(ratios[p], b[0]/a[0])
		}
	})
	all := map[place]float64{}
	for p, r := range ratios {
		if len(r) >= leastForAPace {
			slices.Sort(r)
			all[p] = r[len(r)/2]
		}
	}
	return all
}

// slower compares the times of repeats, sorted, on a machine of another pace.
func slower(before, after []float64, pace float64) bool {
	a, b, by := before[0]*pace, after[0], slowerByMS
	if len(before) >= leastRepeats && len(after) >= leastRepeats {
		by = repeatedByMS
	}
	return b >= slowerTimes*a && b-a >= by && b > before[len(before)-1]*pace
}

// hungrier compares the bytes of repeats, sorted.
func hungrier(before, after []int64) bool {
	if len(before) == 0 || len(after) == 0 {
		return false
	}
	a, b := before[len(before)-1], after[0]
	return float64(b) >= hungrierTimes*float64(a) && b-a >= hungrierBy
}

// times are the milliseconds of repeats, sorted.
func times(t *taken) (all []float64) {
	for _, r := range t.runs {
		if ms, ok := r.TimingMS[timing]; ok {
			all = append(all, ms)
		}
	}
	slices.Sort(all)
	return all
}

// bytes are a measure of memory of repeats, sorted.
func bytes(t *taken, of string) (all []int64) {
	for _, r := range t.runs {
		if n, ok := r.Memory[of]; ok {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}
