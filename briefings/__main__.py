"""`python -m briefings` is the `briefings` command, with its verbs.

This is the only module of this package that imports from `bot`, and no module imports this one. It is here because
`python -m briefings` is what people type who have installed Briefings, and they expect the whole program.
"""

from __future__ import annotations

from bot.cli.main import main

if __name__ == "__main__":
    main()
