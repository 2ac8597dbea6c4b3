package document

import (
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/espy-hil/espy/bench/measure"
)

// The drawing's size, and that of the room for its axes.
const (
	width, height         = 640, 360
	left, right, top, low = 64, 24, 16, 48
)

var colours = []string{"#0b7285", "#c2410c", "#6d28d9", "#15803d"}

// style is for light pages and dark ones: a drawing in a page does not get its style.
const style = `text{font:12px system-ui,sans-serif;fill:#333}.g{stroke:#8884;fill:none}.l{stroke:#888;stroke-dasharray:4 4;fill:none}
@media(prefers-color-scheme:dark){text{fill:#ccc}}`

// Plot draws curves over two logarithmic axes, where what grows in line is a straight
// line of the slope of the dashed ones, which go through each curve's last point.
func Plot(x string, curves []measure.Drawn) []byte {
	a := axesOf(curves)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img"><style>%s</style>`+"\n", width, height, style)
	for e := a.x0; e <= a.x1; e++ {
		at := a.x(math.Pow10(e))
		fmt.Fprintf(&b, `<path class="g" d="M%.1f %d V%d"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", at, top, height-low, at, height-low+18, number(math.Pow10(e)))
	}
	for e := a.y0; e <= a.y1; e++ {
		at := a.y(math.Pow10(e))
		fmt.Fprintf(&b, `<path class="g" d="M%d %.1f H%d"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left, at, width-right, left-6, at+4, Quantity(math.Pow10(e), a.unit))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", (left+width-right)/2, height-10, html.EscapeString(x))
	for i, c := range curves {
		if len(c.Points) > 0 {
			a.curve(&b, c, i)
		}
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// axes are from one power of ten to another.
type axes struct {
	x0, x1, y0, y1 int
	unit           string
}

func axesOf(curves []measure.Drawn) axes {
	a := axes{x0: math.MaxInt, x1: math.MinInt, y0: math.MaxInt, y1: math.MinInt}
	for _, c := range curves {
		for _, p := range c.Points {
			a.x0, a.x1 = min(a.x0, int(math.Floor(math.Log10(p[0])))), max(a.x1, int(math.Ceil(math.Log10(p[0]))))
			a.y0, a.y1 = min(a.y0, int(math.Floor(math.Log10(p[1])))), max(a.y1, int(math.Ceil(math.Log10(p[1]))))
			a.unit = c.Unit
		}
	}
	if a.x0 > a.x1 { // nothing to draw
		return axes{x1: 1, y1: 1}
	}
	a.x1, a.y1 = max(a.x1, a.x0+1), max(a.y1, a.y0+1)
	return a
}

func (a axes) x(v float64) float64 {
	return left + (math.Log10(v)-float64(a.x0))/float64(a.x1-a.x0)*(width-left-right)
}

func (a axes) y(v float64) float64 {
	return height - low - (math.Log10(v)-float64(a.y0))/float64(a.y1-a.y0)*(height-low-top)
}

// curve draws one, its name, and what would be in line with its last point.
func (a axes) curve(b *strings.Builder, c measure.Drawn, i int) {
	colour := colours[i%len(colours)]
	var points []string
	for _, p := range c.Points {
		points = append(points, fmt.Sprintf("%.1f,%.1f", a.x(p[0]), a.y(p[1])))
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"><title>%s</title></circle>`+"\n", a.x(p[0]), a.y(p[1]), colour,
			html.EscapeString(c.Name+", "+number(p[0])+": "+Quantity(p[1], c.Unit)))
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), colour)
	end := c.Points[len(c.Points)-1]
	from := max(c.Points[0][0], end[0]*math.Pow10(a.y0)/end[1]) // not below the axis
	fmt.Fprintf(b, `<path class="l" d="M%.1f %.1f L%.1f %.1f"/>`+"\n", a.x(from), a.y(end[1]*from/end[0]), a.x(end[0]), a.y(end[1]))
	fmt.Fprintf(b, `<text x="%d" y="%d" style="fill:%s">%s</text>`+"\n", left+12, top+16+16*i, colour, html.EscapeString(strings.ReplaceAll(c.Name, "`", "")))
}

// PlotName is the file of an experiment's drawing.
func PlotName(title string) string {
	return "benchmarks-" + strings.NewReplacer(" ", "-", ",", "").Replace(strings.ToLower(title)) + ".svg"
}
