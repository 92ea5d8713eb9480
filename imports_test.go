package fade_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/fadedistrict/fade"

// place says where a package stands: what its code may import, and why no more. Tests may import anything of
// the project, so that they run on real stores and servers.
type place struct {
	pkg string
	// may lists packages of the project; "p/..." is p and what lies below it, "..." is all.
	may string
	// libraries lists what is not of the standard library, by prefix; "..." is all.
	libraries string
	// not lists packages of the standard library that others may use and this one may not.
	not string
	why string
	// testing marks support for tests: only tests and other such packages import it.
	testing bool
}

const (
	whyVerbs = "a verb owns the rules and the transaction; it declares the small Store it needs, " +
		"so that it runs on any store and under any transport, and verbs do not call each other"
	whyEngine  = "the engine knows nothing of bookings, so that it can be read, tested and replaced alone"
	whyAdapter = "an adapter serves the levels below and knows no other adapter; cmd/fade brings them together"

	notVerbs = "database/sql net/http net/smtp os os/exec"
)

// layout is the architecture: from the bottom up, each package may import what stands above it in this table,
// and no more than its row says. A new package gets a row before it gets an importer.
var layout = []place{
	{pkg: "", not: "database/sql net net/http os os/exec",
		why: "the vocabulary is imported by everything and needs nothing but the standard library, without its networks and disks"},

	{pkg: "realtime", why: whyEngine},
	{pkg: "realtime/eventlog", why: whyEngine},
	{pkg: "realtime/eventlog/eventlogtest", may: "realtime/eventlog", testing: true, why: whyEngine},
	{pkg: "realtime/channel", may: "realtime/eventlog", why: whyEngine},
	{pkg: "realtime/channel/memory", may: "realtime/eventlog realtime/channel", why: whyEngine},
	{pkg: "realtime/channel/redis", may: "realtime/eventlog realtime/channel", libraries: "github.com/redis/rueidis",
		why: "one driver per leaf: nobody else knows of Redis"},
	{pkg: "realtime/channel/channeltest", may: "realtime/eventlog realtime/channel", libraries: "...", testing: true,
		why: "one suite for every layer"},
	{pkg: "realtime/ws", libraries: "github.com/gobwas",
		why: "RFC 6455 and 7692 are bytes and what they mean, without I/O and without the hub"},
	{pkg: "realtime/sse", may: "realtime/eventlog", why: "the format of event streams is bytes and what they mean"},
	{pkg: "realtime/hub", may: "realtime/eventlog realtime/channel realtime/ws realtime/sse", libraries: "golang.org/x/sync golang.org/x/time/rate",
		why: whyEngine + "; it encodes each event once for every wire"},
	{pkg: "realtime/presence", why: whyEngine + "; who hears what it announces is handed to it"},
	{pkg: "realtime/transport", may: "realtime/eventlog realtime/channel realtime/hub realtime/ws realtime/sse realtime/transport",
		libraries: "github.com/gobwas golang.org/x/sys/unix golang.org/x/time/rate",
		why:       "a transport carries frames of the hub; the protocol of bookings is above it"},

	{pkg: "ics", why: "calendars are text and what it means"},

	{pkg: "totals", may: "fade", not: notVerbs,
		why: "totals are derived from events alone, so that a recount gives the same figures"},
	{pkg: "accounts", may: "fade totals realtime/eventlog", not: notVerbs, why: whyVerbs,
		libraries: "github.com/golang-jwt/jwt/v5 golang.org/x/crypto/argon2"},
	{pkg: "booking", may: "fade totals realtime/eventlog", not: notVerbs, why: whyVerbs},
	{pkg: "talk", may: "fade realtime/eventlog", not: notVerbs, why: whyVerbs},
	{pkg: "notify", may: "fade realtime/eventlog", not: notVerbs, why: whyVerbs, libraries: "golang.org/x/time/rate"},
	{pkg: "cluster", may: "fade", not: notVerbs,
		why: "what a node says of itself and who may read it; the figures are handed to it, so that it knows neither engine nor system"},
	{pkg: "simulate", not: "database/sql os os/exec",
		why: "customers know the public API and nothing else, so that what they find is what anybody finds"},
	{pkg: "live", may: "fade accounts booking notify totals realtime/eventlog", not: notVerbs,
		why: "who is told of what is a function of the event, without a store or a network"},

	{pkg: "store", may: "fade totals accounts booking talk notify cluster live realtime/eventlog", not: "net/http", why: whyAdapter,
		libraries: "modernc.org/sqlite github.com/jackc/pgx/v5 github.com/pressly/goose/v3"},
	{pkg: "store/migration", why: "migrations are SQL and nothing else", libraries: "github.com/pressly/goose/v3"},
	{pkg: "store/storetest", may: "...", libraries: "...", testing: true, why: "one suite for both engines"},
	{pkg: "notify/journal", may: "fade notify", why: whyAdapter + "; it is a folder of files"},
	{pkg: "notify/email", may: "fade ics notify", libraries: "github.com/wneessen/go-mail github.com/emersion/go-msgauth/dkim", why: whyAdapter},
	{pkg: "notify/webpush", may: "notify", libraries: "github.com/golang-jwt/jwt/v5", why: whyAdapter + "; the encryption is the standard library's"},

	{pkg: "web", not: "database/sql net/http", why: "web carries the built pages and nothing that acts"},
	{pkg: "httpapi",
		may: "fade ics totals accounts booking talk notify cluster live web realtime/eventlog realtime/channel realtime/hub realtime/presence realtime/ws realtime/sse realtime/transport",
		libraries: "github.com/danielgtaylor/huma/v2 github.com/go-chi/chi/v5 golang.org/x/time/rate " +
			"github.com/prometheus/client_golang go.opentelemetry.io/otel github.com/gobwas",
		not: "database/sql",
		why: "the API speaks to verbs, never to an adapter, so that it is the same on SQLite and PostgreSQL, with and without Redis"},
	{pkg: "cmd/fade", may: "...", libraries: "...", why: "all wiring is here: the only place that sees two adapters"},

	{pkg: "internal/testserver", libraries: "github.com/jackc/pgx/v5 github.com/emersion/go-smtp", testing: true,
		why: "real servers are for tests; the program is told the address of its servers"},
}

func TestLayout_imports(t *testing.T) {
	for _, p := range sourcePackages(t) {
		row := slices.IndexFunc(layout, func(row place) bool { return row.pkg == p.path })
		if row < 0 {
			t.Errorf("package %s stands nowhere: say in the table above where it belongs and what it may import", p)
			continue
		}
		for _, file := range p.files {
			if file.isTest {
				continue
			}
			for _, imported := range file.imports() {
				if complaint := layout[row].refuses(imported); complaint != "" {
					t.Errorf("%s imports %s: %s.\n\t%s: %s.", file.name, imported, complaint, p, layout[row].why)
				}
			}
		}
	}
}

// refuses says what is wrong with an import, or nothing.
func (from place) refuses(imported string) string {
	own, isOwn := strings.CutPrefix(imported+"/", module+"/")
	own = strings.TrimSuffix(own, "/")
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case isOwn:
		target := slices.IndexFunc(layout, func(row place) bool { return row.pkg == own })
		switch {
		case target >= 0 && layout[target].testing && !from.testing:
			return "that package is for tests alone"
		case !listed(from.may, named(own)):
			return "its row does not allow it (may: " + orNothing(from.may) + ")"
		}
	case strings.Contains(first, "."):
		if !listed(from.libraries, imported) {
			return "its row does not allow this library (libraries: " + orNothing(from.libraries) + ")"
		}
	case imported == "testing" && !from.testing:
		return "only tests and their support import testing"
	case from.not != "" && slices.Contains(strings.Fields(from.not), imported):
		return "its row forbids it"
	}
	return ""
}

// named is how a package is written in a row: the root is called fade there.
func named(pkg string) string {
	if pkg == "" {
		return "fade"
	}
	return pkg
}

func orNothing(list string) string {
	if list == "" {
		return "nothing"
	}
	return list
}

// listed tells whether a row's list has the package. Libraries are listed by prefix, our own packages exactly.
func listed(list, pkg string) bool {
	for item := range strings.FieldsSeq(list) {
		prefix, wild := strings.CutSuffix(item, "...")
		domain, _, _ := strings.Cut(item, "/")
		switch {
		case item == "..." || item == pkg:
			return true
		case wild && (pkg+"/" == prefix || strings.HasPrefix(pkg, prefix)):
			return true
		case strings.Contains(domain, ".") && strings.HasPrefix(pkg, item+"/"):
			return true
		}
	}
	return false
}

func TestLayout_rules(t *testing.T) {
	row := func(pkg string) place {
		return layout[slices.IndexFunc(layout, func(row place) bool { return row.pkg == pkg })]
	}
	for _, test := range []struct {
		from, imported string
		refused        bool
	}{
		{"booking", module, false},
		{"booking", module + "/totals", false},
		{"booking", module + "/accounts", true},
		{"booking", module + "/store", true},
		{"booking", "database/sql", true},
		{"booking", "time", false},
		{"booking", "testing", true},
		{"", module + "/totals", true},
		{"", "github.com/google/uuid", true},
		{"realtime/hub", module, true},
		{"realtime/hub", module + "/realtime/channel/redis", true},
		{"realtime/channel/redis", "github.com/redis/rueidis/rueidiscompat", false},
		{"realtime/channel/memory", "github.com/redis/rueidis", true},
		{"httpapi", module + "/store", true},
		{"httpapi", "github.com/go-chi/chi/v5/middleware", false},
		{"httpapi", module + "/internal/testserver", true},
		{"cmd/fade", module + "/store", false},
		{"cmd/fade", module + "/internal/testserver", true},
		{"cmd/fade", module + "/store/storetest", true},
		{"store/storetest", module + "/internal/testserver", false},
	} {
		complaint := row(test.from).refuses(test.imported)
		if refused := complaint != ""; refused != test.refused {
			t.Errorf("%s imports %s: refused is %t (%q), want %t", named(test.from), test.imported, refused, complaint, test.refused)
		}
	}
}

func TestPackages_saySomethingOfThemselves(t *testing.T) {
	for _, p := range sourcePackages(t) {
		var documented []string
		for _, file := range p.files {
			if !file.isTest && file.syntax.Doc != nil {
				documented = append(documented, file.name)
			}
		}
		switch len(documented) {
		case 0:
			t.Errorf("package %s has no package comment: say in full sentences what it is for", p)
		case 1:
		default:
			t.Errorf("package %s has %d package comments (%s): readers find one of them", p, len(documented), strings.Join(documented, ", "))
		}
		switch path.Base(p.path) {
		case "util", "utils", "common", "helper", "helpers", "misc", "shared":
			t.Errorf("package %s is named after nothing: call it what it gives", p)
		}
	}
}

func TestPackages_doNothingWhenImported(t *testing.T) {
	for _, p := range sourcePackages(t) {
		for _, file := range p.files {
			for _, decl := range file.syntax.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s has an init function: what happens at a start is written in cmd/fade, in its order", file.name)
				}
			}
		}
	}
}

// What is committed must work on any machine: no place of one developer's disk and no host from which one
// developer's packages came. The names are put together here so that this file does not contain them.
func TestFiles_nameNoMachine(t *testing.T) {
	host := func(labels ...string) string { return strings.Join(labels, ".") }
	forbidden := []struct{ text, why string }{
		{"/work" + "/main", "a folder of one machine"},
		{"/work" + "/shared", "a folder of one machine"},
		{"/work" + "/.library", "a folder of one machine"},
		{"/root" + "/", "a folder of one user"},
		{host("registry", "npmjs", "org"), "the host of a package registry"},
		{host("registry", "yarnpkg", "com"), "the host of a package registry"},
		{host("proxy", "golang", "org"), "the host of a package registry"},
		{host("sum", "golang", "org"), "the host of a package registry"},
		{host("deb", "debian", "org"), "the host of a package registry"},
		{host("security", "debian", "org"), "the host of a package registry"},
		{host("files", "pythonhosted", "org"), "the host of a package registry"},
	}
	for _, name := range textFiles(t) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(content[:min(len(content), 8000)], 0) >= 0 {
			continue // not text
		}
		for _, f := range forbidden {
			if bytes.Contains(content, []byte(f.text)) {
				t.Errorf("%s contains %q: %s", name, f.text, f.why)
			}
		}
		if filepath.Base(name) == "package-lock.json" {
			checkLock(t, name, content)
		}
	}
}

// checkLock wants every package without the address it came from: npm finds it by name, version and
// integrity at whatever registry the machine uses.
func checkLock(t *testing.T, name string, content []byte) {
	t.Helper()
	var lock struct {
		Packages map[string]struct {
			Resolved string `json:"resolved"`
			Link     bool   `json:"link"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(content, &lock); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(lock.Packages) == 0 {
		t.Errorf("%s has no packages", name)
	}
	for pkg, p := range lock.Packages {
		if p.Resolved != "" && !p.Link {
			t.Errorf("%s: %s is resolved to %s: write the lock with npm's omit-lockfile-registry-resolved", name, pkg, p.Resolved)
		}
	}
}

// sourcePackage is one folder of Go files, whatever system they are for.
type sourcePackage struct {
	path  string // below the module, "" for the root
	files []sourceFile
}

func (p sourcePackage) String() string { return named(p.path) }

type sourceFile struct {
	name   string
	isTest bool
	syntax *ast.File
}

func (f sourceFile) imports() []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// sourcePackages reads the module's packages. It reads files instead of asking the go command so that files
// for other systems are seen as well, and so that the test cache notices every change.
func sourcePackages(t *testing.T) []sourcePackage {
	t.Helper()
	byPath := make(map[string]*sourcePackage)
	var order []string
	fset := token.NewFileSet()
	for _, name := range textFiles(t) {
		if filepath.Ext(name) != ".go" || inOtherModule(name) {
			continue
		}
		syntax, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("read %s: %v", name, err)
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), ".")
		if byPath[dir] == nil {
			byPath[dir] = &sourcePackage{path: dir}
			order = append(order, dir)
		}
		p := byPath[dir]
		p.files = append(p.files, sourceFile{name, strings.HasSuffix(name, "_test.go"), syntax})
	}
	packages := make([]sourcePackage, len(order))
	for i, dir := range order {
		packages[i] = *byPath[dir]
	}
	if len(packages) < 2 {
		t.Fatalf("found %d packages: the test looks in the wrong place", len(packages))
	}
	return packages
}

// inOtherModule tells whether a folder above the file, below the root, has its own go.mod.
func inOtherModule(name string) bool {
	for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return true
		}
	}
	return false
}

// made matches what builds and tests leave in the tree: .gitignore names the same.
var made = regexp.MustCompile(`^(\.git|bin|data|web/dist|web/test-results|web/playwright-report|(.*/)?node_modules)$`)

// textFiles lists the files of the project, without what builds make of them.
func textFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case made.MatchString(filepath.ToSlash(name)):
			if entry.IsDir() {
				return filepath.SkipDir
			}
		case entry.Type().IsRegular():
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
