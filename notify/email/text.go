package email

import (
	"strings"
	"unicode/utf8"
)

// lineLength is where lines of text break, in characters: RFC 5322, section 2.1.1.
const lineLength = 76

// wrap breaks a text into lines, of which all but the first are indented; what is longer than a line stays whole.
func wrap(indent, s string) string {
	var out strings.Builder
	length := utf8.RuneCountInString(indent) // the first line begins after something of that length
	for i, word := range strings.Fields(s) {
		size := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case length+1+size > lineLength:
			out.WriteString("\n" + indent)
			length = utf8.RuneCountInString(indent)
		default:
			out.WriteByte(' ')
			length++
		}
		out.WriteString(word)
		length += size
	}
	return out.String()
}

// quote marks what somebody else wrote.
func quote(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight("> "+wrap("> ", line), " ")
	}
	return strings.Join(lines, "\n")
}

// rule underlines a heading.
func rule(s string) string { return strings.Repeat("-", min(utf8.RuneCountInString(s), lineLength)) }

// table writes facts below each other, the values in one column.
func table(facts []Fact) string {
	width := 0
	for _, f := range facts {
		width = max(width, utf8.RuneCountInString(f.Name))
	}
	lines := make([]string, len(facts))
	for i, f := range facts {
		name := f.Name + ":" + strings.Repeat(" ", width-utf8.RuneCountInString(f.Name)+1)
		lines[i] = name + wrap(strings.Repeat(" ", width+2), f.Value+" "+f.Unbroken)
	}
	return strings.Join(lines, "\n")
}
