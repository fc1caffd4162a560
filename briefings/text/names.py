"""Finds the proper names of a text by their capitals, and tells if another text states them.

Promises to find every run of capitalised words that is more than the beginning of a sentence, "bin", "van der" and
"de" within it included. Compares names letter by letter: "Zelensky" is not "Zelenskyy". Never finds a name in a script
without capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from briefings.text.dates import FULL_NAMES
from briefings.text.english import AUXILIARIES, word_set
from briefings.text.numbers import NUMBER_WORDS
from briefings.text.sentences import OPENERS

Name = tuple[str, ...]
LONGEST = 12
"""Words of a name that are compared at once: it bounds the work on hostile texts."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
# With all that an apostrophe joins to it: the B of "0'B" is no name by itself. `numbers.py` compares such words.
_WITH_DIGIT = re.compile(r"(?<![^\W_]|')(?:[^\W\d_]|')*+-?\d[\w'-]*")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*|[,;:!?()\"“”\n]")
_PARTICLES = word_set("bin ibn bint al el ul abu van der den ter ten von zu de da do dos das del della di du la le los")
# The last syllable belongs to the name in "Kim Jong-un", not in "New York-based".
_SYLLABLE = re.compile(r"-(?!(?:led|run|made|born|style|wide|era|area|type|like|only|bound)\b)([a-z]{2,6})(?<!ed|ng)\b")
# These stand before a name without being part of it: the words of "Russian President Putin" may come from three places.
_OFFICES = word_set(
    "president prime minister premier chancellor foreign defence defense secretary state chief general admiral "
    "navy army air force forces government ministry embassy speaker ambassador leader chairman king queen prince "
    "pope senator governor mayor deputy vice former mr mrs ms dr sir dame lord lady boss manager captain striker "
    "parliament minister's congress senate court police"
)
_NATIONS = dict(
    pair.split(":")
    for pair in (
        "afghan:afghanistan african:africa american:america arab:arabia armenian:armenia asian:asia "
        "australian:australia austrian:austria azerbaijani:azerbaijan bangladeshi:bangladesh belarusian:belarus "
        "belgian:belgium brazilian:brazil british:britain bulgarian:bulgaria canadian:canada chilean:chile "
        "chinese:china croatian:croatia cuban:cuba czech:czechia danish:denmark dutch:netherlands egyptian:egypt "
        "emirati:emirates english:england estonian:estonia ethiopian:ethiopia european:europe filipino:philippines "
        "finnish:finland french:france georgian:georgia german:germany greek:greece hungarian:hungary "
        "icelandic:iceland indian:india indonesian:indonesia iranian:iran iraqi:iraq irish:ireland israeli:israel "
        "italian:italy japanese:japan jordanian:jordan kazakh:kazakhstan kenyan:kenya korean:korea kuwaiti:kuwait "
        "latvian:latvia lebanese:lebanon libyan:libya lithuanian:lithuania malaysian:malaysia mexican:mexico "
        "moldovan:moldova nepali:nepal nigerian:nigeria norwegian:norway pakistani:pakistan "
        "palestinian:palestine polish:poland portuguese:portugal qatari:qatar romanian:romania russian:russia "
        "saudi:saudi scottish:scotland serbian:serbia singaporean:singapore slovak:slovakia slovenian:slovenia "
        "somali:somalia spanish:spain sudanese:sudan swedish:sweden swiss:switzerland syrian:syria "
        "taiwanese:taiwan thai:thailand tunisian:tunisia turkish:turkey ukrainian:ukraine uzbek:uzbekistan "
        "venezuelan:venezuela vietnamese:vietnam welsh:wales yemeni:yemen"
    ).split()
)
_LANDS = {land: people for people, land in _NATIONS.items()}
_GROUPS = word_set("democrat republican conservative liberal muslim christian jew sikh hindu kurd houthi")
# Besides openers, these begin a sentence without naming anything; number words are checked as numbers. Any other
# ordinary word shows by its ending or by the source writing it in small letters. The second is surer: "Boeing", "Italy"
# and "United" end like ordinary words too.
_FUNCTION_WORDS = NUMBER_WORDS | AUXILIARIES | {"of"}
_ORDINARY = re.compile(r"(?:ing|ed|ly|ers|ors|ials|ments|ions|ists|ities)$")
_INFLECTED = re.compile(r"(?:ies|es|s|ed|d|ing|y)$")


def fold(word: str) -> str:
    """Return a word in small letters without its possessive; months and weekdays in full."""
    low = _without_possessive(word).casefold()
    return FULL_NAMES.get(low, low)


def _without_possessive(word: str) -> str:
    return word.removesuffix("'s") if word.endswith("'s") else word.removesuffix("'")


def read(sentence: str, source: SourceNames, *, strict: bool) -> Iterator[Name]:
    """Return the runs of capitalised words in a plain sentence, without ordinary words that merely begin it.

    With `strict`, a word is ordinary if `source` writes it in small letters, else if it ends like an ordinary word.
    """
    text = _WITH_DIGIT.sub("0", sentence)
    run: list[str] = []
    particles: list[str] = []  # part of the name if it goes on
    end, begun = 0, False
    for match in _WORD.finditer(text):
        if match.start() < end:
            continue  # a syllable that was read with the word before it
        word, gap, end = match[0], text[end : match.start()], match.end()
        joins = gap in (" ", ". ") or (gap == "-" and bool(particles))
        if run and joins and word in _PARTICLES:
            particles.append(word)
            continue
        starts = not (begun or re.search(r"\w", gap)) or gap.rstrip()[-1:] in ('"', "“", ":", "(")
        begun = True
        named = word != word.lower() and not _merely_begins(word, starts, source, strict=strict)
        if run and not (joins and named):
            yield tuple(run)
            run = []
        if named:
            run += [*particles, word] if run else [word]
            if len(run) > 1 and (last := _SYLLABLE.match(text, end)):
                run.append(last[1])
                end = last.end()
        particles = []
    if run:
        yield tuple(run)


def _merely_begins(word: str, starts: bool, source: SourceNames, *, strict: bool) -> bool:
    """True if `word` may have its capital only because it begins a sentence (`starts`) or a quotation."""
    if (len(word) > 1 and word.isupper()) or not word[0].isupper():
        return False
    low = fold(word)
    if low in OPENERS or low == "i":
        return True
    ordinary = source.writes_small(low) if strict else bool(_ORDINARY.search(low))
    return starts and (low in _FUNCTION_WORDS or ordinary)


class SourceNames:
    """The names and words of a plain text. `more`: words that follow from it, such as the weekday of a date."""

    def __init__(self, source: str, more: Iterable[str] = ()) -> None:
        tokens, more = _TOKEN.findall(source), frozenset(more)
        folded = [(token, fold(token)) for token in tokens]
        self._exact = {_without_possessive(token) for token in tokens}
        self._words = {low for _, low in folded} | more
        self._stems = {_INFLECTED.sub("", low) for low in self._exact if low == low.lower() and len(low) > 3}
        named = {low for token, low in folded if token != token.lower()} or self._words
        self._named = named | _OFFICES | more
        whole = [low for _, low in folded]
        without_initials = [
            low for token, low in folded if not (len(token) == 1 and token.isupper())
        ]  # Donald J. Trump
        self._running = [f" {' '.join(words)} " for words in (whole, without_initials)]
        runs = re.findall(r"\b(?:The )?([A-Z]\w+(?:(?:[ -]| of | of the | and )[A-Z]\w+)+)", source)
        self._initials = {"".join(re.findall(r"\b[A-Z]", run)) for run in runs}

    def writes_small(self, low: str) -> bool:
        """True if the text has this word, or a form of it, without a capital."""
        return low in self._exact or (len(low) > 3 and _INFLECTED.sub("", low) in self._stems)

    def states(self, run: Name, *, strict: bool) -> bool:
        """True if the words of `run` stand together in the text, offices and nationalities apart."""
        parts: list[Name] = []
        at = 0
        while at < len(run):
            longest = min(len(run), at + LONGEST)
            end = next((end for end in range(longest, at, -1) if self._stands(run[at:end], strict=strict)), 0)
            if not end:
                return False
            parts.append(run[at:end])
            at = end
        return all(_is_loose(a) or _is_loose(b) for a, b in pairwise(parts))

    def _stands(self, words: Name, *, strict: bool) -> bool:
        if len(words) > 1:
            together = f" {' '.join(map(fold, words))} "
            return any(together in running for running in self._running)
        word = _without_possessive(words[0])
        if len(word) > 1 and re.fullmatch("[A-Z]+s?", word):
            return word.rstrip("s") in self._exact | self._initials or word in self._exact
        low = fold(word)
        words_here = self._named if strict else self._words
        return low in words_here or bool(_kin(low) & words_here)


def _kin(low: str) -> set[str]:
    """Return the land of a people, the people of a land; singular and plural."""
    singular = low.removesuffix("s")
    if singular in _NATIONS or singular in _GROUPS:
        return {singular, f"{singular}s", _NATIONS.get(singular, singular)}
    return {_LANDS[low], f"{_LANDS[low]}s"} if low in _LANDS else set()


def _is_loose(part: Name) -> bool:
    """True for an office, a nationality, an acronym or a possessive: it need not stand beside the next part."""
    word, low = part[0], fold(part[0])
    return len(part) == 1 and (low in _OFFICES or low in _NATIONS or word.isupper() or word.endswith(("'s", "s'")))
