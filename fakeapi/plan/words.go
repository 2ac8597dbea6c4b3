package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/espy-hil/espy/fakeapi/plan/personality"
)

// Words are the part of a plan that a person sets with a few words, on a command
// line or a page: which versions are accepted, and what goes wrong. The zero Words
// are those of the plain fake API.
type Words struct {
	Personality string            `json:"personality"` // name; "": none
	Accept      []string          `json:"accept"`      // "1.0", "1.1"; empty: both
	Refuse      string            `json:"refuse"`      // "505", "426", any status from 400 to 599, "close"; "": 505
	Answer      string            `json:"answer"`      // "same", "1.0", "1.1"; "": 1.1
	Faults      map[string]string `json:"faults"`      // name to amount: {"latency": "50ms"}
}

// Apply puts the words into p, and takes out what they do not say. An error is a
// sentence that begins with the word that is wrong: "accept: …".
func (w Words) Apply(p *Server) error {
	versions, err := w.versions()
	if err != nil {
		return err
	}
	real, err := w.personality()
	if err != nil {
		return err
	}
	faults, err := w.faults()
	if err != nil {
		return err
	}
	p.Versions, p.Personality, p.Faults = versions, real, faults
	return nil
}

func (w Words) personality() (*personality.Personality, error) {
	if w.Personality == "" {
		return nil, nil
	}
	if len(w.Accept) > 0 || w.Refuse != "" || w.Answer != "" {
		return nil, errors.New("personality: it decides on versions by itself: leave out accept, refuse and answer")
	}
	p, err := personality.Named(w.Personality)
	if err != nil {
		return nil, fmt.Errorf("personality: %w", err)
	}
	return p, nil
}

func (w Words) versions() (*Versions, error) {
	if len(w.Accept) == 0 && w.Refuse == "" && w.Answer == "" {
		return nil, nil
	}
	v := Versions{Answer: w.Answer}
	for _, version := range w.Accept {
		if version != "1.0" && version != "1.1" {
			return nil, fmt.Errorf("accept: there is no version %.40q; there are 1.0 and 1.1", version)
		}
		if !slices.Contains(v.Accept, version) {
			v.Accept = append(v.Accept, version)
		}
	}
	if !slices.Contains([]string{"", "same", "1.0", "1.1"}, w.Answer) {
		return nil, fmt.Errorf("answer: %.40q is none of same, 1.0 and 1.1", w.Answer)
	}
	if w.Refuse == "" {
		return &v, nil
	}
	if len(v.Accept) != 1 {
		return nil, errors.New("refuse: nothing is refused where both versions are accepted: accept one of them alone")
	}
	if v.Refuse.Close = w.Refuse == "close"; v.Refuse.Close {
		return &v, nil
	}
	status, err := strconv.Atoi(w.Refuse)
	if err != nil || status < 400 || status > 599 {
		return nil, fmt.Errorf("refuse: %.40q is neither close nor a status from 400 to 599", w.Refuse)
	}
	v.Refuse.Status = status
	return &v, nil
}

func (w Words) faults() ([]Fault, error) {
	var all []Fault
	for _, name := range slices.Sorted(maps.Keys(w.Faults)) {
		text := name + "=" + w.Faults[name]
		if w.Faults[name] == "" {
			text = name
		}
		f, err := ParseFault(text)
		if err != nil {
			return nil, fmt.Errorf("fault: %w", err)
		}
		for _, other := range all {
			if Excludes(other, f) {
				return nil, fmt.Errorf("fault: %s and %s cannot stand beside each other", other.Name, f.Name)
			}
		}
		all = append(all, f)
	}
	return all, nil
}

// WordsOf says p in words, as far as they go.
func WordsOf(p Server) Words {
	w := Words{Accept: []string{}, Faults: map[string]string{}}
	if p.Personality != nil {
		w.Personality = p.Personality.Name
	}
	if v := p.Versions; v != nil {
		w.Accept, w.Answer = append(w.Accept, v.Accept...), v.Answer
		switch {
		case v.Refuse.Close:
			w.Refuse = "close"
		case v.Refuse.Status != 0:
			w.Refuse = strconv.Itoa(v.Refuse.Status)
		}
	}
	for _, f := range p.Faults {
		w.Faults[f.Name] = f.amount()
	}
	return w
}

// amount is how the fault's amount is written.
func (f Fault) amount() string {
	switch faultKinds[f.Name].Takes {
	case Duration:
		return time.Duration(f.Amount).String()
	case Flag:
		return strconv.FormatBool(f.Amount != 0)
	case Size, Count:
	}
	return strconv.FormatInt(f.Amount, 10)
}

// String is p in one line, for whoever starts a server.
func (w Words) String() string {
	var said []string
	switch {
	case w.Personality != "":
		said = append(said, "treats versions as "+w.Personality)
	case len(w.Accept) == 1:
		said = append(said, "accepts HTTP/"+w.Accept[0]+" alone")
	default:
		said = append(said, "accepts HTTP/1.0 and HTTP/1.1")
	}
	if w.Refuse != "" {
		said = append(said, "refuses others with "+w.Refuse)
	}
	if w.Answer != "" {
		said = append(said, "answers in "+w.Answer)
	}
	for _, name := range slices.Sorted(maps.Keys(w.Faults)) {
		said = append(said, name+" "+w.Faults[name])
	}
	return strings.Join(said, ", ")
}
