# make run     every bundled scenario on a virtual board
# make test    what CI runs: lint, then all tests
# make help    the rest

ARGS  ?=
BENCH ?= .
COUNT ?= 5
FUZZ  ?= 30s
# The race detector needs a C compiler; without one the tests run without it.
RACE := $(shell [ "$$(go env CGO_ENABLED 2>/dev/null)" = 1 ] && command -v "$$(go env CC)" >/dev/null 2>&1 && echo -race)
TOOL := go tool -modfile=tools/go.mod

.PHONY: docs report-picture help setup unix-board mpremote esptool build firmware run test peers lint bench bench-go fuzz soak hil clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

need-go:
	@command -v go >/dev/null || { echo "espy is built with Go 1.26 or newer, which is not installed: see https://go.dev/doc/install" >&2; exit 1; }

build: need-go ## bin/espy
	@go build -o bin/espy ./cmd/espy

setup: build ## fetch and compile the MicroPython runtimes into the user's cache
	@bin/espy setup

unix-board: ## the unix boards' interpreters and mpy-cross, into the user's cache (Debian 12 or 13)
	@sim/unix/build/make.sh

docs: build ## docs/commands.md, from what --help shows
	@bin/espy help --markdown >docs/commands.md.new && mv docs/commands.md.new docs/commands.md

report-picture: build unix-board ## docs/report-*.png: the page of a run of bundled scenarios, by Chromium
	@mkdir -p build
	@bin/espy run --on sim:1.24,sim,unix:esp8266 --json build/picture.json scenarios/version scenarios/tutorial scenarios/json >/dev/null; [ $$? -le 1 ]
	@ESPY_RESULTS=$(CURDIR)/build/picture.json ESPY_SCREENSHOTS=$(CURDIR)/docs go test -count 1 -tags peers -run 'TestPeerPicture$$' ./hil/report/html

firmware: build ## build/firmware: the files that a board gets, as source and compiled
	@bin/espy build build/firmware/py
	@bin/espy build --form mpy build/firmware/mpy

run: build ## run the bundled scenarios: make run ARGS='scenarios/version -v'
	@bin/espy run $(ARGS)

test: lint ## lint, then all tests that need nothing but Go and npm
	go test $(RACE) -timeout 14m ./...

mpremote: unix-board ## MicroPython's own tool, into the user's cache, where the system has none
	@sim/publish/mpremote.sh

esptool: ## esptool 4, into the user's cache, where the system has none: for the tests
	@hil/esptool/esptool.sh

peers: need-go unix-board mpremote esptool ## the tests against other people's programs: curl, node, mpremote, the unix port
	go test -tags peers -timeout 14m -run 'Peer|Unix' ./...

lint: need-go ## gofumpt, go vet, staticcheck, actionlint
	@bad=$$($(TOOL) gofumpt -l .); [ -z "$$bad" ] || { echo "not formatted, run: $(TOOL) gofumpt -w ." >&2; echo "$$bad" >&2; exit 1; }
	go vet -tags peers ./...
	$(TOOL) staticcheck -tags peers ./...
	$(TOOL) actionlint cmd/espy/start/.github/workflows/*.yaml .github/workflows/*.yml

bench: build ## what espy promises, measured beside what else there is: docs/benchmarks.md; ARGS=-quick for a look
	@bench/peers.sh >bin/missing-peers
	@go build -o bin/bench ./bench
	@PATH="$$PATH:/usr/sbin" bin/bench -missing bin/missing-peers $(if $(CLIENT),-client '$(CLIENT)') $(ARGS)

bench-go: need-go ## the Go benchmarks, as benchstat reads them; those of the unix port where it can be built
	@tags=; ! sim/unix/build/make.sh >&2 || tags=-tags=peers; \
	go test $$tags -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) ./...

fuzz: need-go ## every fuzz test for FUZZ each: make fuzz FUZZ=10m
	@go test -list '^Fuzz' ./... | awk '/^Fuzz/ { f[n++] = $$1 } /^ok/ { while (n > 0) print $$2, f[--n] }' | \
	while read -r package test; do echo "$$test"; go test -run '^$$' -fuzz "^$$test\$$" -fuzztime $(FUZZ) "$$package" || exit 1; done

soak: need-go ## 2,000 runs and some deployments over a bad serial line, and 500 that are pulled at: make soak ARGS='-noise-seed 7 -noisy-on unix'
	go test ./rig -run TestABadLine -count 1 -timeout 1h -v -noisy-runs 2000 -noisy-deploys 8 $(ARGS)
	go test ./cmd/espy -run TestPulledAtRandom -count 1 -timeout 1h -v -pulls 500

hil: build ## the scenarios on every attached board, each compared with its virtual twin
	@bin/espy hil $(ARGS)

clean: ## what make made, but for the user's cache
	rm -rf bin build
