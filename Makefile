# make test: install what the tests need into .venv, and pass them. make check: lint and types alone.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: test check derive

test: .venv/installed check
	$(BIN)/python -m pytest -n auto

check: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m translator.derive --check

derive: .venv/installed
	$(BIN)/python -m translator.derive

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	touch .venv/installed
