package soc

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/espy-hil/espy/sim/errno"
	"github.com/espy-hil/espy/sim/vm"
)

// nvs is the part of an ESP32's flash that holds values by their names.
type nvs map[string]string

// Recall gives the chip the values that it kept when it had power before, and has each
// change kept: keep is given all of them as text, on the board's goroutine.
func (c *Chip) Recall(text []byte, keep func(text []byte) errno.Errno) error {
	c.keep = keep
	if len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, &c.values); err != nil {
		return fmt.Errorf("reading the values of the chip's NVS: %w", err)
	}
	if c.values == nil { // the text was null
		c.values = nvs{}
	}
	return nil
}

// change makes a change and has it kept, or takes it back.
func (c *Chip) change(name, value string, there bool) errno.Errno {
	before, was := c.values[name]
	if before == value && was == there {
		return errno.OK
	}
	c.values.put(name, value, there)
	text, err := json.MarshalIndent(c.values, "", "\t")
	if err != nil {
		panic(err) // a map of texts
	}
	e := c.keep(text)
	if e != errno.OK {
		c.values.put(name, before, was)
	}
	return e
}

func (n nvs) put(name, value string, there bool) {
	if there {
		n[name] = value
	} else {
		delete(n, name)
	}
}

// nvsFile is /dev/nvs: "set NAME VALUE", "get NAME" and "erase NAME" are written, of
// words without blanks; a value that is there is read after get and erase.
type nvsFile struct {
	file
	chip *Chip
}

func (f *nvsFile) Write(_ vm.Waiter, p []byte) (int, errno.Errno) {
	words := strings.Split(string(p), " ")
	e := errno.OK
	switch {
	case len(words) == 3 && words[0] == "set":
		e = f.chip.change(words[1], words[2], true)
	case len(words) == 2 && (words[0] == "get" || words[0] == "erase"):
		f.answer = []byte(f.chip.values[words[1]])
		if words[0] == "erase" {
			e = f.chip.change(words[1], "", false)
		}
	default:
		e = errno.EINVAL
	}
	if e != errno.OK {
		return 0, e
	}
	return len(p), errno.OK
}
