"""Asks the operator once before anything is removed; the option `--yes` agrees beforehand.

Promises that nothing is agreed to where nobody can answer: without a terminal and without `--yes` the verb fails.
"""

from __future__ import annotations

import sys

import click

from bot.cli.console import Failed

is_agreed = click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")


def require_agreement(question: str) -> None:
    """Ask on the terminal. Raises Failed when the answer is not yes, or when there is no terminal."""
    if not sys.stdin.isatty():
        raise Failed("nobody-to-ask")
    if not click.confirm(question, err=True):
        raise Failed("not-agreed")
