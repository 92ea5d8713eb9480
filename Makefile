# Fade. `make` alone lists what there is.

# Steps share two cores and the same ports: one after the other, even under make -j.
.NOTPARALLEL:
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LISTEN  ?= 127.0.0.1:8000
DATA    ?= ./data
RATE    ?= 2

# What the pages are made of. A change here, and only here, builds them again.
WEB_SOURCES := $(shell find web/src web/public web/index.html web/package-lock.json web/*.ts web/*.json -type f 2>/dev/null)
GO_FILES     = $(shell find . -name '*.go' -not -path '*/node_modules/*')

# timetzdata: businesses live in IANA time zones, and the machine that serves them may know none.
# -buildvcs=false: the version is given by name, so that a build outside git or in a container is the same.
GO_BUILD := CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags timetzdata -ldflags "-s -w -X main.version=$(VERSION)"

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build everything and serve http://localhost:8000 with demo data under ./data
	@exec bin/fade serve --listen $(LISTEN) --data $(DATA) --demo

.PHONY: demo
demo: build ## The same with customers who book, move and cancel: RATE=2 a second; Ctrl-C stops both
	@LISTEN=$(LISTEN) DATA=$(DATA) RATE=$(RATE) scripts/demo

.PHONY: test
test: ## Install what is missing and run every test
	@scripts/test

.PHONY: build
build: web/dist/index.html ## Make bin/fade, with the pages inside
	$(GO_BUILD) -o bin/fade ./cmd/fade

.PHONY: lint
lint: deps ## Read the code for mistakes: golangci-lint, gofmt, Biome, types
	@test -z "$$(gofmt -l $(GO_FILES))" || { gofmt -l $(GO_FILES); echo "not formatted: gofmt -w FILE"; exit 1; }
	nice go tool -modfile=tools/go.mod golangci-lint run ./...
	cd bench && nice go tool -modfile=../tools/go.mod golangci-lint run ./...
	npm --prefix web run lint
	npm --prefix web run typecheck

.PHONY: bench
bench: build ## Measure the program from outside; BENCH="-run throughput" for a part
	cd bench && go run . $(BENCH)

.PHONY: bench-peers
bench-peers: build ## Measure Fade beside other servers in one run: Channels, Socket.IO, ws, centrifuge, gws
	@scripts/install daphne python3-django-channels python3-channels-redis
	cd bench && go run . -run peers $(BENCH)

.PHONY: dev
dev: deps ## Vite on :3000, reloading, beside Go on :8000; Ctrl-C stops both
	@LISTEN=$(LISTEN) DATA=$(DATA) scripts/dev

.PHONY: clean
clean: ## Remove what builds and tests made; ./data and node_modules stay
	rm -rf bin web/test-results web/playwright-report
	find web/dist -mindepth 1 -not -name .keep -delete

.PHONY: install
install: ## Install the servers and the browser that tests need (Debian, as root); or say which
	@scripts/install

.PHONY: deps
deps: web/node_modules/.installed ## Install the npm packages, if they changed

.PHONY: vet
vet: ## Formatting and go vet
	@test -z "$$(gofmt -l $(GO_FILES))" || { gofmt -l $(GO_FILES); echo "not formatted: gofmt -w FILE"; exit 1; }
	go vet ./...
	cd bench && go vet ./...
	cd bench/peers && go vet ./...

# The race detector watches Fade, not SQLite: that is C translated to Go, whose every memory access would be checked. Only
# the package without generic code is left out, for the linker may take any package's copy of that.
RACE := -race '-gcflags=modernc.org/...=-d=checkptr=0' '-gcflags=modernc.org/sqlite/lib=-race=false -d=checkptr=0'

.PHONY: test-go
test-go: ## Go tests with the race detector, on SQLite, PostgreSQL, memory and Redis
	go test $(RACE) -parallel 4 -timeout 14m -skip '$(CRASH)' ./...
	cd bench && go test $(RACE) -timeout 5m ./...

# Alone, because it counts what falls into the moment between a mail server's yes and a line on the disk.
CRASH := ^TestDeliveries_crash$$

.PHONY: test-crash
test-crash: ## A worker that is killed all the time sends ten thousand mails
	go test $(RACE) -timeout 14m -run '$(CRASH)' ./cmd/fade

.PHONY: test-web
test-web: deps ## Generated types, types, Biome and unit tests of the pages
	npm --prefix web run generate:check
	npm --prefix web run typecheck
	npm --prefix web run lint
	npm --prefix web test

.PHONY: test-browser
test-browser: build ## The whole program in Chromium
	npm --prefix web run test:browser

# Install scripts of packages are not run: nothing here needs them, and they are what attackers use.
web/node_modules/.installed: web/package.json web/package-lock.json
	npm --prefix web ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Vite empties the folder first, so that a build that failed is not taken for one.
web/dist/index.html: web/node_modules/.installed $(WEB_SOURCES)
	npm --prefix web run build
	@touch $@
