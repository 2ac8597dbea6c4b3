package rig

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// ownClient is the client that Espy brings.
const ownClient = "espy.requests"

// frozen are clients that a board may have of its own.
var frozen = []string{"requests"}

// Clients says which clients there are, for help and errors.
const Clients = "espy.requests, requests (the board's own), ./FILE.py (yours), net/http and curl (on this machine)"

// chosen is the clients that a user chose, by where they run.
type chosen struct {
	onBoards, onHost []string          // names as the agent, or the host's link, knows them
	files            map[string][]byte // of the user's own, by their paths on a board
}

// moduleName is what a file must be called for its module to be imported.
var moduleName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// clients sorts out what the user chose.
func clients(names []string) (chosen, error) {
	c := chosen{files: map[string][]byte{}}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return c, mistake("--client: %s is listed twice", name)
		}
		switch {
		case slices.Contains(hostClients, name):
			c.onHost = append(c.onHost, name)
		case name == ownClient || slices.Contains(frozen, name):
			c.onBoards = append(c.onBoards, name)
		case strings.HasSuffix(name, ".py"):
			module, content, err := userClient(name)
			if err != nil {
				return c, err
			}
			c.files[path.Join("/lib", module+".py")] = content
			c.onBoards = append(c.onBoards, module)
		default:
			return c, mistake("--client: there is no client %q; there are %s", name, Clients)
		}
	}
	return c, nil
}

// userClient reads a client of the user's own: the module of the file's name.
func userClient(file string) (module string, content []byte, err error) {
	module = strings.TrimSuffix(filepath.Base(file), ".py")
	switch {
	case !moduleName.MatchString(module):
		return "", nil, mistake("--client: %s cannot be imported: a module's name is letters, digits and _", file)
	case module == "espy" || slices.Contains(frozen, module):
		return "", nil, mistake("--client: %s would hide a module of the board's own; give the file another name", file)
	}
	content, err = os.ReadFile(file)
	if err != nil {
		return "", nil, mistake("--client: %w", err)
	}
	return module, content, nil
}
