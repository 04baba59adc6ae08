# What a contributor and CI run. `make test` is everything; each target also works alone.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Where cargo puts what it builds; scripts and tests find the binaries there.
TARGET := $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)

ADMIN := examples/spring-boot-admin
ADMIN_VERSIONS := 4.1.2 3.5.9 2.7.16
ADMIN_JARS := $(ADMIN_VERSIONS:%=$(ADMIN)/target/spring-boot-admin-%.jar)
ADMIN_SOURCES := $(ADMIN)/pom.xml $(shell find $(ADMIN)/src -type f)

# The order: what fails quickest comes first, and each thing is built once. So that it is, tests are chosen by their
# name out of the whole workspace: with `-p` the crates that they depend on would have other features than in `build`.
STEPS := setup fmt deny clippy check-features build test-rust test-minimal ui doc package test-prometheus test-logs test-openapi test-profiles admin-servers test-admin browser

.PHONY: help
help: ## Shows this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 26

.PHONY: test
test: ## Runs everything but bench and screenshot, and prints the seconds of each step
	@scripts/run-steps $(STEPS)

.PHONY: setup
setup: ## Installs the Debian packages that are missing
	@scripts/setup

.PHONY: fmt
fmt: ## Checks the formatting
	@cargo fmt --all --check

.PHONY: deny
deny: ## Checks licences, banned crates, sources and known holes of all dependencies against deny.toml, and counts them
	@cargo test --quiet --workspace --test dependencies -- --skip the_number_of_dependencies
	@cargo test --quiet --workspace --test dependencies the_number_of_dependencies -- --nocapture
	@if command -v cargo-deny >/dev/null; then cargo deny check licenses bans sources; fi

.PHONY: advisories
advisories: ## Renews what is known of holes from a checkout of RustSec's database: make advisories DB=path
	@ADVISORY_DB=$(abspath $(or $(DB),$(error name the checkout: make advisories DB=path/to/advisory-db))) cargo test --quiet --workspace --test dependencies the_file_is_renewed

.PHONY: clippy
clippy: ## Lints all targets
	@cargo clippy --quiet --workspace --all-targets -- -D warnings

.PHONY: check-features
check-features: ## Checks the library with no feature, each feature alone, and all
	@scripts/check-features

.PHONY: build
build: ## Builds all binaries, tests and benches
	@cargo build --quiet --workspace --all-targets

.PHONY: test-rust
test-rust: ## Runs the unit, integration and documentation tests, and those of the examples
	@cargo test --quiet --workspace --exclude ui-tests --exclude actuator-integration

.PHONY: test-minimal
test-minimal: ## Runs the library without any of its features: what is not compiled in has to say so
	@ACTUATOR_MINIMAL=1 cargo test --quiet -p actuator-minimal

.PHONY: ui
ui: ## Compiles what the macros must accept and refuse, and compares the messages
	@cargo test --quiet --workspace $(patsubst ui-tests/tests/%.rs,--test %,$(wildcard ui-tests/tests/*.rs))

.PHONY: doc
doc: ## Builds the documentation as docs.rs does
	@scripts/doc

.PHONY: docs
docs: ## Writes the tables of settings in docs/ and their schema anew, from the catalog
	@UPDATE_DOCS=1 cargo test --quiet -p actuator --lib settings::catalog >/dev/null

.PHONY: package
package: ## Packages both library crates and builds them from the packages
	@scripts/package

.PHONY: test-prometheus
test-prometheus: build ## Has the real Prometheus scrape the examples, and checks alerts and dashboards by it
	@cargo test --quiet --workspace --test prometheus -- --test-threads=32

.PHONY: openapi-validator
openapi-validator: ## Installs the validator of OpenAPI below the target folder
	@scripts/build-openapi-validator

.PHONY: test-openapi
test-openapi: build openapi-validator ## Has an independent validator read what services say of their API
	@cargo test --quiet --workspace --test openapi

.PHONY: test-logs
test-logs: build ## Has the real logrotate, rsyslog and a full disk at the log
	@cargo test --quiet --workspace --test logs

.PHONY: test-profiles
test-profiles: build ## Has go tool pprof read profiles
	@cargo test --quiet --workspace --test profiles

.PHONY: admin-servers
admin-servers: $(ADMIN_JARS) ## Builds the real Spring Boot Admin servers
	@:

$(ADMIN_JARS): $(ADMIN)/target/spring-boot-admin-%.jar: $(ADMIN_SOURCES)
	@scripts/build-admin-server $*

.PHONY: examples
examples: ## Runs the tests of the examples alone (test-rust runs them too)
	@cargo test --quiet -p quickstart -p users -p embedded -p worker -p heap-profile -p conformance

.PHONY: test-admin
test-admin: build admin-servers ## Runs the quickstart under the real Spring Boot Admin servers
	@cargo test --quiet --workspace --test admin_server

.PHONY: browser
browser: build admin-servers ## Opens every view of the quickstart in the admin server's UI, in Chromium
	@cargo test --quiet --workspace --test browser

.PHONY: screenshot
screenshot: browser ## Renews the README's picture with what the browser tests saw
	@mkdir -p docs/images && cp $(TARGET)/screenshots/details.png docs/images/spring-boot-admin.png

.PHONY: peers
peers: ## Builds the Spring Boot and pyctuator services that health is measured beside
	@scripts/build-peers

.PHONY: bench
bench: peers ## Measures what must stay fast, side by side with what else one would use
	@cargo bench -p actuator-benches
