//go:build unix

package doctor

import "golang.org/x/sys/unix"

// room is how many bytes a user may still write to the disk of a folder.
func room(folder string) (free int64, known bool) {
	var s unix.Statfs_t
	if unix.Statfs(folder, &s) != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
