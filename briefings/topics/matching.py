"""Which topics speak in a text. Pure.

A name is found as whole words: hyphens, blanks and nothing are the same between its parts (S-400, S 400, S400), a
plural or possessive ending may follow, and it is never found inside a longer word or number (not S-4000, not
"relosing"). Case does not matter, except for `exact` names and for a word all in capitals (SWIFT the network, not
"swift"). A single word written small is an ordinary word: where the language of the article is known, it is found
in its other forms too (sanction, sanctions, sanctioned). Scripts without blanks between words have no such borders.

An article is *about* a topic when its title names it or its text does so twice; else it *mentions* it. All names
of a topic count together; a name and its abbreviation in brackets count once. (On Reuters' news "title or twice" agreed
with the editors' own tags better than any other rule, F1 .69; a substring did with .32.)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import takewhile

from Stemmer import Stemmer

from briefings.model import Topic

ABOUT_MENTIONS = 2
_ALIKE = (
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u2060\ufeff", "")
    | {"’": "'"}
)
_ODD = re.compile(f"[{''.join(_ALIKE)}]")
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,10}")  # U.S. is US

# Thai to Burmese, Khmer, kana, Han and Hangul: words stand there without blanks, or with particles glued on.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_ARABIC = re.compile("[\u0620-\u064a]")
_ARABIC_PREFIX = "(?:[وف]?(?:[بك]?ال|لل|[بكل])?)"
_ARABIC_PREFIXES = [a + b for a in ("", "و", "ف") for b in ("", "ال", "بال", "كال", "لل", "ب", "ك", "ل")]
"""And, with, for, the: written on to the word that follows."""


def _marks() -> str:
    """Accents and vowel signs, which belong to the letter before them, as a character class."""
    kept = [c for c in (*range(0x300, 0x3000), *range(0xA600, 0xAC00)) if unicodedata.category(chr(c))[0] == "M"]
    return "".join(chr(c) for c in kept if not re.match(f"[{_SPACELESS}]", chr(c)))


_MARKS = _marks()
_PART = re.compile(rf"[^\W\d_{_SPACELESS}]+(?:[{_MARKS}]+[^\W\d_{_SPACELESS}]*)*|[{_SPACELESS}]+|\d+|[^\w\s-]")
_UNSPACED = re.compile(f"[{_SPACELESS}]")
_WORD = rf"(?:[^\W{_SPACELESS}]|[{_MARKS}])"
_LETTER = re.compile(_WORD)
_HANGUL = re.compile("[\uac00-\ud7af]")
_JOINT = r"[-\s]{0,8}"
"""What may stand between the parts of a name, a line break and its indent included."""

_TAIL = re.compile(rf"(?:'s|s'|s|es)?(?!{_WORD})")

_ALGORITHMS = dict(
    pair.split(":")
    for pair in (
        "hy:armenian eu:basque ca:catalan da:danish nl:dutch en:english et:estonian fi:finnish fr:french de:german "
        "el:greek hu:hungarian id:indonesian ga:irish it:italian lt:lithuanian no:norwegian nb:norwegian pl:polish "
        "pt:portuguese ro:romanian ru:russian sr:serbian es:spanish sv:swedish tr:turkish"
    ).split()
)
"""Language → Snowball algorithm; py3langid's codes. Scripts without capitals are left out: see `_is_ordinary`."""

# English stems join too much (a universe and a university, an organ and an organisation): only endings of
# declension and conjugation may differ.
_INFLECTION = re.compile(r"(?:[bdgklmnprtz]?(?:ed|ing)|s|es|e|d|y|ies|ied|ying|)")


class Matcher:
    """Finds topics in texts. Built once for a set of topics; what it holds beside are patterns, made when first needed.

    Not for two threads at once.
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
        """The topics that speak in this article: command → is it *about* it."""
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
    """A text with one kind of dash, quote, digit and blank, no soft hyphens and no dots in acronyms."""
    text = unicodedata.normalize("NFKC", _ODD.sub(lambda match: _ALIKE[match[0]], text))
    return _DOTTED.sub(lambda match: match[0].replace(".", ""), text) if "." in text else text


class _Reading:
    """One article as it is looked through. Of each text there is one as written and one in small letters."""

    def __init__(self, title: str, text: str) -> None:
        self.title = (title, _fold(title))
        self.text = (text, _fold(text))
        self.whole = f"{title}\n{text}"
        self.parts = frozenset(_PART.findall(f"{self.title[1]}\n{self.text[1]}"))
        self.is_loud = title.isupper() and " " in title.strip()

    def __contains__(self, name: _Name) -> bool:
        """A quick look: what is not so cannot be found."""
        if name.keys and name.keys.isdisjoint(self.parts):
            return False
        return name.others <= self.parts and all(piece in self.whole for piece in name.verbatim)


class _Name:
    """One way to write a topic. `keys` are parts of which a text must hold one, `others` those it must hold all."""

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
        """Without its borders, which are looked at where it is met: so it begins with a letter, which makes it fast."""
        glued = _JOINT.join(map(re.escape, _PART.findall(self._written)))
        if re.search(r"[^\W\d_]\s+[^\W\d_]", self._written):  # between whole words something must stand
            glued = r"[-\s]+".join(_JOINT.join(map(re.escape, _PART.findall(word))) for word in self._written.split())
        before = _ARABIC_PREFIX if _ARABIC.match(self._written) else ""
        return re.compile(before + glued)

    @cached_property
    def _borders(self) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
        """What may not stand before it, what must follow."""
        after = None if _UNSPACED.match(self._written[-1:]) else _TAIL
        if _HANGUL.match(self._written):
            return _HANGUL, after  # particles follow there, nothing goes before
        return None if _UNSPACED.match(self._written) else _LETTER, after

    def spans(self, written: str, folded: str) -> Iterator[tuple[int, int, bool]]:
        """Where it stands, and whether it stands there exactly so."""
        for start, end in _spans(self._pattern, written if self.is_exact else folded, *self._borders):
            yield start, end, self.is_exact


class _Finder:
    """Finds any of some names. `words` are those of them that are found in all their forms."""

    def __init__(self, names: Iterable[str], exact: Iterable[str] = ()) -> None:
        names = list(names)
        self.names = [_Name(name, exact=False) for name in names] + [_Name(name, exact=True) for name in exact]
        self.words = frozenset(name for name in names if _is_ordinary(name))

    def mentions(self, reading: _Reading, forms: dict[str, frozenset[str]]) -> tuple[int, int]:
        """How often in the title and, when not there, in the text."""
        names = [name for name in self.names if name in reading]
        met = [form for word in self.words & forms.keys() for form in forms[word]]
        titled = _apart(self._spans(names, met, reading.title), reading.title[0])
        said = sum(not (exact and reading.is_loud) for exact in titled)  # all in capitals, an acronym proves less
        if said:
            return said, 0
        return 0, min(len(titled), 1) + len(_apart(self._spans(names, met, reading.text), reading.text[0]))

    def _spans(
        self, names: Iterable[_Name], forms: Iterable[str], text: tuple[str, str]
    ) -> Iterator[tuple[int, int, bool]]:
        for name in names:
            yield from name.spans(*text)
        for form in forms:
            yield from ((start, end, False) for start, end in _spans(_form(form), text[1], _LETTER, _TAIL))


class _Rule:
    """What a topic wants of an article: one of its names, all of `all`, none of `none`."""

    def __init__(self, topic: Topic) -> None:
        self.command = topic.command
        self._named = [_Finder(topic.aliases, topic.exact)] if topic.aliases or topic.exact else []
        self._all = [_Finder([term]) for term in topic.all]
        self._none = _Finder(topic.none) if topic.none else None
        self.leading = (*self._named, *self._all)[0]
        self.words = frozenset().union(*(f.words for f in (*self._named, *self._all, self._none) if f))

    def judge(self, reading: _Reading, forms: dict[str, frozenset[str]]) -> bool | None:
        """Whether the article is about it; None when it does not mention it. Without names, each of `all` counts."""
        mentions = [finder.mentions(reading, forms) for finder in (*self._named, *self._all)]
        if not all(titled or inside for titled, inside in mentions):
            return None
        if self._none and any(self._none.mentions(reading, forms)):
            return None
        deciding = mentions[: len(self._named)] or mentions
        return all(titled or inside >= ABOUT_MENTIONS for titled, inside in deciding)


class _Stems:
    """The forms in which words stand in a text, by Snowball."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)
        self._heads = frozenset(word[:3] for word in self._words)
        self._known: dict[str, tuple[Stemmer, dict[str, list[str]]]] = {}

    def forms(self, parts: Iterable[str], language: str) -> dict[str, frozenset[str]]:
        """Word → its forms among these parts of a text; empty where the language is not known."""
        algorithm = _ALGORITHMS.get(language.partition("-")[0].lower())
        if not algorithm or not self._words:
            return {}
        if algorithm not in self._known:
            self._known[algorithm] = self._learn(algorithm)
        stemmer, by_stem = self._known[algorithm]
        found: dict[str, set[str]] = {}
        for part in (part for part in parts if part[:3] in self._heads):
            for word in by_stem.get(stemmer.stemWord(part), ()):
                if algorithm != "english" or _inflects(word, part):
                    found.setdefault(word, set()).add(part)
        return {word: frozenset(forms) for word, forms in found.items()}

    def _learn(self, algorithm: str) -> tuple[Stemmer, dict[str, list[str]]]:
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
    """The mentions that stand apart, each with whether it is exact: none within another or in brackets after one."""
    found: list[bool] = []
    last = -1
    for start, end, exact in sorted(spans, key=lambda span: (span[0], -span[1])):
        bracketed = found and text[last:start].strip() == "(" and text[end : end + 1] == ")"
        if start >= last and not bracketed:
            found.append(exact)
        last = max(last, end)
    return found


def _fold(text: str) -> str:
    """In small letters, and exactly as long."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(small if len(small := one.casefold()) == 1 else one for one in text)


def _variants(part: str) -> Iterator[str]:
    """How a part of a name may stand as a part of a text."""
    for before in _ARABIC_PREFIXES if _ARABIC.match(part) else ("",):
        yield from (before + part + ending for ending in ("", "s", "es"))


def _is_acronym(name: str) -> bool:
    """RELOS, SWIFT, AI: not S-400, not PAK FA."""
    return len(name) > 1 and name.isalpha() and name.isupper()


def _is_ordinary(name: str) -> bool:
    """A word written small, in a script that has capitals, so that it is no name."""
    return len(name) > 2 and name.isalpha() and name == name.casefold() != name.upper()


def _inflects(word: str, form: str) -> bool:
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, form, strict=False)))
    return bool(_INFLECTION.fullmatch(word[same:]) and _INFLECTION.fullmatch(form[same:]))
