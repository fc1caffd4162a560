"""Which articles speak of a keyword, and what a dossier on it holds. Pure.

A topic is found by whole words: hyphens, blanks and nothing are the same between its parts (S-400,
S 400, S400), case does not matter except for `exact` aliases, and a plural or possessive ending may
follow. It is never found inside a longer word or number (not S-4000, not "relosing").

An article is *about* a topic when its title names it or its text does so twice; else it *mentions* it.
(On Reuters' news that rule agreed with the editors' own tags better than any other, F1 .69.)
"""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from briefings.errors import BadTopic
from briefings.model import Article, Dossier, Line, Story, Topic
from briefings.stories import as_of, newest_original

ABOUT_MENTIONS = 2
LONGEST = {"title": 80, "command": 32, "definition": 600, "expansion": 120}
"""Characters."""

TIMELINE_STORIES = 30

_COMMAND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_DASHES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u00ad", "-") | {"\u2019": "'", "\u00a0": " "}
)
_PART = re.compile(r"[^\W\d_]+|\d+|[^\w\s-]", re.UNICODE)
JOINT = r"[-\s]{0,8}"
"""What may stand between the parts of a name, a line break and its indent included."""

_ENDING = r"(?:'s|s'|s|es)?"


class Matcher:
    """Finds topics in texts. Built once for a set of topics; holds nothing else."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._topics = [
            (topic.command, [_parts(name) for name in (*topic.aliases, *topic.exact)], _pattern(topic))
            for topic in topics
        ]

    def tag(self, title: str, text: str) -> dict[str, bool]:
        """The topics that speak in this article: command → is it *about* it."""
        title, text = _plain(title), _plain(text)
        here = _parts(f"{title}\n{text}")
        here |= {part[: -len(end)] for part in here for end in _ends(part)}
        found = {}
        for command, names, pattern in self._topics:
            if any(name <= here for name in names):  # cheap, and rules out nearly all
                titled, mentions = _mentions(pattern, title), _mentions(pattern, text)
                if titled or mentions:
                    found[command] = bool(titled) or mentions >= ABOUT_MENTIONS
        return found


def parse_topic(name: str, data: bytes) -> Topic:
    """One topic file (TOML) as a topic; raise BadTopic naming the file and what is wrong with it."""
    try:
        table = tomllib.loads(data.decode())
    except RecursionError:
        raise BadTopic(f"{name}: not TOML: nested too deep") from None
    except ValueError as error:  # not TOML, not UTF-8, or a number beyond all numbers
        raise BadTopic(f"{name}: not TOML: {str(error).splitlines()[0]}") from None
    unknown = table.keys() - {"title", "command", "definition", "expansion", "aliases", "exact", "related", "tags"}
    if unknown:
        raise BadTopic(f"{name}: unknown key {sorted(unknown)[0]!r}")
    table.setdefault("expansion", "")
    for key, most in LONGEST.items():
        if not isinstance(table.get(key), str) or not (table[key].strip() or key == "expansion"):
            raise BadTopic(f"{name}: {key!r} is missing or no text")
        if len(table[key]) > most:
            raise BadTopic(f"{name}: {key!r} is longer than {most} characters")
    if not _COMMAND.fullmatch(table["command"]):
        raise BadTopic(f"{name}: the command must be 1 to 32 of a-z, 0-9 and _, beginning with a letter")
    lists = {key: _strings(name, key, table.get(key, [])) for key in ("aliases", "exact", "related", "tags")}
    if not lists["aliases"] and not lists["exact"]:
        raise BadTopic(f"{name}: no aliases, so nothing could ever match")
    return Topic(
        command=table["command"],
        title=table["title"].strip(),
        definition=table["definition"].strip(),
        expansion=table["expansion"].strip() or None,
        **lists,
    )


def key(word: str) -> str:
    """A word as commands spell it: `S-400` and `/s400` are both `s400`."""
    return re.sub(r"[^\w]|_", "", _plain(word).casefold())


def find(word: str, topics: Sequence[Topic]) -> Topic | None:
    """The topic a reader means by this word: its command, title, expansion or an alias."""
    wanted = key(word)
    for topic in topics:
        if wanted and wanted in {key(name) for name in _names(topic)}:
            return topic
    return None


def nearest(word: str, topics: Sequence[Topic], limit: int = 3) -> list[Topic]:
    """Topics whose names look most like the word, best first; none when nothing is near."""
    wanted = key(word)
    scored = [(max(_likeness(wanted, key(name)) for name in _names(topic)), topic) for topic in topics]
    near = sorted((pair for pair in scored if pair[0] >= 0.7), key=lambda pair: -pair[0])
    return [topic for _, topic in near[:limit]]


def dossier(
    word: str,
    topic: Topic | None,
    articles: Sequence[Article],
    stories: Sequence[Story],
    topics: Sequence[Topic],
    now: datetime,
) -> Dossier:
    """Put together what we hold: `articles` newest first, `stories` those that the articles belong to.

    Reports dated after `now` are left out; an undated one says where it stands only if no other does.
    """
    come = [known for story in stories if (known := as_of(story, now))]
    about = [s for s in come if topic is None or topic.command in s.about] or come
    dated = sorted((s for s in about if _is_dated(s)), key=lambda s: s.first)
    standing = max(about, key=lambda s: (_is_dated(s), s.last, s.id), default=None)
    commands = {t.command for t in topics}
    originals = [a for a in articles if a.copy_of is None and a.when <= now]
    return Dossier(
        word=word,
        topic=topic,
        standing=standing,
        report=_report(standing, topic) if standing else None,
        timeline=tuple(_line(story) for story in dated[-TIMELINE_STORIES:]),
        articles=len(originals),
        outlets=tuple(dict.fromkeys(a.source for a in originals)),
        first=min((a.published for a in originals if a.published), default=None),
        related=tuple(c for c in topic.related if c in commands) if topic else _common(originals, commands),
    )


def _is_dated(story: Story) -> bool:
    return any(article.published for article in story.articles)


def _report(story: Story, topic: Topic | None) -> Article:
    """The newest original that speaks of the topic, not merely in passing; else the newest original."""
    about = [a for a in story.articles if a.copy_of is None and topic is not None and topic.command in a.about]
    return about[-1] if about else newest_original(story)


def _line(story: Story) -> Line:
    report = next(a for a in story.articles if a.published)
    return Line(report.when, report.title, report.url)


def _common(articles: Iterable[Article], commands: set[str]) -> tuple[str, ...]:
    """The topics met most often in these articles."""
    seen: dict[str, int] = {}
    for topic in (t for a in articles for t in a.about if t in commands):
        seen[topic] = seen.get(topic, 0) + 1
    return tuple(sorted(seen, key=lambda topic: (-seen[topic], topic))[:3])


def _pattern(topic: Topic) -> re.Pattern[str]:
    loose = [f"(?i:{_words(alias)})" for alias in topic.aliases]
    return re.compile("|".join(rf"(?<!\w){one}(?!\w)" for one in [*loose, *map(_words, topic.exact)]))


def _mentions(pattern: re.Pattern[str], text: str) -> int:
    """How often it stands there; what a vowel sign or an accent follows or begins is only part of a word."""
    ends = (match.span() for match in pattern.finditer(text))
    return sum(
        not _is_mark(text[max(start - 1, 0) : start]) and not _is_mark(text[end : end + 1]) for start, end in ends
    )


def _is_mark(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] == "M"


def _parts(text: str) -> frozenset[str]:
    """The letters, numbers and signs a text is made of, in one case."""
    return frozenset(part.casefold() for part in _PART.findall(_plain(text)))


def _ends(part: str) -> list[str]:
    """The endings a part of a name may bear in a text."""
    return [end for end in ("s", "es") if part.endswith(end)]


def _words(alias: str) -> str:
    """An alias as a pattern; its parts are words, numbers and signs, joined by hyphen, blank or nothing."""
    parts = [re.escape(part) for part in _PART.findall(_plain(alias))]
    glued = JOINT.join(parts)
    if re.search(r"[^\W\d_]\s+[^\W\d_]", alias):  # between whole words something must stand
        glued = r"[-\s]+".join(JOINT.join(map(re.escape, _PART.findall(word))) for word in _plain(alias).split())
    return glued + _ENDING


def _plain(text: str) -> str:
    return text.translate(_DASHES)


def _names(topic: Topic) -> list[str]:
    return [topic.command, topic.title, *([topic.expansion] if topic.expansion else []), *topic.aliases, *topic.exact]


def _likeness(one: str, other: str) -> float:
    if len(one) >= 3 and other.startswith(one):
        return 0.9
    return difflib.SequenceMatcher(None, one, other).ratio()


def _strings(name: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise BadTopic(f"{name}: {key!r} must be a list of words")
    if nameless := [item for item in value if not re.search(r"\w", item)]:
        raise BadTopic(f"{name}: {nameless[0]!r} in {key!r} holds no letter and no digit")
    return tuple(value)
