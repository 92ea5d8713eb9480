package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/fadedistrict/fade"
)

// listing collects the conditions of a list and their arguments.
type listing struct {
	all  []string
	args []any
}

// arg adds an argument and gives its placeholder.
func (l *listing) arg(value any) string {
	l.args = append(l.args, value)
	return "$" + strconv.Itoa(len(l.args))
}

func (l *listing) where(condition string) { l.all = append(l.all, condition) }

// is adds the condition that a column has a value.
func (l *listing) is(column string, value any) { l.where(column + " = " + l.arg(value)) }

// in adds the condition that a column has one of the values, unless there are none.
func (l *listing) in(column string, values []string) {
	if len(values) == 0 {
		return
	}
	placeholders := make([]string, len(values))
	for i, value := range values {
		placeholders[i] = l.arg(value)
	}
	l.where(column + " IN (" + strings.Join(placeholders, ", ") + ")")
}

func (l *listing) conditions() string {
	if len(l.all) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(l.all, " AND ")
}

// The bounds of a search: more words than people type, in less text than a pattern may have.
const (
	searchWords = 16
	searchBytes = 1000
)

// search adds the condition that each word occurs in one of the columns, which hold lower-cased text.
func (l *listing) search(text string, columns ...string) error {
	words := strings.Fields(strings.ToLower(text))
	switch {
	case !storable(text):
		return fade.FieldErrorf(fade.CodeInvalid, "search", "This is not text.")
	case len(words) > searchWords || len(text) > searchBytes:
		return fade.FieldErrorf(fade.CodeInvalid, "search", "Search for at most %d words.", searchWords)
	}
	literal := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	for _, word := range words {
		pattern := l.arg("%" + literal.Replace(word) + "%")
		matches := make([]string, len(columns))
		for i, column := range columns {
			matches[i] = column + " LIKE " + pattern + ` ESCAPE '\'`
		}
		l.where("(" + strings.Join(matches, " OR ") + ")")
	}
	return nil
}

// searchable gives the text that search looks in.
func searchable(fields ...string) string { return strings.ToLower(strings.Join(fields, "\n")) }

// sortKey is what a list can be sorted by: an expression that is never NULL, of text or of integers.
type sortKey struct {
	expression string
	text       bool
}

// cursor is the place after a row: the sort, and the row's key and id in it.
type cursor struct {
	Sort   string `json:"s"`
	Text   string `json:"t,omitempty"`
	Number int64  `json:"n,omitempty"`
	ID     string `json:"i"`
}

func (c cursor) encode() string {
	text, _ := json.Marshal(c) // strings and a number: cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

var errTrailing = errors.New("store: text after the cursor")

// decodeCursor reads a cursor of the sort; CodeMalformed for anything that encode did not write for it.
func decodeCursor(s, sort string) (c cursor, err error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err == nil {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err = decoder.Decode(&c); err == nil && decoder.More() {
			err = errTrailing
		}
	}
	if err != nil || c.Sort != sort || !fade.ValidID(c.ID) || !storable(c.Text) {
		return c, fade.Errorf(fade.CodeMalformed, "This cursor is not one of this list's.")
	}
	return c, nil
}

// list says how to read a page of one kind of row.
type list[T any] struct {
	op      string
	columns string
	from    string
	id      string             // the column that settles ties
	sorts   map[string]sortKey // by the name that a page asks for
	sort    string             // the default
	scan    func(row) (T, error)
}

// page reads the page of the rows that meet the conditions.
func (l list[T]) page(t *transaction, where *listing, p fade.Page) (found fade.List[T], err error) {
	sort := p.Sort
	if sort == "" {
		sort = l.sort
	}
	name, descending := strings.CutPrefix(sort, "-")
	key, ok := l.sorts[name]
	if !ok {
		return found, fade.FieldErrorf(fade.CodeInvalid, "sort", "This list cannot be sorted by %q.", name)
	}
	direction, beyond := "ASC", ">"
	if descending {
		direction, beyond = "DESC", "<"
	}
	if p.Cursor != "" {
		after, err := decodeCursor(p.Cursor, sort)
		if err != nil {
			return found, err
		}
		var value any = after.Number
		if key.text {
			value = after.Text
		}
		where.where("(" + key.expression + ", " + l.id + ") " + beyond + " (" + where.arg(value) + ", " + where.arg(after.ID) + ")")
	}
	text := "SELECT " + key.expression + ", " + l.id + ", " + l.columns + " FROM " + l.from + where.conditions() +
		" ORDER BY " + key.expression + " " + direction + ", " + l.id + " " + direction + " LIMIT " + where.arg(p.Size()+1)

	found.Items = []T{}
	last := cursor{Sort: sort}
	err = t.query(l.op, func(r row) error {
		if len(found.Items) == p.Size() {
			found.Next = last.encode()
			return nil
		}
		item, err := l.scan(keyed{r, key, &last})
		found.Items = append(found.Items, item)
		return err
	}, text, where.args...)
	return found, err
}

// keyed is a row that begins with its key and id, which it keeps for the cursor.
type keyed struct {
	row
	key  sortKey
	last *cursor
}

func (k keyed) Scan(dest ...any) error {
	var value any = &k.last.Number
	if k.key.text {
		value = &k.last.Text
	}
	return k.row.Scan(append([]any{value, &k.last.ID}, dest...)...)
}
