"""Finds disputes: reports of one story that give different numbers for the same thing. Pure.

Promises only what reports state, in their own words, by outlet. Only the newest report of each outlet counts, copies
do not, nor does anything older than a day before the newest. Precision goes first: what is compared is of one kind
(`amounts.py`), and no dispute are numbers of which one report states both, numbers with another doer, place, purpose or
law, and a number that another merely rounds. Never says who is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import cached_property

from briefings.model import Article, Dispute
from briefings.stories.amounts import Amount, amounts_in, names_in, words_for
from briefings.text import numbers
from briefings.text.sentences import split

OVERTAKEN_AFTER = timedelta(hours=24)
"""A number reported longer than this before the newest one has been overtaken, not contradicted."""

MOST_REPORTS = 100
"""Reports of a story that are read, the newest first."""

MOST_TEXT = 6000
"""Characters of each report that are read."""

TOO_FAR_APART = 3
"""Numbers that differ by more than this factor probably count two different things."""

ABOUT_THE_SAME = Decimal("0.1")
"""The share by which a number called rough, or a bound, may differ."""


_Key = tuple[str, str, str]
_Group = tuple[Amount, list[str], list[Amount]]
"""Amounts that agree: the most exact one, the outlets, all of them."""


def find_disputes(articles: Iterable[Article]) -> tuple[Dispute, ...]:
    """Return the disputes between the reports of one story, the one with the most outlets first."""
    newest = sorted(articles, key=lambda a: (a.when, a.id), reverse=True)[:MOST_REPORTS]
    reports = [_Report(article) for article in newest]
    stated: dict[_Key, dict[str, tuple[Article, Amount]]] = {}
    for report in reports:
        if report.article.copy_of is None and report.article.source:
            for amount in report.amounts():
                stated.setdefault(amount.key, {}).setdefault(report.article.source, (report.article, amount))
    disputes = []
    for (what, noun, _), by_outlet in stated.items():
        last = max(article.when for article, _ in by_outlet.values())
        current = [(outlet, n) for outlet, (article, n) in by_outlet.items() if last - article.when <= OVERTAKEN_AFTER]
        groups = _different(current)
        if len(groups) > 1 and not _count_other_things(groups) and not any(r.states_two(groups) for r in reports):
            values = tuple((amount.text, tuple(outlets)) for amount, outlets, _ in groups)
            disputes.append(Dispute(what, values, noun))
    return tuple(sorted(disputes, key=lambda d: (-sum(len(outlets) for _, outlets in d.values), d.what, d.values)))


class _Report:
    """An article with the sentences and numbers that are read of it, each once."""

    def __init__(self, article: Article) -> None:
        self.article = article

    @cached_property
    def sentences(self) -> list[str]:
        return split(self.article.text[:MOST_TEXT], self.article.language)

    @cached_property
    def numbers(self) -> list[tuple[str, frozenset[str]]]:
        """Each sentence, the title first, in small letters, with its numbers."""
        lines = [numbers.plain(line) for line in (self.article.title, *self.sentences)]
        return [
            (line.lower(), frozenset(r.split()[0] for n in numbers.read(line) for r in n.readings())) for line in lines
        ]

    def amounts(self) -> Iterator[Amount]:
        """Yield the amounts that it states, one for each thing; those of its title go before those of its text."""
        names = names_in(self.sentences)
        in_title = _by_key(amounts_in(self.article.title, names, is_title=True))
        in_text = _by_key(amount for sentence in self.sentences for amount in amounts_in(sentence, names))
        for key in in_title | in_text:
            amounts = in_title.get(key) or in_text[key]
            if len({amount.value for amount in amounts}) == 1:
                yield amounts[0]

    def states_two(self, groups: Sequence[_Group]) -> bool:
        """True if it states two of these numbers where it speaks of what they count: it knows them apart."""
        words = words_for(groups[0][0])
        stated = {
            number
            for line, numbers_there in self.numbers
            if not words or not words.isdisjoint(re.findall(r"\w+", line))
            for number in numbers_there
        }
        return sum(any(f"{a.value.normalize():f}" in stated for a in amounts) for _, _, amounts in groups) > 1


def _by_key(amounts: Iterable[Amount]) -> dict[_Key, list[Amount]]:
    by_key: dict[_Key, list[Amount]] = {}
    for amount in amounts:
        by_key.setdefault(amount.key, []).append(amount)
    return by_key


def _different(stated: Sequence[tuple[str, Amount]]) -> list[_Group]:
    """Return the amounts that really differ, the least first. One that agrees with another joins it."""
    values = [amount.value for _, amount in stated]
    if max(values) > TOO_FAR_APART * min(values):
        return []
    groups: list[_Group] = []
    for outlet, amount in sorted(stated, key=_most_exact_first):
        for other, outlets, amounts in groups:
            if _agree(other, amount):
                outlets.append(outlet)
                amounts.append(amount)
                break
        else:
            groups.append((amount, [outlet], [amount]))
    return sorted(groups, key=lambda group: group[0].value)


def _count_other_things(groups: Sequence[_Group]) -> bool:
    """True if two of them have another doer, place, purpose or law, or no name near them in common."""
    for n, (first, _, amounts) in enumerate(groups):
        for _, _, others in groups[:n]:
            for role in first.marks:
                marks, other_marks = (frozenset().union(*(a.marks[role] for a in g)) for g in (amounts, others))
                if marks and other_marks and not any(_same(one, two) for one in marks for two in other_marks):
                    return True
    return False


def _same(name: str, other: str) -> bool:
    """True for the same name, one within the other ("new york city"), and a land with its people ("russian")."""
    short, long = sorted((name, other), key=len)
    return f" {short} " in f" {long} " or (" " not in long and len(short) > 3 and long.startswith(short[:-1]))


def _most_exact_first(reported: tuple[str, Amount]) -> tuple[bool, int, Decimal, str]:
    outlet, amount = reported
    return amount.is_rough, -_digits(amount.value), amount.value, outlet


def _agree(amount: Amount, other: Amount) -> bool:
    """True for the same number, or nearly the same where one is rough or rounded, up or down."""
    if amount.value == other.value:
        return True
    if amount.is_rough or other.is_rough:
        return abs(amount.value - other.value) <= ABOUT_THE_SAME * max(amount.value, other.value)
    if not amount.currency:
        return False
    low, high = sorted((amount.value, other.value), key=_digits)
    unit = Decimal(1).scaleb(low.normalize().as_tuple().exponent)  # type: ignore[arg-type]  # never infinite
    # Titles also cut digits off: $27 million for $27.5 million. $2 billion for $2.5 billion is another number.
    return low == high.quantize(unit, ROUND_HALF_UP) or (_digits(low) > 1 and low == high.quantize(unit, ROUND_DOWN))


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)
