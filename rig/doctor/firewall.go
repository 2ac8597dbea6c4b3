package doctor

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
)

var ufwEnabled = regexp.MustCompile(`(?mi)^\s*ENABLED\s*=\s*"?yes"?\s*$`)

// inputDropped is a chain for what comes in whose policy is to drop it.
var inputDropped = regexp.MustCompile(`hook input [^;]*; policy drop`)

// firewall looks for one that may keep real boards from the servers of runs. Its rules
// only root can read.
func firewall(ctx context.Context, m Machine) Finding {
	const only = "; only real boards, which come from the LAN, need to be let in"
	if text, err := os.ReadFile(m.file("/etc/ufw/ufw.conf")); err == nil && ufwEnabled.Match(text) {
		return note("ufw is active"+only, "sudo ufw allow from 192.168.0.0/16 to any port 40000:40100 proto tcp  # with your own network; and then espy run --ports 40000-40100")
	}
	if path, err := m.Find("firewall-cmd"); err == nil {
		if said, _ := m.Run(ctx, path, "--state"); strings.HasPrefix(said, "running") {
			return note("firewalld is active"+only, "sudo firewall-cmd --add-source=192.168.0.0/16 --zone=trusted  # with your own network")
		}
	}
	if path, err := m.Find("nft"); err == nil {
		said, err := m.Run(ctx, path, "list", "ruleset")
		switch {
		case err != nil:
			return note(fmt.Sprintf("whether nftables drops what comes in is not to be seen (%s)%s", firstLine(said), only), "sudo nft list ruleset")
		case inputDropped.MatchString(said):
			return note("nftables drops what comes in"+only, "sudo nft list ruleset")
		}
	}
	return ok("none was found that is active")
}
