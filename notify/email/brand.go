package email

import (
	"math"
	"strconv"
	"strings"

	"github.com/fadedistrict/fade"
)

// Brand is how a mail looks. Ink is what can be read on Color, and Edge parts Color from white.
type Brand struct{ Name, Color, Ink, Edge, Logo string }

// brandOf gives how mails of a business look; nil is the platform.
func brandOf(b *fade.Business) Brand {
	brand := Brand{Name: "Fade", Color: fade.DefaultPrimaryColor}
	if b != nil {
		brand.Name, brand.Color, brand.Logo = visible(b.Name), b.PrimaryColor, b.LogoURL
	}
	if !strings.HasPrefix(brand.Logo, "https://") {
		brand.Logo = "" // mail programs show no other
	}
	light, ok := luminance(brand.Color)
	if !ok {
		brand.Color = fade.DefaultPrimaryColor
		light, _ = luminance(brand.Color)
	}
	// The contrast with white is 1.05 / (light + 0.05), with black (light + 0.05) / 0.05.
	brand.Ink = "#ffffff"
	if (light+0.05)/0.05 > 1.05/(light+0.05) {
		brand.Ink = "#000000"
	}
	brand.Edge = brand.Color
	if 1.05/(light+0.05) < faint {
		brand.Edge = "#9ca3af"
	}
	return brand
}

// faint is a contrast with white below which a colour has no visible edge on it: WCAG 2.2, criterion 1.4.11 asks for 3.
const faint = 3

// luminance gives the relative luminance of a colour of the form #rrggbb, from 0 to 1: WCAG 2.2, section "relative
// luminance".
func luminance(color string) (light float64, ok bool) {
	if len(color) != 7 || color[0] != '#' {
		return 0, false
	}
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(color[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return 0, false
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		light += weight * c
	}
	return light, true
}
