package httpapi

import "testing"

func TestOpenAPI(t *testing.T) {
	text, err := OpenAPI("test")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(text))
}
