"""Starts the program: `python -m bot` is `briefings run`; with a verb, it is `briefings VERB`."""

from __future__ import annotations

import sys

from bot.cli.main import main

if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.argv.append("run")
    main()
