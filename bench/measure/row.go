package measure

import "time"

// An Outcome is what an experiment came to.
type Outcome struct {
	Section string        `json:"section"`
	Title   string        `json:"title"`
	About   string        `json:"about,omitempty"`
	Took    time.Duration `json:"took_ns"`
	Others  *float64      `json:"others,omitempty"` // the part of the processors that other programs had meanwhile
	Rows    []Row         `json:"rows"`
	Curves  []Drawn       `json:"curves,omitempty"`
	Broken  []string      `json:"broken,omitempty"` // sources that failed, and not for want of a program
}

// A Row is one party of a figure.
type Row struct {
	Figure string    `json:"figure"`
	What   string    `json:"what"`
	Unit   string    `json:"unit"`
	Better Direction `json:"better"`
	Who    string    `json:"who"`
	Value  *Summary  `json:"value,omitempty"`
	Times  *Summary  `json:"times_as_good,omitempty"` // how many times better ours is than this one
	Why    string    `json:"left_out,omitempty"`      // instead of a value
}

// rows are those of a figure, ours first.
func (f Figure) rows(e Experiment, all turns) (rows []Row) {
	var ours []float64
	for i, s := range f.Of {
		row := Row{Figure: f.ID, What: f.What, Unit: f.Unit, Better: f.Better, Who: s.Who}
		samples, err := all.samples(s)
		switch {
		case err != nil:
			row.Why = err.Error()
		case len(samples) == 0:
			row.Why = "nothing was measured"
		default:
			row.Value = Summarize(samples)
		}
		if i == 0 {
			ours = samples
		} else if row.Value != nil && len(ours) > 0 {
			row.Times = times(ours, samples, f.Better)
		}
		rows = append(rows, row)
	}
	return rows
}

// times are the ratios of the readings of the same rounds, above 1 where ours is
// better; nil where one of them is nothing.
func times(ours, theirs []float64, better Direction) *Summary {
	var ratios []float64
	for i := range min(len(ours), len(theirs)) {
		one, other := ours[i], theirs[i]
		if better == Less {
			one, other = other, one
		}
		if ours[i] == 0 || theirs[i] == 0 {
			return nil
		}
		ratios = append(ratios, one/other)
	}
	return Summarize(ratios)
}

// Drawn is a curve with its values, where there are any.
type Drawn struct {
	Name   string       `json:"name"`
	Unit   string       `json:"unit"`
	Points [][2]float64 `json:"points"` // of how many, and the value
}

func (c Curve) drawn(rows []Row) Drawn {
	d := Drawn{Name: c.Name}
	for _, p := range c.Points {
		for _, row := range rows {
			if row.Figure == p.Figure && row.Value != nil {
				d.Unit = row.Unit
				d.Points = append(d.Points, [2]float64{float64(p.Of), row.Value.Median})
				break
			}
		}
	}
	return d
}
