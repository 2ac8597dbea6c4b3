package wifi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"github.com/espy-hil/espy/hil/repl"
)

// answer is what firmware/espy/wifi.py says.
type answer struct {
	Has, Joined, Reached bool
	Stored               bool // the network is the one that Store has put there
	Status, Why          string
	MS                   int64 `json:"ms"`
	RSSI                 int   `json:"rssi"`
	Address, Mask        string
}

func ask(ctx context.Context, a Asker, limit time.Duration, code string) (answer, error) {
	const more = 5 * time.Second // to import what asks
	// The heap is the requests': nothing of the module stays.
	text, err := a.Ask(ctx, "import gc, sys\nfrom espy import wifi\nwifi."+code+
		"\ndel wifi, sys.modules['espy'].wifi, sys.modules['espy.wifi']\ngc.collect()", limit+more)
	if err != nil {
		return answer{}, err
	}
	var said answer
	if err := json.Unmarshal(text, &said); err != nil {
		return answer{}, fmt.Errorf("what the board says of its network cannot be read: %w", err)
	}
	return said, nil
}

// Join brings a board onto the network of the credentials; has tells whether the board
// has Wi-Fi at all.
func Join(ctx context.Context, name string, a Asker, c Credentials) (n Network, has bool, err error) {
	ssid, key := "None", "None"
	if c.SSID != "" {
		ssid, key = repl.Quote(c.SSID), repl.Quote(c.Password)
	}
	code := fmt.Sprintf("join(%s, %s, %d)", ssid, key, joinLimit.Milliseconds())
	said, err := ask(ctx, a, joinLimit, code)
	switch {
	case err != nil:
		return n, true, fmt.Errorf("board %s: joining a network: %w", name, err)
	case !said.Has:
		return n, false, nil
	case !said.Joined:
		return n, true, notJoined(name, c, said)
	}
	if n.Address, err = netip.ParseAddr(said.Address); err != nil {
		return n, true, fmt.Errorf("board %s says that its address is %q", name, said.Address)
	}
	n.Mask, n.RSSI, n.Took = said.Mask, said.RSSI, time.Duration(said.MS)*time.Millisecond
	return n, true, nil
}

// notJoined says why, and where to look.
func notJoined(name string, c Credentials, said answer) error {
	switch {
	case said.Stored:
		return trouble("board %s did not join the network that espy deploy --store-wifi has put on its flash, in %s (its status is %s): see whether that is in reach, and store it anew if its password has changed",
			name, said.took(), said.Status)
	case c.SSID == "":
		return trouble("board %s is on no network: set %s and %s to those of the network that it shares with this computer, or have its boot.py join one",
			name, c.SSIDVariable, c.PassVariable)
	}
	look := "see whether the access point is up, and in reach"
	switch said.Status {
	case "NO_AP_FOUND":
		look = "no access point of that name is in reach: look at " + c.SSIDVariable + ", and remember that these chips hear 2.4 GHz alone"
	case "WRONG_PASSWORD":
		look = "the access point refuses the password: look at " + c.PassVariable
	}
	return trouble("board %s did not join the network of %s in %s (its status is %s): %s",
		name, c.SSIDVariable, said.took(), said.Status, look)
}

// took is how long the board has tried.
func (a answer) took() time.Duration {
	return (time.Duration(a.MS) * time.Millisecond).Round(100 * time.Millisecond)
}
