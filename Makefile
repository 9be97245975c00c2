# make test: install what the tests need into .venv, and pass them. make check: lint and types alone.
PYTHON ?= python3
BIN := .venv/bin

SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: test check derive system

test: system .venv/installed check
	KERAS_BACKEND=tensorflow $(BIN)/python -m pytest -n auto

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m translator.derive --check

derive: .venv/installed
	$(BIN)/python -m translator.derive

system: # Graphviz draws the simulated pictures, Tesseract reads their letters.
	@{ command -v dot && command -v tesseract; } > /dev/null || { command -v apt-get > /dev/null || \
		{ echo "install Graphviz (dot) and Tesseract first"; exit 1; }; $(SUDO) apt-get update -qq && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq graphviz tesseract-ocr > /dev/null; }

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	touch .venv/installed
