"""The nouns of recognition: an entry with its keys, an article it is compared with, and the findings. Values only."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from briefings.model import Entry
from briefings.parse import urls
from briefings.stories import identity
from briefings.stories.duplicates import ReportText


@dataclass(slots=True)
class KnownArticle:
    """An article that is stored, or below zero the place of a new one of this batch: -1 is the first.

    `text` may be cut. `day` counts as `date.toordinal`. `origin` is None for an article older than origins.
    """

    id: int
    title: str
    text: str
    source: str
    fingerprint: str
    day: int
    dated: bool
    origin: str | None = None
    item: str | None = None
    canonical: str | None = None
    copy_of: int | None = None
    attached_to: int | None = None

    @property
    def original(self) -> int:
        return self.copy_of or self.id

    @property
    def report(self) -> ReportText:
        return ReportText(self.title, self.text, self.source)


@dataclass(frozen=True, slots=True)
class KeyedEntry:
    """An entry with its keys. `stated` is its report before a stub was replaced by the title.

    `is_loose`: its key proves little (`sources/origin.py`). `has_own_address`: no other item beside it has its address,
    and the address has no fragment.
    """

    entry: Entry
    report: ReportText
    stated: ReportText
    day: int
    fingerprint: str
    origin: str
    owner: str = ""
    namespace: str = ""
    item: str | None = None
    canonical: str | None = None
    is_loose: bool = False
    has_own_address: bool = False

    @property
    def names_article(self) -> bool:
        return urls.names_article(self.canonical)

    def as_stub(self) -> KeyedEntry:
        """Return the entry with its title in place of a text that says nothing."""
        title = self.entry.title
        entry = dataclasses.replace(self.entry, text=title, summary=None, supplied=False)
        report = ReportText(title, title, self.report.source)
        return dataclasses.replace(self, entry=entry, report=report, fingerprint=identity.fingerprint(title))


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to store. `copy_of` and `attached_to` are ids, or below zero places in the same list."""

    keyed: KeyedEntry
    copy_of: int | None = None
    attached_to: int | None = None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The article `old` is attached to `main` from now on, and is its copy if `is_copy`."""

    main: int
    old: int
    is_copy: bool


@dataclass(slots=True)
class Findings:
    """The results for a batch. `shared` are articles whose text is furniture, `released` those that lost their key.

    `adopted` are articles older than origins, with the entry that was recognised in each.
    """

    new: list[NewArticle] = field(default_factory=list)
    rows: list[tuple[int, int, int]] = field(default_factory=list)
    changes: list[tuple[int, KeyedEntry]] = field(default_factory=list)
    taken_over: list[TakenOver] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    adopted: list[tuple[int, KeyedEntry]] = field(default_factory=list)
