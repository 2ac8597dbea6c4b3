package remote

import (
	"fmt"
	"regexp"

	"github.com/espy-hil/espy/hil/board"
)

// ErrTurnedAway says that who offers a board has given it to another client.
var ErrTurnedAway = fmt.Errorf("%w: who offers it says that another client has its UART: end that one, or wait until it has gone", board.ErrBusy)

// turnedAway is what espy sim and ser2net say to a second client: the latter, to one that
// does not speak Telnet, behind its last offer, IAC DO COM-PORT-OPTION, which ends in a
// comma.
var turnedAway = regexp.MustCompile(`another client has its UART|(?m:(^|,)Port already in use)`)

// TurnedAway tells whether that is what was heard on a line. Over TCP it comes where the
// board's own words are expected, and only who reads those can tell.
func TurnedAway(heard string) bool { return turnedAway.MatchString(heard) }
