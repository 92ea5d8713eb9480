package fade

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Money is an amount in hundredths of the currency's unit. On the wire it is a decimal number, such as
// 25.50; a string of the same form is read as well, because the original system wrote one.
type Money int64

// maxMoney bounds an amount to what a JavaScript number carries exactly.
const maxMoney Money = 1 << 50

// String gives the decimal form with two digits after the point.
func (m Money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%02d", sign, m/100, m%100)
}

// MarshalJSON writes a decimal number.
func (m Money) MarshalJSON() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalJSON reads a decimal number or a string with one, of at most two digits after the point.
func (m *Money) UnmarshalJSON(text []byte) error {
	parsed, err := ParseMoney(string(bytes.Trim(text, `"`)))
	if err != nil {
		return err
	}
	*m = parsed
	return nil
}

// ParseMoney reads a decimal amount of at most two digits after the point.
func ParseMoney(s string) (Money, error) {
	whole, cents, _ := strings.Cut(s, ".")
	if f, err := strconv.ParseFloat(s, 64); err == nil && strings.ContainsAny(s, "eE") && f == math.Trunc(f) {
		whole, cents = strconv.FormatFloat(f, 'f', 0, 64), ""
	}
	cents = strings.TrimRight(cents, "0")
	if len(cents) > 2 || whole == "" || whole == "-" || strings.ContainsAny(cents, "+-") {
		return 0, fmt.Errorf("fade: %q is not an amount with at most two decimals", s)
	}
	amount, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	if err != nil || Money(amount) > maxMoney || Money(amount) < -maxMoney {
		return 0, fmt.Errorf("fade: %q is not an amount with at most two decimals", s)
	}
	return Money(amount), nil
}
