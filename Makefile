# Two commands: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
PIP := $(BIN)/python -m pip install --disable-pip-version-check --require-hashes --only-binary :all: --progress-bar on
export PYTHONUNBUFFERED = 1

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | sort | sed -E 's/:.*## /\t/' | expand -t 12

.env:
	@echo "Writing .env: a secret key of your own, for this machine only"
	@(umask 077; printf 'DERBYCITY_ENV=local\nSECRET_KEY=%s\n' "$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))')" > .env.new; mv .env.new .env)

.venv/bin/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Making the virtual environment in .venv"
	@"$(PYTHON)" -m venv .venv

# Locked installs; a marker file says which lock the environment holds. Two at once wait for each other.
.venv/.local: requirements/local.txt | .venv/bin/python
	@exec 9>.venv/.lock; flock 9
	if [ .venv/.local -nt requirements/local.txt ]; then exit 0; fi
	echo "Installing what the portal needs (about 20 seconds)"
	$(PIP) --quiet -r requirements/local.txt
	touch .venv/.local

.venv/.development: requirements/development.txt | .venv/bin/python
	@exec 9>.venv/.lock; flock 9
	if [ .venv/.development -nt requirements/development.txt ]; then exit 0; fi
	echo "Installing what the tests and checks need (about 30 seconds)"
	$(PIP) --quiet -r requirements/development.txt
	touch .venv/.development .venv/.local

# Hashed and compressed once, and again when a style, a drawing or a package has changed.
staticfiles/staticfiles.json: $(shell find static -type f) requirements/local.txt | .env .venv/.local
	@exec 9>.venv/.lock; flock 9
	if [ -e $@ ] && [ -z "$$(find static requirements/local.txt -newer $@ -print -quit)" ]; then exit 0; fi
	echo "Collecting styles, drawings and typefaces (about 15 seconds)"
	$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	touch $@

# First of all, before minutes of installing: with whichever Python there is.
.PHONY: port
port:
	@"$(PYTHON)" -c 'import socket, sys; s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((sys.argv[1], int(sys.argv[2])))' "$(HOST)" "$(PORT)" 2> /dev/null || { echo "Nothing can listen on $(HOST):$(PORT): something else does. Try PORT=$$(( $(PORT) + 1 )) make run"; exit 1; }

.PHONY: installed
installed: .env .venv/.local staticfiles/staticfiles.json

.PHONY: prepare
prepare: installed
	@exec $(BIN)/python manage.py prepare

.PHONY: run
run: port installed ## Serve the portal with its real content on HOST:PORT
	@exec env HOST="$(HOST)" PORT="$(PORT)" SITE_URL="$${SITE_URL:-http://$(HOST):$(PORT)}" WEB_THREADS="$${WEB_THREADS:-64}" $(BIN)/python -m derbycity.devtools.dev_runner $(BIN)/gunicorn --config deploy/gunicorn.py --bind "$(HOST):$(PORT)" derbycity.wsgi

.PHONY: dev
dev: port installed ## The same, reloading as you edit, with Django's error pages
	@exec env HOST="$(HOST)" PORT="$(PORT)" DEBUG=1 $(BIN)/python -m derbycity.devtools.dev_runner $(BIN)/python manage.py runserver "$(HOST):$(PORT)"

.PHONY: login
login: prepare ## Make an administrator who may do everything, and print a link for the first sign-in
	@exec env SITE_URL="$${SITE_URL:-http://localhost:$(PORT)}" $(BIN)/python manage.py createsuperuser

.PHONY: browser
browser: .venv/.development
	@$(BIN)/python tests/browser/chromium.py

.PHONY: test
test: .env .venv/.development browser ## Run every test, on PostgreSQL and in a real Chromium
	@mkdir -p staticfiles # in a fresh clone WhiteNoise warns that it is missing, and a warning is a failure
	exec 8>.venv/.test.lock
	flock --nonblock 8 || { echo "Other tests are running in this checkout; waiting for them"; flock 8; }
	# three for two cores: servers and browsers are waited for. A whole run in CI also says what the tests do not reach
	$(BIN)/python -m pytest -n 3 --dist loadgroup $(if $(CI),$(if $(ARGS),,--cov)) $(ARGS)

.PHONY: check
check: .env .venv/.development ## Linters, types, locks and migrations
	@set -x
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2 --check
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/uv lock --check --quiet
	$(MAKE) --no-print-directory locks OUT=.cache/locks
	diff -r requirements .cache/locks
	$(BIN)/python manage.py makemigrations --check --dry-run
	env DERBYCITY_ENV=production SITE_URL=https://portal.example SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" DATABASE_URL=postgresql://nobody@127.0.0.1:1/none ENCRYPTION_KEYS="$$($(BIN)/python -m derbycity.env)" $(BIN)/python manage.py check --deploy --fail-level INFO

.PHONY: locks
OUT ?= requirements
locks: .venv/.development ## Write the hashed locks again after a change of pyproject.toml
	@mkdir -p $(OUT)
	if [ "$(OUT)" = requirements ]; then $(BIN)/uv lock --quiet; fi
	export="$(BIN)/uv export --quiet --frozen --no-annotate --no-header"
	$$export --no-default-groups -o $(OUT)/production.txt
	$$export --no-default-groups --extra anymail -o $(OUT)/production-anymail.txt
	$$export --no-default-groups --group local -o $(OUT)/local.txt
	$$export --all-groups -o $(OUT)/development.txt

.PHONY: format
format: .venv/.development ## Put code and templates into shape
	@$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find templates -name '*.html' -print0 | xargs -0 $(BIN)/djade --target-version 5.2

.PHONY: bench
WHAT ?= pages
bench: .env .venv/.development ## Measure, as a ratio within one run: WHAT=pages, admin, accounts, stories, checks, pictures or photo
	@test -e "bench/$(WHAT).py" || { echo "There is no bench/$(WHAT).py. WHAT may be: $$(cd bench; ls *.py | sed 's/\.py//' | tr '\n' ' ')"; exit 1; }
	exec $(BIN)/python "bench/$(WHAT).py" $(ARGS)

.PHONY: pictures
pictures: .env .venv/.development browser ## Take the pictures of docs/staff.md again, by the tests that walk its ways
	@PICTURES=docs/pictures $(BIN)/python -m pytest -q tests/browser/test_week.py tests/browser/test_conflict.py
