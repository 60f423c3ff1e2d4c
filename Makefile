# Everything a contributor does, one command each. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules
# What a goal needs is listed in the order in which it has to happen.
.NOTPARALLEL:

# A Node.js that scripts/setup fetched because the system's was too old, and rustup's cargo.
export PATH := $(CURDIR)/scripts/node/node_modules/.bin:$(PATH):$(HOME)/.cargo/bin

# Arguments for the program: make run ARGS="--profile bob open apps/chat"
ARGS ?=

# How many seconds `make soak` takes, apart from building; three minutes at least.
FOR ?= 300

# The fuzz target is a workspace of its own.
FUZZ := crates/mutiny-delivery/fuzz/Cargo.toml

# The launcher is built anew only when something it is made of has changed.
LAUNCHER := ui/launcher/dist/index.html
LAUNCHER_SOURCES := package-lock.json $(wildcard docs/*.md) $(shell find ui -type f \
	-not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/.svelte-kit/*' -not -path 'ui/app-api/mock/page.js')

##@ Use

.PHONY: run
run: setup-run $(LAUNCHER) ## Install what is missing, build, and open the launcher
	@# Cargo shows what it builds, and says nothing where that is nothing.
	@cargo build --bin mutiny 2> >(grep --line-buffered --invert-match '^ *Finished ' >&2)
	@cargo run --quiet -- $(ARGS)

.PHONY: package
package: setup-package ## Build the .deb and the .rpm
	@npx tauri build --bundles deb,rpm
	@ls -1 target/release/bundle/{deb/*.deb,rpm/*.rpm}

.PHONY: try-package
try-package: package ## Build them, unpack the .deb, and drive what it holds: a conversation, an app that came along, the walls
	@scripts/setup test
	@scripts/try-package

##@ Develop

.PHONY: test
test: setup-test $(LAUNCHER) ## Install what is missing, and run every test
	@scripts/test

.PHONY: soak
soak: setup-test ## Prove delivery for as long as asked: make soak FOR=600 (seconds)
	@scripts/soak $(FOR)

.PHONY: bench
bench: setup-run $(LAUNCHER) ## Measure delivery and windows (a quarter of an hour), and write docs/benchmarks.md
	@# Without a display of its own it leaves the windows out, and says so.
	@scripts/setup bench || true
	@# Together, so that the bare window gets the very Tauri that Mutiny has.
	@cargo build --quiet --release --package mutiny --package mutiny-bench --package mutiny-bench-window
	@"$${CARGO_TARGET_DIR:-target}/release/mutiny-bench" $(ARGS)

.PHONY: lint
lint: setup-run $(LAUNCHER) ## Check format, lints, types and dependencies
	@cargo fmt --all --check
	@cargo clippy --workspace --all-targets --quiet -- -D warnings
	@npm run --silent check
	@if cargo fetch --quiet --manifest-path $(FUZZ) 2>/dev/null; then \
		cargo clippy --quiet --manifest-path $(FUZZ) --target-dir target/fuzz -- -D warnings; \
	else echo "Skipped: the fuzz target (libfuzzer-sys cannot be fetched)"; fi
	@if ! command -v cargo-deny >/dev/null; then \
		echo "Skipped: the dependencies' licenses and advisories (cargo-deny is not installed)"; \
	else \
		cargo deny --log-level warn check bans licenses sources; \
		if cargo deny --log-level off fetch db; then cargo deny --log-level warn check advisories; \
		else echo "Skipped: the dependencies' advisories (their database cannot be fetched)"; fi; \
	fi

.PHONY: types
types: setup-run ## Write ui/bindings/ and the API reference from the types anew
	@UPDATE_BINDINGS=1 cargo test --quiet --package mutiny-core bindings
	@UPDATE_BINDINGS=1 cargo test --quiet --package mutiny-dev --test bindings
	@UPDATE_BINDINGS=1 cargo test --quiet --package mutiny --lib bindings
	@npm run --silent reference --workspace @mutiny/app

.PHONY: views
views: setup-test $(LAUNCHER) ## Take the pictures of README.md and docs/views.md anew
	@cargo test --package mutiny --test e2e --no-run --quiet
	@cargo test --package mutiny --test e2e --quiet -- --ignored --exact windows::views::pictures::pictures_of_all_views
	@cargo test --package mutiny --test e2e --quiet -- --exact windows::story::a_conversation_survives_kill_9_of_either_side
	@cp target/screenshots/story-display.png docs/images/conversation.png
	@cargo test --package mutiny --test e2e --quiet -- --exact windows::dev::nothing_serious_is_found_in_any_view_of_the_inspector
	@cp target/screenshots/inspector*.png docs/images/views/
	@if command -v pngquant >/dev/null; then pngquant --skip-if-larger --force --ext .png docs/images/views/*.png docs/images/conversation.png || true; fi
	@UPDATE_PICTURED=1 npm run --silent test --workspace @mutiny/launcher -- --silent=true --reporter=dot views.test.ts
	@du -sh docs/images/views

.PHONY: format
format: setup-run ## Format all code
	@cargo fmt --all
	@npm run --silent format

.PHONY: clean
clean: ## Remove everything that was built or fetched
	@cargo clean --quiet
	@rm -rf gen ui/launcher/dist node_modules ui/*/node_modules scripts/node/node_modules

##@ Help

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n\033[1m%s\033[0m\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup-run setup-test setup-package
setup-run setup-test setup-package: setup-%:
	@scripts/setup $*

$(LAUNCHER): $(LAUNCHER_SOURCES)
	@npm run --silent build
	@touch $@
