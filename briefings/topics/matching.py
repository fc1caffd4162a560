"""Finds the topics of an article by their names. Pure.

A name is found as whole words. A hyphen, a blank or nothing may stand between its parts (S-400, S 400, S400), a plural
or possessive ending may follow, and it is never found inside a longer word or number (not S-4000, not "relosing").
Case does not matter, except for `exact` names and for a word all in capitals (SWIFT the network, not "swift"). A single
word in small letters is an ordinary word: if the language of the article is recognised, its other forms are found too
(sanction, sanctions, sanctioned). In scripts without blanks between words a name may stand next to any letter.

An article is *about* a topic if its title names the topic or its text does so twice; otherwise it *mentions* the topic.
All names of a topic count together; a name and its abbreviation in brackets count once; a name within a longer name
(`longer_names.py`) does not count. (On Reuters' news the rule "title or twice" agreed with the editors' own tags better
than any other, F1 .69; finding substrings reached .32.)

The *strength* of a topic in an article orders them: a topic in the title, the earlier the stronger; then a topic whose
long form the text spells out; then the topic that the text names more often, or else earlier.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from briefings.model import Topic
from briefings.text.acronyms import expansions
from briefings.text.words import HANGUL, MARKS, UNSPACED
from briefings.topics.longer_names import Capitals, is_part_of_longer_name
from briefings.topics.tag import Tag
from briefings.topics.word_forms import WordForms

ABOUT_MENTIONS = 2
"""Mentions in the text that make an article be about a topic."""

TITLED, DEFINED, MENTION = 2_000_000, 1_000_000, 1_000
"""Parts of a strength: named in the title, spelled out in the text, each mention in the text. The rest, below 1,000, is
for the place of the first mention."""

_ACRONYM_NEXT = re.compile(r" \([A-Z][A-Za-z]{0,8}[A-Z]\)|, or [A-Z][A-Za-z]{0,8}[A-Z]\b")

_ALIKE = (
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
    | {"’": "'"}
)
"""Character → the one that is read in its place: dashes as a hyphen, invisible characters as nothing."""

_ODD = re.compile(f"[{''.join(_ALIKE)}]")
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,10}")  # U.S. is US

_SPACELESS = UNSPACED + HANGUL
"""Scripts that have no blanks between words, or particles attached to them."""

_ARABIC = re.compile("[\u0620-\u064a]")
_ARABIC_PREFIX = "(?:[وف]?(?:[بك]?ال|لل|[بكل])?)"
_ARABIC_PREFIXES = [a + b for a in ("", "و", "ف") for b in ("", "ال", "بال", "كال", "لل", "ب", "ك", "ل")]
"""Arabic for "and", "with", "for" and "the", written together with the word that follows."""

_PART = re.compile(rf"[^\W\d_{_SPACELESS}]+(?:[{MARKS}]+[^\W\d_{_SPACELESS}]*)*|[{_SPACELESS}]+|\d+|[^\w\s-]")
_UNSPACED = re.compile(f"[{_SPACELESS}]")
_WORD = rf"(?:[^\W{_SPACELESS}]|[{MARKS}])"
_LETTER = re.compile(_WORD)
_HANGUL = re.compile("[\uac00-\ud7af]")
_JOINT = r"[-\s]{0,8}"
"""Between the parts of a name: hyphens and blanks, a line break and its indent included."""

_TAIL = re.compile(rf"(?:'s|s'|s|es)?(?!{_WORD})")
"""After a name: a plural or possessive ending, and the end of the word."""


class Matcher:
    """Finds topics in articles. Built once for a set of topics; it makes its patterns when it first needs them.

    Not safe for two threads at once.
    """

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._rules = [_Rule(topic) for topic in topics if topic.aliases or topic.exact or topic.all]
        self._index: dict[str, list[tuple[_Name, _Rule]]] = {}
        self._unspaced: list[tuple[_Name, _Rule]] = []
        self._by_word: dict[str, list[_Rule]] = {}
        words: set[str] = set()
        for rule in self._rules:
            words |= rule.words
            for word in rule.leading.words:
                self._by_word.setdefault(word, []).append(rule)
            for name in rule.leading.names:
                for part in name.keys:
                    self._index.setdefault(part, []).append((name, rule))
                if not name.keys:
                    self._unspaced.append((name, rule))
        self._parts = frozenset(self._index)
        self._word_forms = WordForms(words)

    def tag(self, title: str, text: str, language: str = "und") -> dict[str, Tag]:
        """Return the topics of an article by command.

        `language` is a code of py3langid, `und` if it is not recognised.
        """
        reading = _Reading(plain(title), plain(text))
        forms = self._word_forms.forms(reading.parts, language)
        near = {
            rule: None for part in reading.parts & self._parts for name, rule in self._index[part] if name in reading
        }
        if self._unspaced and _UNSPACED.search(reading.whole):
            near |= {rule: None for name, rule in self._unspaced if name in reading}
        near |= {rule: None for word in forms for rule in self._by_word.get(word, ())}
        judged = {rule.command: rule.judge(reading, forms) for rule in sorted(near, key=lambda rule: rule.command)}
        return {command: tag for command, tag in judged.items() if tag is not None}


def plain(text: str) -> str:
    """Return a text with one kind of dash, quote, digit and blank, no soft hyphens and no dots in acronyms."""
    text = unicodedata.normalize("NFKC", _ODD.sub(lambda match: _ALIKE[match[0]], text))
    return _DOTTED.sub(lambda match: match[0].replace(".", ""), text) if "." in text else text


class _Reading:
    """An article prepared for matching: title and text, each as written and in small letters."""

    def __init__(self, title: str, text: str) -> None:
        self.title = (title, _fold(title))
        self.text = (text, _fold(text))
        self.whole = f"{title}\n{text}"
        self.capitals = Capitals(self.whole)
        self.parts = frozenset(_PART.findall(f"{self.title[1]}\n{self.text[1]}"))
        self.is_loud = title.isupper() and " " in title.strip()

    @cached_property
    def definitions(self) -> frozenset[str]:
        """The acronyms that the text explains and their long forms, in small letters."""
        return frozenset(name.casefold() for pair in expansions(self.text[0]).items() for name in pair)

    def __contains__(self, name: _Name) -> bool:
        """A quick check. False if the name is certainly not in the article; True means that it may be."""
        if name.keys and name.keys.isdisjoint(self.parts):
            return False
        return name.others <= self.parts and all(piece in self.whole for piece in name.verbatim)


class _Name:
    """One name of a topic. An article that has it holds one of `keys`, all of `others` and all of `verbatim`."""

    def __init__(self, name: str, *, exact: bool) -> None:
        name = plain(name)
        self.is_exact = exact or _is_acronym(name)
        self.is_ordinary = exact and name.istitle() and name.isalpha()
        self._written = name if self.is_exact else _fold(name)
        parts = _PART.findall(_fold(name))
        spaced = [part for part in parts if not _UNSPACED.match(part)]
        self.verbatim = _PART.findall(name) if self.is_exact else [part for part in parts if part not in spaced]
        key = max(spaced, key=len, default=None)
        self.others = frozenset(part for part in spaced[:-1] if part != key and not _ARABIC.match(part))
        self.keys = frozenset(_variants(key)) if key else frozenset()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """The name without its borders, which `_spans` checks. It begins with a letter, so that the search is fast."""
        glued = _JOINT.join(map(re.escape, _PART.findall(self._written)))
        if re.search(r"[^\W\d_]\s+[^\W\d_]", self._written):  # two words are never written together
            glued = r"[-\s]+".join(_JOINT.join(map(re.escape, _PART.findall(word))) for word in self._written.split())
        before = _ARABIC_PREFIX if _ARABIC.match(self._written) else ""
        return re.compile(before + glued)

    @cached_property
    def _borders(self) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
        """The pattern that must not match before the name, and the one that must match after it."""
        after = None if _UNSPACED.match(self._written[-1:]) else _TAIL
        if _HANGUL.match(self._written):
            return _HANGUL, after  # particles follow a word, nothing precedes it
        return None if _UNSPACED.match(self._written) else _LETTER, after

    def spans(self, written: str, folded: str, capitals: Capitals) -> Iterator[tuple[int, int, bool]]:
        """Yield start and end of each occurrence, and True if it is written exactly like the name."""
        for start, end in _spans(self._pattern, written if self.is_exact else folded, *self._borders):
            if not is_part_of_longer_name(written, start, end, capitals, is_ordinary=self.is_ordinary):
                yield start, end, self.is_exact


class _Mentions(NamedTuple):
    """How often an article names a topic: `titled` times in its title; if never there, `inside` times in its text.

    `place` is that of the first mention in title or text, from 0 to 1. `is_defined` is True if the text spells out what
    the name stands for.
    """

    titled: int = 0
    inside: int = 0
    place: float = 0.0
    is_defined: bool = False

    @property
    def is_any(self) -> bool:
        """True if the article names the topic at all."""
        return self.titled > 0 or self.inside > 0


class _Finder:
    """Finds any of a group of names. `words` are those of them that are found in all their forms."""

    def __init__(self, names: Iterable[str], exact: Iterable[str] = ()) -> None:
        names = list(names)
        self.names = [_Name(name, exact=False) for name in names] + [_Name(name, exact=True) for name in exact]
        self.words = frozenset(name for name in names if _is_ordinary(name))

    def mentions(self, reading: _Reading, forms: dict[str, frozenset[str]]) -> _Mentions:
        """Return the mentions in the title or, if it has none, those in the text.

        In a title all in capitals any word looks like an acronym: an exact name there counts as one mention in the
        text.
        """
        names = [name for name in self.names if name in reading]
        other_forms = [form for word in self.words & forms.keys() for form in forms[word]]
        title, text = reading.title[0], reading.text[0]
        in_title, _ = _apart(self._spans(names, other_forms, reading.title, reading.capitals), title)
        titled = [start for start, _, is_exact in in_title if not (is_exact and reading.is_loud)]
        if titled:
            return _Mentions(titled=len(titled), place=titled[0] / len(title))
        in_text, is_explained = _apart(self._spans(names, other_forms, reading.text, reading.capitals), text)
        return _Mentions(
            inside=min(len(in_title), 1) + len(in_text),
            place=in_text[0][0] / len(text) if in_text and not in_title else 0.0,
            is_defined=is_explained or any(_is_spelled_out(reading, start, end) for start, end, _ in in_text),
        )

    def _spans(
        self, names: Iterable[_Name], forms: Iterable[str], text: tuple[str, str], capitals: Capitals
    ) -> Iterator[tuple[int, int, bool]]:
        for name in names:
            yield from name.spans(*text, capitals)
        for form in forms:
            yield from ((start, end, False) for start, end in _spans(_form(form), text[1], _LETTER, _TAIL))


class _Rule:
    """The rule of a topic: an article must hold one of its names, all of `all` and none of `none`."""

    def __init__(self, topic: Topic) -> None:
        self.command = topic.command
        self._named = [_Finder(topic.aliases, topic.exact)] if topic.aliases or topic.exact else []
        self._all = [_Finder([term]) for term in topic.all]
        self._none = _Finder(topic.none) if topic.none else None
        self.leading = (*self._named, *self._all)[0]
        self.words = frozenset().union(*(f.words for f in (*self._named, *self._all, self._none) if f))

    def judge(self, reading: _Reading, forms: dict[str, frozenset[str]]) -> Tag | None:
        """Return the article's tag for the topic; None if it is neither about the topic nor mentions it.

        Of a topic without names, each of `all` must be in the title or twice in the text.
        """
        mentions = [finder.mentions(reading, forms) for finder in (*self._named, *self._all)]
        if not all(each.is_any for each in mentions):
            return None
        if self._none and self._none.mentions(reading, forms).is_any:
            return None
        deciding = mentions[: len(self._named)] or mentions
        is_about = all(each.titled or each.inside >= ABOUT_MENTIONS for each in deciding)
        return Tag(is_about, min(map(_strength, deciding)))


@lru_cache(maxsize=4096)
def _form(form: str) -> re.Pattern[str]:
    return re.compile(re.escape(form))


def _spans(
    pattern: re.Pattern[str], text: str, not_before: re.Pattern[str] | None, after: re.Pattern[str] | None
) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        start, end = match.span()
        if start == 0 or not_before is None or not not_before.match(text, start - 1):
            tail = after.match(text, end) if after else match
            if tail:
                yield start, max(end, tail.end())


def _strength(mentions: _Mentions) -> int:
    """Return the strength that these mentions give to a topic, from 0 to 2,001,000."""
    earliness = int((1 - mentions.place) * (MENTION - 1))
    if mentions.titled:
        return TITLED + earliness
    return DEFINED * mentions.is_defined + MENTION * min(mentions.inside, DEFINED // MENTION - 1) + earliness


def _is_spelled_out(reading: _Reading, start: int, end: int) -> bool:
    """True if the text says beside a name what it stands for: "X (LONG FORM)", "LONG FORM (X)", "X, or LONG FORM"."""
    text = reading.text[0]
    is_acronym = text[start : start + 2].isupper()
    is_beside = is_acronym and (text.startswith((" (", ", or "), end) or text.endswith(("(", ", or "), 0, start))
    if not is_beside and not _ACRONYM_NEXT.match(text, end):
        return False
    return text[start:end].casefold() in reading.definitions


def _apart(spans: Iterable[tuple[int, int, bool]], text: str) -> tuple[list[tuple[int, int, bool]], bool]:
    """Return the separate mentions, and True if one is explained: another name follows it in brackets.

    A mention within another, or in brackets right after one, is not separate.
    """
    separate: list[tuple[int, int, bool]] = []
    is_explained = False
    last = -1
    for start, end, exact in sorted(spans, key=lambda span: (span[0], -span[1])):
        is_bracketed = separate and text[last:start].strip() == "(" and text[end : end + 1] == ")"
        if is_bracketed:
            is_explained = True
        elif start >= last:
            separate.append((start, end, exact))
        last = max(last, end)
    return separate, is_explained


def _fold(text: str) -> str:
    """Return the text in small letters, with every character at its place."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(small if len(small := character.casefold()) == 1 else character for character in text)


def _variants(part: str) -> Iterator[str]:
    """Yield the forms that a part of a name may have as a part of a text."""
    for before in _ARABIC_PREFIXES if _ARABIC.match(part) else ("",):
        yield from (before + part + ending for ending in ("", "s", "es"))


def _is_acronym(name: str) -> bool:
    """True for RELOS, SWIFT and AI; False for S-400 and PAK FA."""
    return len(name) > 1 and name.isalpha() and name.isupper()


def _is_ordinary(name: str) -> bool:
    """True for a word in small letters of a script that has capitals: such a word is no name."""
    return len(name) > 2 and name.isalpha() and name == name.casefold() != name.upper()
