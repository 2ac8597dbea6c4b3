//go:build !(linux || darwin || freebsd || openbsd)

package serial

// lock is none: Windows opens a port for one program only.
type lock struct{ released chan struct{} }

func lockFolder() string { return "" }

func takeLock(string, string) (*lock, error) { return &lock{make(chan struct{})}, nil }

func (*lock) release() {}

func holder(string) string { return "" }

func groupOf(string) string { return "" }
