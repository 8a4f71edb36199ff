package pages

import (
	"fmt"
	"strconv"
)

// The size of the drawing of a chart, in its own units. The page scales it.
const (
	chartWidth  = 760.0
	chartHeight = 170.0
)

// Chart is a chart of bars, each divided into series.
type Chart struct {
	Caption string   // what it shows
	Key     string   // the heading of what the bars are
	Series  []string // the names of the parts
	Bars    []Bar
}

// Bar is a bar: its label and one value for each series.
type Bar struct {
	Label  string
	Values []int64
}

func (b Bar) sum() (sum int64) {
	for _, v := range b.Values {
		sum += v
	}
	return sum
}

// top is the largest sum of a bar, at least 1.
func (c Chart) top() int64 {
	top := int64(1)
	for _, b := range c.Bars {
		top = max(top, b.sum())
	}
	return top
}

// highest returns the bar with the largest sum, false if all are empty.
func (c Chart) highest() (Bar, bool) {
	var highest Bar
	for _, b := range c.Bars {
		if b.sum() > highest.sum() {
			highest = b
		}
	}
	return highest, highest.sum() > 0
}

// part is a rectangle of a bar.
type part struct{ X, Y, Width, Height, Class, Title string }

// parts returns the rectangles of all bars.
func (c Chart) parts(s Shell) (all []part) {
	step := chartWidth / float64(max(len(c.Bars), 1))
	width := min(step*0.78, 46)
	for i, b := range c.Bars {
		y := chartHeight
		for n, v := range b.Values {
			if v == 0 {
				continue
			}
			height := float64(v) / float64(c.top()) * (chartHeight - 10)
			y -= height
			all = append(all, part{
				X: decimal(float64(i)*step + (step-width)/2), Y: decimal(y), Width: decimal(width), Height: decimal(height),
				Class: "series" + strconv.Itoa(n+1), Title: fmt.Sprintf("%s: %s %s", b.Label, c.Series[n], s.Number(v)),
			})
		}
	}
	return all
}

// description returns in words what a chart shows.
func (c Chart) description(s Shell) string {
	if b, found := c.highest(); found {
		return s.T("chart_highest", b.Label+", "+s.Number(b.sum()))
	}
	return s.T("chart_empty")
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
