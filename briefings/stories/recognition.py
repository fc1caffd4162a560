"""Recognises an entry among the articles that are stored: the same item, another's report that points there, a copy.

An item is the same if its source gave it the same key, or, where keys are made anew at every visit, the same address
and much the same text. An address that another source brought is no identity: the entry is then a report of its own,
*attached* to the article at that address. It goes into the same story and is a copy if it adds no text. The report of
the site itself, or the one with a text, is the one that others are attached to, whichever came first.

Promises that one source's words never change another source's article, and that a stub ("Read more") makes no two
reports the same. Pure: nothing is stored here.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Collection, Iterable

from briefings.parse import urls
from briefings.sources.origin import FEED, NAME, SITE
from briefings.stories import identity
from briefings.stories.duplicates import FEWEST_WORDS, WINDOW_DAYS, Originals, ReportText, is_copy, likeness
from briefings.stories.keyed import Findings, KeyedEntry, KnownArticle, NewArticle, TakenOver
from briefings.text.words import comparable_words, count_words

SHORTEST_TEXT = 8
"""Words (sixteen characters where a script has no blanks): a shorter text is a stub, and its title stands for it."""

SHORTEST_TITLE = 5
"""Words of a title that may identify a report without a text: "Weather forecast" names a new one every day."""

SHARED_BY = 3
"""Addresses with different titles that share one text: it is furniture of the site, and no report."""

ANOTHER = 0.1
"""A likeness below which two texts are not two forms of one text."""

HALF = 0.5
"""The share of words, or of shingles, from which on two titles or two texts are much the same."""


class Recogniser:
    """Takes the entries of a batch in order.

    `present` are the keys of all items of their feed or file, `kept_out` the entries whose articles were removed.
    """

    def __init__(
        self,
        known: Iterable[KnownArticle],
        originals: Originals,
        reports: dict[int, ReportText],
        present: Collection[str] = (),
        kept_out: Collection[KeyedEntry] = (),
    ) -> None:
        self.findings = Findings()
        self._kept_out = kept_out
        self._originals, self._reports, self._present = originals, reports, present
        self._by_item: dict[str, KnownArticle] = {}
        self._by_address: dict[str, list[KnownArticle]] = {}
        self._by_text: dict[str, list[KnownArticle]] = {}
        for article in known:
            self._remember(article)

    def take(self, keyed: KeyedEntry) -> tuple[int, bool] | None:
        """Return the number of an entry's article, and True if that article was there before.

        None if the entry is kept out.
        """
        is_kept_out = keyed in self._kept_out
        keyed = self._without_shared_text(keyed)
        article = self._same(keyed)
        if article is None:
            return None if is_kept_out else (self._add(keyed), False)
        if article.id > 0:
            if article.origin is None:
                self.findings.adopted.append((article.id, keyed))
                article.origin, article.item = keyed.origin, keyed.item
            if _differs(keyed, article):
                self.findings.changes.append((article.id, keyed))
        return article.id, True

    # --- the same item ------------------------------------------------------------------------------------------------

    def _same(self, keyed: KeyedEntry) -> KnownArticle | None:
        holder = self._by_item.get(keyed.item) if keyed.item else None
        if holder is not None:
            if _share_address(keyed, holder) or _holds_same(keyed, holder):
                return holder
            if not keyed.is_loose and not (keyed.names_article and holder.canonical):
                return holder
            self._release(holder)
        own = [article for article in self._at_address(keyed) if _may_change(keyed, article)]
        own = [article for article in own if not self._is_another_item(article, keyed)]
        is_sole = len(own) == 1 and keyed.has_own_address and keyed.names_article
        if is_sole and not (own[0].item or "").startswith(f"{keyed.namespace} ") and _holds_same(keyed, own[0]):
            return own[0]  # another feed of the same site: it knows the article by another key
        if not keyed.canonical:
            own += [article for article in self._by_text.get(keyed.fingerprint, ()) if _may_change(keyed, article)]
        return next((article for article in own if _is_same_report(keyed, article)), None)

    def _is_another_item(self, article: KnownArticle, keyed: KeyedEntry) -> bool:
        """True if the article's own key stands in the same document: then the entry is another item beside it."""
        return article.item is not None and article.item != keyed.item and article.item in self._present

    def _at_address(self, keyed: KeyedEntry) -> list[KnownArticle]:
        return self._by_address.get(keyed.canonical, []) if keyed.canonical else []

    def _release(self, holder: KnownArticle) -> None:
        """Take the key from an article; a file of the same name, or a record with the same id, now holds another."""
        if holder.id > 0:
            self.findings.released.append(holder.id)
        else:
            self._change_new(holder.id, item=None)
        del self._by_item[holder.item or ""]
        holder.item = None

    # --- a new article ------------------------------------------------------------------------------------------------

    def _add(self, keyed: KeyedEntry) -> int:
        main = self._main_report(keyed)
        if main is None:
            return self._store(keyed, self._repeated(keyed), None)
        if _rank(keyed.origin, keyed.canonical, keyed.report) <= _rank(main.origin, main.canonical, main.report):
            return self._store(keyed, None if adds_text(keyed.report, main.report) else main.original, main.original)
        copy_of = self._repeated(keyed)
        if main.copy_of is not None or copy_of not in (None, main.id):  # one of the two is a copy of a third report
            return self._store(keyed, copy_of, None)
        number = self._store(keyed, None, None)
        self._take_over(number, main, keyed)
        return number

    def _store(self, keyed: KeyedEntry, copy_of: int | None, attached_to: int | None) -> int:
        self.findings.new.append(NewArticle(keyed, copy_of, attached_to))
        number = -len(self.findings.new)
        self._remember(
            KnownArticle(
                number, keyed.entry.title, keyed.entry.text, keyed.report.source, keyed.fingerprint, keyed.day,
                keyed.entry.published is not None, keyed.origin, keyed.item, keyed.canonical, copy_of, attached_to,
            )
        )  # fmt: skip
        if copy_of is None:
            self._reports[number] = keyed.report
            shingles = self._originals.add(keyed.report.sketch, keyed.day, number)
            self.findings.rows += [(shingle, keyed.day, number) for shingle in shingles]
        return number

    def _main_report(self, keyed: KeyedEntry) -> KnownArticle | None:
        """Return the report of another source at the entry's address, to which an entry may be attached.

        None if the address has several, because then it identifies none.
        """
        there = self._at_address(keyed) if keyed.names_article else []
        mains = [article for article in there if article.attached_to is None and not _may_change(keyed, article)]
        return mains[0] if len(mains) == 1 else None

    def _take_over(self, number: int, main: KnownArticle, keyed: KeyedEntry) -> None:
        is_its_copy = not adds_text(main.report, keyed.report)
        self.findings.taken_over.append(TakenOver(number, main.id, is_its_copy))
        for article in self._at_address(keyed):
            if article.id == main.id or article.attached_to == main.id:
                article.attached_to = number
                if is_its_copy:
                    article.copy_of = number

    def _repeated(self, keyed: KeyedEntry) -> int | None:
        """Return the number of the original whose text an entry repeats, word for word or with light edits."""
        is_stub = _is_stub(keyed.report)
        for article in self._by_text.get(keyed.fingerprint, ()):
            is_own = article.origin == keyed.origin
            if is_stub:
                is_near = abs(article.day - keyed.day) <= WINDOW_DAYS
                if not is_own and is_near and count_words(keyed.entry.title) >= SHORTEST_TITLE:
                    return article.original
            elif are_alike(article.title, keyed.entry.title) or (
                not is_own and len(keyed.report.words) >= FEWEST_WORDS
            ):
                return article.original
            elif is_own:
                return None  # one text of one source under two titles is furniture rather than a copy
        near = self._originals.near(keyed.report.sketch, keyed.day)
        return next((number for number in near if is_copy(keyed.report, self._reports[number])), None)

    def _without_shared_text(self, keyed: KeyedEntry) -> KeyedEntry:
        """Return the entry as a stub if its text stands at `SHARED_BY` addresses under different titles."""
        if not keyed.canonical or _is_stub(keyed.report):
            return keyed
        is_short = len(keyed.report.words) < FEWEST_WORDS
        sharing = [
            article
            for article in self._by_text.get(keyed.fingerprint, ())
            if article.canonical not in (None, keyed.canonical)
            and (is_short or article.origin == keyed.origin)
            and not are_alike(article.title, keyed.entry.title)
        ]
        if len({article.canonical for article in sharing}) < SHARED_BY - 1:
            return keyed
        for article in sharing:
            if not _is_stub(article.report):
                article.text = article.title
                if article.id > 0:
                    self.findings.shared.append(article.id)
                else:
                    self._change_new(article.id, entry=self.findings.new[-article.id - 1].keyed.as_stub().entry)
        return keyed.as_stub()

    def _change_new(self, number: int, **changes: object) -> None:
        new = self.findings.new[-number - 1]
        keyed = dataclasses.replace(new.keyed, **changes)  # type: ignore[arg-type]  # fields of KeyedEntry by name
        self.findings.new[-number - 1] = dataclasses.replace(new, keyed=keyed)

    def _remember(self, article: KnownArticle) -> None:
        if article.item:
            self._by_item[article.item] = article
        if article.canonical:
            self._by_address.setdefault(article.canonical, []).append(article)
        self._by_text.setdefault(article.fingerprint, []).append(article)


def adds_text(report: ReportText, main: ReportText) -> bool:
    """True if a report that points at another has words of its own: no stub, and mostly not the other's words."""
    if _is_stub(report):
        return False
    shingles = report.shingles
    return len(shingles & main.shingles) < HALF * len(shingles)


def are_alike(title: str, other: str) -> bool:
    """True if two titles share at least half of their words, in the same order."""
    words, others = (comparable_words(each) or [each] for each in (title, other))
    return difflib.SequenceMatcher(None, words, others).ratio() >= HALF


def _is_stub(report: ReportText) -> bool:
    return report.text == report.title or count_words(report.text) < SHORTEST_TEXT


def _share_address(keyed: KeyedEntry, article: KnownArticle) -> bool:
    return keyed.names_article and keyed.canonical == article.canonical


def _may_change(keyed: KeyedEntry, article: KnownArticle) -> bool:
    """True if the entry's source brought the article. An editor speaks for the source whose name they state.

    An article older than origins goes by its name; a feed elsewhere, which can call itself anything, never gets it.
    """
    if keyed.origin.startswith(NAME) or (article.origin is None and not keyed.origin.startswith(FEED)):
        name = keyed.report.source.casefold()
        return article.origin == keyed.origin or (bool(name) and article.source.casefold() == name)
    return article.origin == keyed.origin


def _holds_same(keyed: KeyedEntry, holder: KnownArticle) -> bool:
    """True if an item under one key or address still holds the same article, edited or with another headline.

    A record's id may be no more than the number of its row, and a file may hold another outlet's report today.
    """
    if keyed.is_loose and (keyed.origin.startswith(NAME) or keyed.origin != holder.origin):
        return _is_same_report(keyed, holder)
    likely = likeness(keyed.stated, holder.report)
    if keyed.is_loose:
        return likely >= HALF or (likely >= ANOTHER and are_alike(keyed.entry.title, holder.title))
    return likely >= ANOTHER or are_alike(keyed.entry.title, holder.title) or _is_same_report(keyed, holder)


def _is_same_report(keyed: KeyedEntry, article: KnownArticle) -> bool:
    """True if an entry and an article at one address, or with one text, are the same item under another key.

    Notices made from one pattern are not: each states other numbers, under a title of its own.
    """
    stated, stored = keyed.stated, article.report
    if _is_beginning(stated, stored) or _is_beginning(stored, stated):
        return True
    if keyed.fingerprint == article.fingerprint:
        return are_alike(keyed.entry.title, article.title)
    if identity.fingerprint(keyed.entry.title) != identity.fingerprint(article.title):
        return False
    is_edited = stated.numbers >= stored.numbers or stated.numbers <= stored.numbers
    return _is_stub(stated) or _is_stub(stored) or (is_edited and likeness(stated, stored) >= HALF)


def _is_beginning(teaser: ReportText, text: ReportText) -> bool:
    words = teaser.folded
    return teaser.text.rstrip(" )]").endswith(("…", "...")) and len(words) > 2 and text.folded[: len(words)] == words


def _rank(origin: str | None, canonical: str | None, report: ReportText) -> tuple[bool, bool]:
    """Return how near a report is to the outlet's own words: the site's own before others', a text before a stub."""
    return bool(origin) and origin == f"{SITE}{urls.site(canonical)}", not _is_stub(report)


def _differs(keyed: KeyedEntry, article: KnownArticle) -> bool:
    """True if an entry says anything else than the article in which it was recognised."""
    if not article.dated and keyed.entry.published is not None:
        return True
    if identity.fingerprint(keyed.entry.title) != identity.fingerprint(article.title):
        return True
    return keyed.fingerprint != article.fingerprint and not (_is_stub(keyed.report) and _is_stub(article.report))
