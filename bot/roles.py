"""The roles that a process may play, all of them or some: `briefings run --only`."""

from __future__ import annotations

from briefings.newsroom.passes import PASSES

ROLES = ("talk", *PASSES)
"""`talk` is the receiver, which takes updates and answers them; the others are passes, which the scheduler ticks."""

ALIASES = {"ingest": "collect"}
"""Former names that `--only` still takes."""

NEED_TELEGRAM = frozenset({"talk", "dispatch"})
"""The roles that send to Telegram or receive from it."""
