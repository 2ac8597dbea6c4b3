//go:build unix

package doctor

import (
	"os"
	"os/user"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// openable tells whether this user may open a device, and if not, which group may.
func openable(device string) (group string, may bool) {
	if unix.Access(device, unix.R_OK|unix.W_OK) == nil {
		return "", true
	}
	info, err := os.Stat(device)
	if err != nil || info.Mode().Perm()&0o060 != 0o060 {
		return "", false
	}
	of, known := info.Sys().(*syscall.Stat_t)
	if !known {
		return "", false
	}
	g, err := user.LookupGroupId(strconv.Itoa(int(of.Gid)))
	if err != nil {
		return "", false
	}
	return g.Name, false
}
