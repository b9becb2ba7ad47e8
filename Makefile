# The ways in: `make run` and `make test` install what is missing and can be repeated at any time.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BINARY := .build/nabla
BENCH := .build/nabla-bench
STAMPS := .build/stamps
TEST_PYTHON := .venv/bin/python
PEER_TESTS := Tests/CommandTests/Peers
BROWSER_TESTS := Tests/BrowserTests
# For `make bench`: the peers' file, and the Python that has the libraries.
PEERS ?= ../shared/bench/peers_bench.py
PYTHON ?= $(firstword $(wildcard .venv-peers/bin/python) python3)
# For `make fuzz`: what is tested, and for how long each.
FUZZ := .build/fuzz
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= evaluator frames messages
# Leaks are looked for by the targets; the language's own report of a crash would wait for a debugger.
FUZZ_ENVIRONMENT := SWIFT_BACKTRACE=enable=no \
  ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0:quarantine_size_mb=32:malloc_context_size=4
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# Libraries that the build links or opens, and Graphviz, which draws circuits.
PACKAGES := libzmq3-dev libopenblas-dev libedit-dev libsqlite3-dev libyaml-dev \
            zlib1g-dev pkg-config graphviz binutils
TEST_PACKAGES := python3 python3-venv
BROWSER_PACKAGES := chromium fonts-dejavu-core

SOURCES := Package.swift $(shell find Sources -type f)

say = @printf '\n==> %s\n' "$(1)"

# Installs those Debian packages of a list that are missing.
define install-packages
	@missing=""; \
	for package in $(1); do \
	  dpkg-query -W -f '$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' \
	    || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	  echo "apt is not here; what Debian calls$$missing must be installed by other means"; exit 0; \
	fi; \
	printf '\n==> Installing%s\n' "$$missing"; \
	$(SUDO) apt-get update -qq; \
	$(SUDO) env DEBIAN_FRONTEND=noninteractive \
	  apt-get install -y -qq --no-install-recommends $$missing >/dev/null
endef

.PHONY: help
help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' \
	  | expand -t 22

.PHONY: run
run: $(BINARY) ## Build, install the kernel for this user, run the tour and show its tables
	$(call say,Installing the kernel)
	@$(BINARY) install
	$(call say,Running notebooks/tour.ipynb)
	@$(BINARY) run notebooks/tour.ipynb

.PHONY: build
build: $(BINARY) ## Build a release

.PHONY: install
install: $(BINARY) ## Build and install the kernel for this user
	@$(BINARY) install

.PHONY: lab
lab: $(BINARY) .venv/stamp ## Open the tour in JupyterLab
	@$(BINARY) install
	@.venv/bin/jupyter lab notebooks/tour.ipynb

.PHONY: test
test: $(STAMPS)/packages .venv/stamp $(BINARY) ## Run all tests
	$(call say,Building the tests)
	@swift build --build-tests
	$(call say,Running the Swift tests)
	@swift test --skip-build
	$(call say,Running the tests with Jupyter's own tools)
	@NABLA=$(abspath $(BINARY)) $(TEST_PYTHON) -m pytest -q $(PEER_TESTS) --ignore $(PEER_TESTS)/kernel
	$(call say,Testing the kernel's behaviour from the outside)
	@NABLA=$(abspath $(BINARY)) $(TEST_PYTHON) -m pytest -q -c $(PEER_TESTS)/kernel/pytest.ini $(PEER_TESTS)/kernel

.PHONY: test-browser
test-browser: $(STAMPS)/browser .venv/browser-stamp $(BINARY) ## Test in JupyterLab, in a browser (pictures in .build/screenshots)
	$(call say,Testing in JupyterLab)
	@NABLA=$(abspath $(BINARY)) $(TEST_PYTHON) -m pytest -q -c $(BROWSER_TESTS)/pytest.ini $(BROWSER_TESTS)

.PHONY: soak
soak: .venv/stamp $(BINARY) ## Run 20,000 cells in one kernel: does it grow? (SOAK_ARGS="--cells 100000")
	$(call say,Soaking a kernel)
	@NABLA=$(abspath $(BINARY)) $(TEST_PYTHON) Tests/Soak/soak.py $(SOAK_ARGS)

.PHONY: bench
bench: $(BENCH) ## Time Nabla on the workloads, beside other libraries (BENCH_ARGS="--only W5 --quick")
	@$(BENCH) --peers $(PEERS) --python $(PYTHON) $(BENCH_ARGS)

# A build of its own: with AddressSanitizer, and with what tells libFuzzer where an input leads.
.PHONY: fuzz
fuzz: $(STAMPS)/packages ## Test with generated inputs, FUZZ_SECONDS=60 for each target
	$(call say,Building the fuzzer)
	@runtime=$$(find "$$(dirname "$$(readlink -f "$$(command -v swiftc)")")/../lib/clang" \
	    -name 'libclang_rt.fuzzer_no_main-$(shell uname -m).a' | head -n 1); \
	[ -n "$$runtime" ] || { echo "this toolchain has no libFuzzer"; exit 1; }; \
	NABLA_FUZZ=1 swift build -c release --product nabla-fuzz --scratch-path $(FUZZ)/build \
	  --sanitize address -Xswiftc \
	  -sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table \
	  -Xlinker --whole-archive -Xlinker "$$runtime" -Xlinker --no-whole-archive 2>&1 \
	  | { grep -v 'warning: Cannot export local symbol .__asan' || true; }
	@failed=; for target in $(FUZZ_TARGETS); do \
	  printf '\n==> %s s of inputs for: %s\n' "$(FUZZ_SECONDS)" "$$target"; \
	  $(FUZZ_ENVIRONMENT) $(FUZZ)/build/release/nabla-fuzz "$$target" $(FUZZ)/"$$target" $(FUZZ_SECONDS) \
	    >$(FUZZ)/"$$target".log 2>&1 && status=0 || status=$$?; \
	  grep -aE '^stat::|INFO: seed corpus|DONE' $(FUZZ)/"$$target".log || true; \
	  if [ $$status != 0 ]; then failed="$$failed $$target"; tail -n 60 $(FUZZ)/"$$target".log; fi; \
	done; \
	if [ -n "$$failed" ]; then \
	  echo; echo "Found in$$failed; the inputs are in $(FUZZ). To run one again:"; \
	  echo "$(FUZZ_ENVIRONMENT) $(FUZZ)/build/release/nabla-fuzz TARGET $(FUZZ)/TARGET FILE"; exit 1; \
	fi

.PHONY: lint
lint: ## Check the form of all sources
	$(call say,Checking the form of the sources)
	@swift format lint --strict -r Package.swift Sources Tests
	@find Sources Tests \( -name '*.swift' -o -name '*.py' -o -name '*.[ch]' \) -exec wc -l {} + \
	  | awk '$$2 != "total" && $$1 > 400 { print $$2 ": " $$1 " lines, more than 400"; bad = 1 } \
	    END { exit bad }'

.PHONY: format
format: ## Bring all sources into form
	@swift format -i -r Package.swift Sources Tests

.PHONY: clean
clean: ## Remove all that was built
	rm -rf .build .venv

$(BINARY) $(BENCH): .build/%: $(STAMPS)/packages $(SOURCES)
	$(call say,Building a release of $*)
	@command -v swift >/dev/null \
	  || { echo "Swift 6.2 or newer is missing: https://www.swift.org/install"; exit 1; }
	@swift build -c release --static-swift-stdlib --product $*
	@strip -o $@ .build/release/$*

$(STAMPS)/packages: Makefile
	$(call install-packages,$(PACKAGES))
	@mkdir -p $(STAMPS) && touch $@

.venv/stamp: Tests/requirements.txt
	@python3 -c 'import ensurepip, venv' 2>/dev/null || $(MAKE) --no-print-directory test-packages
	$(call say,Preparing the Python environment .venv)
	@python3 -m venv .venv
	@$(TEST_PYTHON) -m pip install -q --disable-pip-version-check -r Tests/requirements.txt
	@touch $@

.venv/browser-stamp: .venv/stamp $(BROWSER_TESTS)/requirements.txt
	$(call say,Preparing the browser's driver)
	@$(TEST_PYTHON) -m pip install -q --disable-pip-version-check -r $(BROWSER_TESTS)/requirements.txt
	@touch $@

# A browser that is there already will do, whatever package it came in.
$(STAMPS)/browser: Makefile
	@command -v chromium >/dev/null || $(MAKE) --no-print-directory browser-packages
	@mkdir -p $(STAMPS) && touch $@

.PHONY: browser-packages
browser-packages:
	$(call install-packages,$(BROWSER_PACKAGES))

.PHONY: test-packages
test-packages:
	$(call install-packages,$(TEST_PACKAGES))
