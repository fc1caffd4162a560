"""The reading budget of an edition, and what each part of it takes: words, and characters of a message. Pure.

Words are counted as a reader counts them (`text/sentences.count_words`); people read about 230 of them a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from briefings.editions.model import Item, Mood
from briefings.model import Dispute, Wishes
from briefings.text.words import count_words

BUDGET_WORDS = {1: 230, 2: 450, 3: 650, 5: 1100}
"""Words of a whole edition by the reading minutes it was asked for."""

WORDS_A_MINUTE = 230
"""Reading speed, and the budget of each minute for a number of minutes that is not in the table."""

STORY_WORDS = 60
"""Visible words of a story, its headline and sourcing tail included; more only where the first sentence is long."""

FRAME_WORDS, UPDATED_WORDS = 30, 8
"""Words of dateline, heading in brief and end mark together, and of the line or heading that says “updated since”."""

ONE_MESSAGE = 3500
"""Characters that one message holds, as a block does."""

FRAME_CHARACTERS = 250
"""Characters of a message that dateline, section names and end mark may take."""

DISPUTE_WORDS, DISPUTE_CHARACTERS = 7, 36
"""The most words and characters that the English sentence about a dispute adds to `str(dispute)`."""

TAIL_CHARACTERS = 36
"""Characters of an item's last line beside its outlets and commands: date, count of outlets, dots between them."""

DATE_WORDS, UNDATED_WORDS, COUNT_WORDS = 3, 6, 3
"""The words of ` · 3 Dec`, of ` · undated, added 22 Nov 2026` and of ` · 4 outlets` in that line."""

SUPPLIED_WORDS, SUPPLIED_CHARACTERS = 3, 19
"""The words and characters of ` · summary supplied` in that line."""

NAMED = 2
"""Outlets that the last line names."""


def budget(wishes: Wishes) -> int:
    """Return the words of an edition for these reading minutes."""
    return BUDGET_WORDS.get(wishes.minutes, WORDS_A_MINUTE * wishes.minutes)


def free_words(items: Iterable[Item], wishes: Wishes) -> int:
    """Return the words of the reading budget that these items leave free."""
    items = list(items)
    frame = FRAME_WORDS + (UPDATED_WORDS if any(item.mood is Mood.UPDATED for item in items) else 0)
    return budget(wishes) - frame - sum(map(words_of, items))


def free_characters(items: Iterable[Item], wishes: Wishes) -> int:
    """Return the characters that these items leave free in one message, or two for three minutes and more."""
    most = ONE_MESSAGE * (2 if wishes.minutes >= 3 else 1) - FRAME_CHARACTERS
    return most - sum(map(characters_of, items))


def words_of(item: Item) -> int:
    """Return the visible words of an item, those of its last line included."""
    if not item.facts:
        return brief_words(item)
    words = count_words(_visible(item)) + sum(map(dispute_words, item.disputes))
    dated = item.when is not None
    return words + tail_words(item.outlets, item.count, item.commands, dated=dated, supplied=item.supplied)


def brief_words(item: Item) -> int:
    """Return the words of an item that is told in brief: its headline, a dot and its first outlet."""
    return count_words(item.lead) + 1 + (count_words(item.outlets[0]) if item.outlets else 0)


def brief_characters(item: Item) -> int:
    """Return the characters of an item that is told in brief, with a mark before it."""
    return len(item.lead) + len(item.outlets[0] if item.outlets else "") + len("🔄  · source not named")


def dispute_words(dispute: Dispute) -> int:
    """Return the words of the sentence that tells of a dispute."""
    return count_words(str(dispute)) + DISPUTE_WORDS


def tail_words(outlets: Sequence[str], count: int, commands: Sequence[str], *, dated: bool, supplied: bool) -> int:
    """Return the words of the line `Outlet, Outlet · 3 Dec · 4 outlets · /topic`; each dot counts as a word.

    `count` is how many outlets there are. `supplied`: the line says also that the summary was supplied.
    """
    words = len(" ".join(outlets[:NAMED]).split()) + 2 * len(commands)
    words += DATE_WORDS if dated else UNDATED_WORDS
    return words + (COUNT_WORDS if count > NAMED else 0) + (SUPPLIED_WORDS if supplied else 0)


def characters_of(item: Item) -> int:
    """Return the visible characters of an item, without those that are folded away."""
    if not item.facts:
        return brief_characters(item)
    tail = " ".join((*item.outlets[:NAMED], *item.commands))
    disputes = sum(len(str(dispute)) + DISPUTE_CHARACTERS for dispute in item.disputes)
    marked = SUPPLIED_CHARACTERS if item.supplied else 0
    return len(_visible(item)) + disputes + len(tail) + TAIL_CHARACTERS + marked


def _visible(item: Item) -> str:
    return " ".join((item.lead, *item.facts))
