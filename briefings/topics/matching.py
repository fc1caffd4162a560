"""Finds the topics of an article by their names. Pure.

A name is found as whole words. A hyphen, a blank or nothing may stand between its parts (S-400, S 400, S400), a plural
or possessive ending may follow, and it is never found inside a longer word or number (not S-4000, not "relosing").
Case does not matter, except for `exact` names and for a word all in capitals (SWIFT the network, not "swift"). A single
word in small letters is an ordinary word: if the language of the article is recognised, its other forms are found too
(sanction, sanctions, sanctioned). In scripts without blanks between words a name may stand next to any letter.

An article is *about* a topic if its title names the topic or its text does so twice; otherwise it *mentions* the topic.
All names of a topic count together; a name and its abbreviation in brackets count once. (On Reuters' news the rule
"title or twice" agreed with the editors' own tags better than any other, F1 .69; finding substrings reached .32.)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import takewhile

from Stemmer import Stemmer

from briefings.model import Topic
from briefings.text.words import HANGUL, MARKS, UNSPACED

ABOUT_MENTIONS = 2
"""Mentions in the text that make an article be about a topic."""

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

_ALGORITHMS = dict(
    pair.split(":")
    for pair in (
        "hy:armenian eu:basque ca:catalan da:danish nl:dutch en:english et:estonian fi:finnish fr:french de:german "
        "el:greek hu:hungarian id:indonesian ga:irish it:italian lt:lithuanian no:norwegian nb:norwegian pl:polish "
        "pt:portuguese ro:romanian ru:russian sr:serbian es:spanish sv:swedish tr:turkish"
    ).split()
)
"""Language code of py3langid → Snowball algorithm. Scripts without capitals are left out: see `_is_ordinary`."""

_INFLECTION = re.compile(r"(?:[bdgklmnprtz]?(?:ed|ing)|s|es|e|d|y|ies|ied|ying|)")
"""Endings in which two English forms of one word may differ.

English stems alone join too much: universe and university, organ and organisation.
"""


class Matcher:
    """Finds topics in articles. Built once for a set of topics; it makes its patterns when it first needs them.

    Not safe for two threads at once.
    """

    def __init__(self, topics: Iterable[Topic]) -> None:
        self._rules = [_Rule(topic) for topic in topics if topic.aliases or topic.exact or topic.all]
        self._index: dict[str, list[tuple[_Name, _Rule]]] = {}
        self._unspaced: list[tuple[_Name, _Rule]] = []
        words: set[str] = set()
        for rule in self._rules:
            words |= rule.words
            for name in rule.leading.names:
                for part in name.keys:
                    self._index.setdefault(part, []).append((name, rule))
                if not name.keys:
                    self._unspaced.append((name, rule))
        self._parts = frozenset(self._index)
        self._stems = _Stems(words)

    def tag(self, title: str, text: str, language: str = "und") -> dict[str, bool]:
        """Return the topics of an article: command → True if the article is *about* it, False if it *mentions* it.

        `language` is a code of py3langid, `und` if it is not recognised.
        """
        reading = _Reading(plain(title), plain(text))
        forms = self._stems.forms(reading.parts, language)
        near = {
            rule: None for part in reading.parts & self._parts for name, rule in self._index[part] if name in reading
        }
        if self._unspaced and _UNSPACED.search(reading.whole):
            near |= {rule: None for name, rule in self._unspaced if name in reading}
        if forms:
            near |= {rule: None for rule in self._rules if not rule.leading.words.isdisjoint(forms)}
        judged = {rule.command: rule.judge(reading, forms) for rule in sorted(near, key=lambda rule: rule.command)}
        return {command: about for command, about in judged.items() if about is not None}


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
        self.parts = frozenset(_PART.findall(f"{self.title[1]}\n{self.text[1]}"))
        self.is_loud = title.isupper() and " " in title.strip()

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

    def spans(self, written: str, folded: str) -> Iterator[tuple[int, int, bool]]:
        """Yield start and end of each occurrence, and True if it is written exactly like the name."""
        for start, end in _spans(self._pattern, written if self.is_exact else folded, *self._borders):
            yield start, end, self.is_exact


class _Finder:
    """Finds any of a group of names. `words` are those of them that are found in all their forms."""

    def __init__(self, names: Iterable[str], exact: Iterable[str] = ()) -> None:
        names = list(names)
        self.names = [_Name(name, exact=False) for name in names] + [_Name(name, exact=True) for name in exact]
        self.words = frozenset(name for name in names if _is_ordinary(name))

    def mentions(self, reading: _Reading, forms: dict[str, frozenset[str]]) -> tuple[int, int]:
        """Return how often the title names them and, if it never does, how often the text does.

        In a title all in capitals any word looks like an acronym: an exact name there counts as one mention in the
        text.
        """
        names = [name for name in self.names if name in reading]
        other_forms = [form for word in self.words & forms.keys() for form in forms[word]]
        in_title = _apart(self._spans(names, other_forms, reading.title), reading.title[0])
        titled = sum(not (exact and reading.is_loud) for exact in in_title)
        if titled:
            return titled, 0
        in_text = _apart(self._spans(names, other_forms, reading.text), reading.text[0])
        return 0, min(len(in_title), 1) + len(in_text)

    def _spans(
        self, names: Iterable[_Name], forms: Iterable[str], text: tuple[str, str]
    ) -> Iterator[tuple[int, int, bool]]:
        for name in names:
            yield from name.spans(*text)
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

    def judge(self, reading: _Reading, forms: dict[str, frozenset[str]]) -> bool | None:
        """Return True if the article is about the topic, False if it mentions it, None if neither.

        Of a topic without names, each of `all` must be in the title or twice in the text.
        """
        mentions = [finder.mentions(reading, forms) for finder in (*self._named, *self._all)]
        if not all(titled or inside for titled, inside in mentions):
            return None
        if self._none and any(self._none.mentions(reading, forms)):
            return None
        deciding = mentions[: len(self._named)] or mentions
        return all(titled or inside >= ABOUT_MENTIONS for titled, inside in deciding)


class _Stems:
    """Finds the forms of words in a text, by Snowball."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)
        self._heads = frozenset(word[:3] for word in self._words)
        self._by_algorithm: dict[str, tuple[Stemmer, dict[str, list[str]]]] = {}

    def forms(self, parts: Iterable[str], language: str) -> dict[str, frozenset[str]]:
        """Return word → its forms among these parts of a text; empty for a language without an algorithm."""
        algorithm = _ALGORITHMS.get(language.partition("-")[0].lower())
        if not algorithm or not self._words:
            return {}
        if algorithm not in self._by_algorithm:
            self._by_algorithm[algorithm] = self._stemmed(algorithm)
        stemmer, by_stem = self._by_algorithm[algorithm]
        forms: dict[str, set[str]] = {}
        for part in (part for part in parts if part[:3] in self._heads):
            for word in by_stem.get(stemmer.stemWord(part), ()):
                if algorithm != "english" or _inflects(word, part):
                    forms.setdefault(word, set()).add(part)
        return {word: frozenset(parts_of) for word, parts_of in forms.items()}

    def _stemmed(self, algorithm: str) -> tuple[Stemmer, dict[str, list[str]]]:
        stemmer, by_stem = Stemmer(algorithm), dict[str, list[str]]()
        for word in self._words:
            by_stem.setdefault(stemmer.stemWord(word), []).append(word)
        return stemmer, by_stem


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


def _apart(spans: Iterable[tuple[int, int, bool]], text: str) -> list[bool]:
    """Return one value for each separate mention: True if it is exact.

    A mention within another, or in brackets right after one, is not separate.
    """
    separate: list[bool] = []
    last = -1
    for start, end, exact in sorted(spans, key=lambda span: (span[0], -span[1])):
        is_bracketed = separate and text[last:start].strip() == "(" and text[end : end + 1] == ")"
        if start >= last and not is_bracketed:
            separate.append(exact)
        last = max(last, end)
    return separate


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


def _inflects(word: str, form: str) -> bool:
    """True if two English words differ in an ending of `_INFLECTION` only."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, form, strict=False)))
    return bool(_INFLECTION.fullmatch(word[same:]) and _INFLECTION.fullmatch(form[same:]))
