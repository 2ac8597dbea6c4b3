package soc

import (
	"strings"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// nvs is the part of an ESP32's flash that holds values by their names.
type nvs map[string]string

// nvsFile is /dev/nvs: "set NAME VALUE", "get NAME" and "erase NAME" are written, of
// words without blanks; a value that is there is read after get and erase.
type nvsFile struct {
	file
	values nvs
}

func (f *nvsFile) Write(_ vm.Waiter, p []byte) (int, errno.Errno) {
	words := strings.Split(string(p), " ")
	switch {
	case len(words) == 3 && words[0] == "set":
		f.values[words[1]] = words[2]
	case len(words) == 2 && (words[0] == "get" || words[0] == "erase"):
		f.answer = []byte(f.values[words[1]])
		if words[0] == "erase" {
			delete(f.values, words[1])
		}
	default:
		return 0, errno.EINVAL
	}
	return len(p), errno.OK
}
