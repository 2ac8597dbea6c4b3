package doctor

import (
	"context"

	network "github.com/espy-hil/espy/hil/wifi"
)

// wifi looks at the variables from which real boards get their network.
func wifi(_ context.Context, m Machine) Finding {
	const name, password = network.SSID, network.Password
	switch {
	case m.Env(name) != "" && m.Env(password) != "":
		return ok(name + " and " + password + " are set")
	case m.Env(name) != "":
		return note(password+" is not set; right for an open network alone", "read -rs "+password+"; export "+password)
	case m.Env(password) != "":
		return trouble(password+" is set, and "+name+", the name of the network, is not", "export "+name+"=…")
	default:
		return note("neither is set; only real boards need a network", "export "+name+"=…; read -rs "+password+"; export "+password)
	}
}
