package fade

// The bounds of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// Page asks for a part of a list. Cursor is empty for the first page and otherwise the Next of the page
// before; it is opaque, and only good for the same search, filters and sort.
type Page struct {
	Limit  int // 0 is DefaultLimit; more than MaxLimit is MaxLimit
	Cursor string
	Sort   string // a field's name, with "-" before it for descending; "" is the list's default
	Search string // words that must occur in the row, whatever their case
}

// Size gives the number of rows to read.
func (p Page) Size() int {
	switch {
	case p.Limit <= 0:
		return DefaultLimit
	case p.Limit > MaxLimit:
		return MaxLimit
	}
	return p.Limit
}

// List is one page of rows. Next is the cursor of the page after it, empty on the last.
type List[T any] struct {
	Items []T
	Next  string
}
