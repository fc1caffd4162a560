# Each target runs the command that CONTRIBUTING.md names beside it.
.PHONY: setup test check fmt try

setup:
	python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[dev]'

test:
	.venv/bin/pytest

check:
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

fmt:
	.venv/bin/ruff check --fix . && .venv/bin/ruff format .

try:
	.venv/bin/briefings try
