# `make` lists the words. Needs Python 3.11 or later and make; everything else is installed into this folder.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# pip, npm and apt each want the folder to themselves.
.NOTPARALLEL:

PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do command -v $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# A stamp's name holds the checksum of its lock, so an environment is stale exactly when the lock has changed.
checksum = $(shell cksum < $(1) | cut -d ' ' -f 1)
LOCAL := $(VENV)/.local-$(call checksum,requirements-local.txt)
DEV := $(VENV)/.dev-$(call checksum,requirements-dev.txt)
SERVER := $(VENV)/.server-$(call checksum,requirements.txt)

# What the checks need of the environment. Nobody answers at this address: nothing is checked against a database.
CHECKS := DATABASE_URL=postgresql://nobody@127.0.0.1:1/none CIAM_DATA_DIR=var/checks

# Arguments for pytest and for manage.py: make test PYTEST="tests/oidc -x", make manage COMMAND="tenant list".
PYTEST ?=
# All tests go to one process more than there are cores, since some wait for browsers and servers; one with nothing left
# takes half of what another still has.
ALL_TESTS := --numprocesses $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1) --dist worksteal
COMMAND ?= help

export PORT
export PIP_NO_WARN_SCRIPT_LOCATION = 1
export PYTHONUTF8 = 1
# Containers often set it. Without its caches Python compiles 2,000 files anew at each start, tests among them twice.
unexport PYTHONDONTWRITEBYTECODE

##@ Use

.PHONY: help
help: ## List the words
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

.PHONY: run
run: setup ## Run the product on this machine, http://localhost:8000 (another port: make run PORT=8080)
	@exec $(BIN)/python -m tools.run

.PHONY: demo
demo: setup ## Make the demo tenants in the database of `make run`, and say how to sign in
	@$(BIN)/python -m tools.manage upgrade
	@$(BIN)/python -m tools.manage demo

.PHONY: upgrade
upgrade: setup ## Bring the database of `make run` up to date
	@$(BIN)/python -m tools.manage upgrade

.PHONY: manage
manage: setup ## Run a command on the database of `make run`: make manage COMMAND="tenant list"
	@$(BIN)/python -m tools.manage $(COMMAND)

##@ Work on it

.PHONY: test
test: setup-dev browser relying-party servers $(if $(PYTEST),,check) ## Check everything and run all tests, or some tests alone: make test PYTEST=tests/oidc
	@status=0; $(BIN)/python -m pytest $(or $(PYTEST),$(ALL_TESTS)) || status=$$?; \
		$(BIN)/python -m tools.postgres stop --data-dir var/test; exit $$status

.PHONY: check
check: lint types migrations ## Check style, floors, types and migrations, without a test

.PHONY: lint
lint: $(DEV) ## Check the style, the floors between the apps, the templates and the Dockerfile
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@report=$$($(BIN)/lint-imports --no-logo --no-cache) || { echo "$$report"; exit 1; }
	@$(BIN)/djlint --lint --quiet templates
	@$(BIN)/hadolint Dockerfile

.PHONY: types
types: $(DEV) ## Check the types
	@$(CHECKS) $(BIN)/mypy

.PHONY: migrations
migrations: $(DEV) ## Check that no migration is missing
	@$(CHECKS) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

.PHONY: format
format: $(DEV) ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format --quiet

.PHONY: bench
bench: setup-dev ## Measure what requests cost (the sign-ins alone: ONLY=sign-ins)
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

.PHONY: bench-portal
bench-portal: setup-dev ## Measure the portal with a million customers and ten million events (fewer: CUSTOMERS=... EVENTS=...)
	@$(BIN)/python -m bench.portal $(if $(CUSTOMERS),--customers $(CUSTOMERS)) $(if $(EVENTS),--events $(EVENTS)) $(if $(ONLY),--only "$(ONLY)")

.PHONY: timing
timing: setup-dev ## Measure whether the time of an answer tells who has an account
	@$(BIN)/python -m bench.timing

.PHONY: rounds
rounds: setup-dev ## Redeem each thing that is good once many at once, in 200 rounds, end sessions meanwhile, and rotate keys under 200 clients
	@status=0; $(BIN)/python -m pytest tests/oidc/test_once.py tests/oidc/test_ended_sessions.py \
		tests/oidc/test_keys_rotation.py tests/userflows/factors/test_once.py tests/providers/test_at_once.py \
		--rounds 200 || status=$$?; \
		$(BIN)/python -m tools.postgres stop --data-dir var/test; exit $$status

.PHONY: siege
siege: setup-dev ## Have 32 people sign in while others send bodies without end, read nothing and flood
	@status=0; $(BIN)/python -m pytest tests/serving/test_siege.py --besieged 32 || status=$$?; \
		$(BIN)/python -m tools.postgres stop --data-dir var/test; exit $$status

.PHONY: chaos
chaos: setup-dev ## Have 1,000 people sign up while web servers and workers are killed and the database crashes
	@status=0; $(BIN)/python -m pytest tests/serving/test_chaos.py -s \
		--chaos-people 1000 --chaos-kills 20 --chaos-crashes 5 || status=$$?; \
		$(BIN)/python -m tools.postgres stop --data-dir var/test; exit $$status

.PHONY: fuzz
fuzz: setup-dev ## Send 100,000 spoilt requests and 5,000 oddly framed ones, load 20,000 hostile style sheets, upload 2,000 hostile pictures (make fuzz REQUESTS=5000 WIRE=500 SHEETS=500 PICTURES=50 SEED=7)
	@status=0; $(BIN)/python -m pytest tests/fuzz -s --fuzz-requests $(or $(REQUESTS),100000) --fuzz-wire $(or $(WIRE),5000) \
		--fuzz-sheets $(or $(SHEETS),20000) \
		--fuzz-pictures $(or $(PICTURES),2000) --fuzz-uploads $(or $(PICTURES),2000) \
		$(if $(SEED),--fuzz-seed $(SEED)) || status=$$?; \
		$(BIN)/python -m tools.postgres stop --data-dir var/test; exit $$status

.PHONY: lock
lock: $(DEV) ## Lock the dependencies anew (to newer versions: make lock LOCK=--upgrade)
	@$(BIN)/python -m tools.locks $(LOCK)

##@ Parts

.PHONY: setup
setup: $(LOCAL) assets translations ## Install what `make run` needs

.PHONY: setup-dev
setup-dev: $(DEV) assets translations

.PHONY: assets
assets: node ## Fetch the portal's stylesheet and font
	@$(BIN)/python -m tools.assets

.PHONY: translations
translations: | $(BIN)/python ## Compile the translations
	@$(BIN)/python -m tools.translations compile

.PHONY: node
node: | $(BIN)/python
	@$(BIN)/python -m tools.node 2>/dev/null || $(PIP) --requirement requirements-node.txt

.PHONY: browser
browser: $(DEV)
	@$(BIN)/python -m tools.browser >/dev/null

.PHONY: relying-party
relying-party: $(DEV) node
	@$(BIN)/python -m tools.node tests/clients/node

.PHONY: servers
servers: $(DEV)
	@$(BIN)/python -m tools.servers

.PHONY: server
server: $(SERVER) translations ## Install what a server needs, and nothing else; static/vendor must be there already
	@$(CHECKS) CIAM_DATA_DIR=var $(BIN)/python manage.py collectstatic --noinput --clear --verbosity 0

.PHONY: server-packages
server-packages: $(SERVER)

.PHONY: clean
clean: ## Remove what was installed and made, except data and secrets (they are in var)
	@if [ -x $(BIN)/python ] && [ -d var/test ]; then $(BIN)/python -m tools.postgres destroy --data-dir var/test; fi
	rm -rf $(VENV) node_modules tests/clients/node/node_modules static/vendor var/test var/checks var/static
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed. Name it, if it has another name: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(SERVER): requirements.txt | $(BIN)/python
	@echo "Installing what $< names"
	@$(PIP) --requirement $<
	@rm -f $(VENV)/.server-* && touch $@

$(LOCAL): requirements-local.txt | $(BIN)/python
	@echo "Installing what $< names"
	@$(PIP) --requirement $<
	@rm -f $(VENV)/.local-* && touch $@

$(DEV): requirements-dev.txt | $(BIN)/python
	@echo "Installing what $< names"
	@$(PIP) --requirement $<
	@rm -f $(VENV)/.dev-* $(VENV)/.local-* && touch $@ $(LOCAL)
