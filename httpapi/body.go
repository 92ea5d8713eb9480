package httpapi

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fadedistrict/fade"
)

// maxBody bounds a request's body, in bytes.
const maxBody = 1 << 20

// body is the JSON object that a request carries, read into a struct field by field: unknown fields are
// ignored, and every field that has the wrong type is named. What the fields may hold is for the verb to
// say; the schema documents it.
type body[T any] struct {
	value   T
	problem *Problem
}

// UnmarshalJSON keeps what is wrong until [body.Resolve] can say it with a status.
func (b *body[T]) UnmarshalJSON(text []byte) error {
	b.problem = decodeObject(text, reflect.ValueOf(&b.value).Elem())
	return nil
}

// Resolve implements [huma.Resolver].
func (b *body[T]) Resolve(huma.Context) []error {
	if b.problem != nil {
		return []error{b.problem}
	}
	return nil
}

// Schema implements [huma.SchemaProvider]: a body looks like what is in it.
func (b body[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

// jsonFormat is how bodies are read and written.
func jsonFormat() huma.Format {
	return huma.Format{
		Marshal: huma.DefaultJSONFormat.Marshal,
		Unmarshal: func(text []byte, into any) error {
			if u, ok := into.(json.Unmarshaler); ok {
				return u.UnmarshalJSON(text)
			}
			return json.Unmarshal(text, into)
		},
	}
}

func decodeObject(text []byte, into reflect.Value) *Problem {
	if !utf8.Valid(text) {
		return newProblem(fade.CodeMalformed, "The body is not valid UTF-8.")
	}
	if !json.Valid(text) {
		return newProblem(fade.CodeMalformed, "The body is not valid JSON.")
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(text, &given); err != nil || given == nil {
		return newProblem(fade.CodeInvalid, "The body must be a JSON object.", FieldError{"body", "This must be a JSON object."})
	}
	var wrong []FieldError
	decodeFields(given, into, &wrong)
	if len(wrong) > 0 {
		return newProblem(fade.CodeInvalid, "Some fields need another look.", wrong...)
	}
	return nil
}

// decodeFields reads the fields of a struct and of the structs it embeds.
func decodeFields(given map[string]json.RawMessage, into reflect.Value, wrong *[]FieldError) {
	t := into.Type()
	for i := range t.NumField() {
		if t.Field(i).Anonymous {
			decodeFields(given, into.Field(i), wrong)
			continue
		}
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		text, ok := given[name]
		if !ok {
			continue
		}
		if err := json.Unmarshal(text, into.Field(i).Addr().Interface()); err != nil {
			*wrong = append(*wrong, FieldError{"body." + name, complaint(t.Field(i).Type)})
		}
	}
}

// complaint says what a field of a type should have been.
func complaint(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[time.Time](), reflect.TypeFor[optionalTime]():
		return "This must be a date and time, such as 2026-11-22T18:30:00Z."
	case reflect.TypeFor[fade.Money]():
		return "This must be an amount with at most two decimals, such as 25.50."
	case reflect.TypeFor[reference]():
		return "This must be an id."
	}
	switch t.Kind() {
	case reflect.String:
		return "This must be text."
	case reflect.Bool:
		return "This must be true or false."
	case reflect.Int, reflect.Int64:
		return "This must be a whole number."
	}
	return "This has the wrong type."
}

// optionalTime is an instant that can be taken away: null in JSON, which is not the same as left out.
type optionalTime struct {
	given bool
	at    *time.Time
}

// UnmarshalJSON reads an instant or null.
func (o *optionalTime) UnmarshalJSON(text []byte) error {
	o.given = true
	return json.Unmarshal(text, &o.at)
}

// Schema implements [huma.SchemaProvider].
func (optionalTime) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Nullable: true}
}

// reference names another object by its id. It is read from the id, from null, which is the empty id, and
// from an object that has the id, so that a client may send what it has.
type reference struct {
	given bool
	id    string
}

// UnmarshalJSON reads any of the three.
func (r *reference) UnmarshalJSON(text []byte) error {
	r.given = true
	if len(text) > 0 && text[0] == '{' {
		object := struct {
			ID *string `json:"id"`
		}{&r.id}
		return json.Unmarshal(text, &object)
	}
	return json.Unmarshal(text, &r.id)
}

// Schema implements [huma.SchemaProvider].
func (reference) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid", Nullable: true}
}
