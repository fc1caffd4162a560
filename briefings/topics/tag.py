"""A tag: a topic of an article. A value only."""

from __future__ import annotations

from typing import NamedTuple


class Tag(NamedTuple):
    """A topic of an article. `is_about` is False if the article only mentions it.

    Of an article's tags the one with the greater `strength` is the stronger; `matching.py` says how it is made.
    """

    is_about: bool
    strength: int
