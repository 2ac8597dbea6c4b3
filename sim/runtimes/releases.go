package runtimes

// A Release is one published MicroPython VM.
type Release struct {
	Name    string // as users name it: 1.27
	Version string // of MicroPython: 1.27.0
	SHA256  string // of micropython.wasm; what is loaded is checked against it
	dir     string // its folder below node_modules: the alias in package.json
	Layout  Layout
}

// Layout is where a release has what the host looks at: see the type of that name in
// package vm.
type Layout struct{ GCInfo, Heap, Pool, FindQstr, Qstrs uint32 }

// releases are the ones that package.json pins, oldest first. The hashes were
// taken from the packages that package-lock.json pins by SHA-512.
var releases = []Release{
	{"1.24", "1.24.1", "6639689dd93575ef0c6183e0c41b0b7b0ee4503b3b75d657e1ad9725425e48fb", "micropython-1.24", Layout{81, 183800, 16, 93, 183468}},
	{"1.25", "1.25.0", "86663bb8916f83ee879cf6cf15d7b63c881b423742c52a17676d9f4658a0e0e0", "micropython-1.25", Layout{81, 184036, 16, 93, 183704}},
	{"1.26", "1.26.0", "2168fd5f9b3ad52811361f0f5ed5598d081c13c79c508062fb1ac68b530d569d", "micropython-1.26", Layout{81, 184544, 16, 93, 184212}},
	{"1.27", "1.27.0", "06338c955b03c5700aa0069015d3e392d76836ef8e2ce25bedbe59b88ccd373c", "micropython-1.27", Layout{81, 185492, 16, 93, 185156}},
	{"1.28", "1.28.0", "3f705482c97498cb24c90275b33038d9a2d1868439d8216002d90a75bdd28997", "micropython-1.28", Layout{81, 187960, 20, 94, 187612}},
	{"1.29", "1.29.0", "d5913c9327072e71d3e7a2e9384ea326f7d784bcc2f50a01b602c52bd2bdcafd", "micropython-1.29", Layout{83, 188504, 20, 96, 188156}},
}

// Releases lists what can be run, oldest first; the last is the default.
func Releases() []Release { return append([]Release(nil), releases...) }

// Find gives the release that a user named, as 1.27 or as 1.27.0; "" is the newest.
func Find(name string) (Release, bool) {
	if name == "" {
		return releases[len(releases)-1], true
	}
	for _, r := range releases {
		if name == r.Name || name == r.Version {
			return r, true
		}
	}
	return Release{}, false
}
