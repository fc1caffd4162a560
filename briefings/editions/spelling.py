"""Spells out acronyms where an edition first uses them. Pure.

Promises that no acronym is spelled out twice in an edition, and that no item grows beyond its words or the edition
beyond its budget.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

from briefings.editions.model import Item
from briefings.editions.sizes import STORY_WORDS, words_of
from briefings.text.acronyms import expand_first, expansions
from briefings.text.words import count_words

MEANT_IN = "en"
"""The language of the long forms that topics state."""


def spell_out(items: Sequence[Item], texts: Mapping[int, str], acronyms: Mapping[str, str], room: int) -> list[Item]:
    """Return the items, in order of print, with each acronym spelled out once as far as `room` words allow.

    `texts` maps a quoted report to its text: the long form that it states goes before that of `acronyms`.
    """
    used: set[str] = set()
    spelled_items = []
    for item in items:
        own_forms = expansions(texts[item.report])
        others = {short: long for short, long in acronyms.items() if short not in own_forms}
        facts: list[str] = []
        for number, fact in enumerate(item.facts):
            spelled = fact
            for forms, language in ((own_forms, item.language), (others, MEANT_IN)):
                open_forms = {short: long for short, long in forms.items() if short not in used}
                spelled = expand_first(spelled, open_forms, language=item.language, meant_in=language)
            longer = dataclasses.replace(item, facts=(*facts, spelled, *item.facts[number + 1 :]))
            added = count_words(spelled) - count_words(fact)
            if added <= room and words_of(longer) <= max(STORY_WORDS, words_of(item)):
                room -= added
                item, fact = longer, spelled
            facts.append(fact)
            used |= _used(fact, acronyms) | _used(fact, own_forms)
        spelled_items.append(item)
    return spelled_items


def _used(text: str, long_forms: Mapping[str, str]) -> set[str]:
    return {short for short in long_forms if re.search(rf"\b{re.escape(short)}\b", text)}
