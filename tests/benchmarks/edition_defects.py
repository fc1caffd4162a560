"""The defects of a printed edition, found by patterns of their own: they share no rule with the program they measure.

Each is a kind and the words that show it. They are counted, not judged one by one: a pattern may be wrong now and then,
and what it counts is the same before and after a change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

ROOM_FOR_ADDITIONS = 15
"""Words that may be added inside a quoted sentence: an acronym spelled out, the date of a weekday."""


class Defect(NamedTuple):
    """One thing that is wrong with an edition."""

    kind: str
    words: str


_SENTENCE_END = re.compile(r"(?<=[.!?…])[”\"’)]*\s+(?=[“\"‘(]?[A-Z0-9])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gov|Sen|Sens|Rep|Reps|Gen|Lt|Col|Maj|Capt|Sgt|Adm|Rev|St|No|Jr|Sr|vs|Inc|Corp|Co|Ltd|Jan|"
    r"Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z]|\b[ap]\.m)\.$"
)

FURNITURE = {
    "dateline": re.compile(
        r"^(?:[A-Z][A-Z.’' -]{2,}(?:,\s[A-Z][\w.]+(?:\s[A-Z][\w.]+)?)?\s*(?:\([^)]{2,40}\))?|"
        r"\((?:AP|Reuters|CNN|AFP|UPI)\))\s*(?:[—–]|--?\s)"
    ),
    "label": re.compile(
        r"(?i)(?:^|[.!?]\s)(?:by the numbers|why it matters|the big picture|the bottom line|driving the news|go deeper|"
        r"between the lines|what['’]s next|what we['’]re watching|state of play|the latest|editor['’]s note|correction|"
        r"breaking(?: news)?|flashback|context|background|details|key takeaways?|zoom (?:in|out)|of note|"
        r"what they['’]re saying|watch|related|video|update[d]?)"
        r"(?:\s\d{1,2}/\d{1,2}(?:/\d+)?|, via [^:.]{2,40})?\s*[:—–]"
    ),
    "time of an update": re.compile(r"(?i)\bupdated:?\s+(?:\d{1,2}[/:.]\d|[A-Z][a-z]+ \d{1,2},|\d+ (?:min|hour))"),
    "cut mark": re.compile(r"\[\s?(?:…|\.\.\.)\s?\]"),
    "request": re.compile(
        r"(?i)\b(?:sign up|subscribe (?:to|now|today)|read more|read the full|click here|follow us|newsletter|"
        r"download the|continue reading|see also|advertisement|all rights reserved|getty images|"
        r"this story (?:is|was|has)|(?:this|the) (?:article|post) (?:was|is|originally|first))\b"
    ),
}
"""What is no news and never stands in a story's visible text: kind → pattern."""

LEANING = re.compile(
    r"^[“\"‘]?(?:The (?:two|pair|duo|trio|move|former|latter|decision|announcement|incident|news|remarks?|comments?|"
    r"statement|latest|change|proposal)\b(?!\s(?:of|by|to|from|that|in|on|for)\b)|That (?!is\b|was\b)[a-z]+\s|Those\b|"
    r"These\b|Both\b|Such\b)"
)
"""A beginning that leans on a sentence which is not there."""

_FOLLOWER = re.compile(
    r"^(?:(?:He|She|They|His|Her|Hers|Their|Its|We|I|But|And|Or|However|Also|Meanwhile|Instead|Moreover|Then|Yet|Nor|"
    r"It(?![’']s\b| (?:is|was|took|takes|has been|will be|may be)\b)|"
    r"This (?!week|month|year|morning|summer|spring|fall|winter|weekend|time))\b|"
    r"(?:Still|So|Notably|Specifically|Additionally|Furthermore|In addition|In response|As a result|For example|"
    r"For instance|Later|Earlier|Nevertheless|Nonetheless|Similarly|Likewise),)"
)
_QUOTE_WITHOUT_SPEAKER = re.compile(r"^[“\"][^”\"]*(?:$|[”\"][.,]?\s*(?:$|(?:he|she|they|it)\b))")
_PRONOUN = re.compile(r"^(?!(?:A|An|The|One)\b).*?\b(he|she)\b")
_NAME = re.compile(
    r"\b(?!(?:The|A|An|At|In|On|As|Right|For|By|From|With|When|While|After|Before|If|There|Not|Now|It|But|And|Of|To|Once|"
    r"During|Although|Though|Since|Under|Over|More|Most|All|Some|Even|Just|Only|That|This|What|How|Why)\b)[A-Z][\w’'-]+"
)
SHORTEST = 5
"""Words; fewer tell nothing by themselves."""

_BOUNDARY = re.compile(
    r"^(?:\s*[,;:.!?—–|(/]|\s+-|\s+(?:and|but|or|as|after|while|because|who|which|when|where|amid|before|despite|if|since|"
    r"until|following|although|though|so|unless|whose|ahead|even|during)\b)"
)


def tokens(text: str) -> list[str]:
    """Return the words of a text for comparing: in lower case, without punctuation."""
    plain = re.sub(r"[’']s\b", "s", text.casefold())
    return re.findall(r"[^\W_]+(?:[.,]\d+)*", plain)


def sentences(text: str) -> list[str]:
    """Split a text into sentences, roughly."""
    whole: list[str] = []
    for line in text.splitlines():
        unfinished = ""
        for piece in _SENTENCE_END.split(line):
            unfinished = f"{unfinished} {piece}".strip()
            if not _ABBREVIATED.search(unfinished):
                whole.append(unfinished)
                unfinished = ""
        whole.append(unfinished)
    return [sentence for sentence in whole if sentence]


def begins_with(visible: str, sentence: str) -> bool:
    """True if a text begins with a sentence; words may have been added inside it, none left out or changed."""
    wanted, shown = tokens(sentence), tokens(visible)
    if not wanted or not shown or (wanted[0] != shown[0] and wanted[0] not in shown[:ROOM_FOR_ADDITIONS]):
        return False
    rest = iter(shown[: len(wanted) + ROOM_FOR_ADDITIONS])
    return all(word in rest for word in wanted)


def holds(text: str, sentence: str) -> bool:
    """True if one of the places in a text where the sentence's first word stands begins with the sentence."""
    wanted, shown = tokens(sentence), tokens(text)
    starts = [place for place, word in enumerate(shown) if wanted and word == wanted[0]]
    return any(begins_with(" ".join(shown[start:]), sentence) for start in starts)


def of_headline(line: str, titles: Sequence[str], leads: Sequence[str]) -> str:
    """Return what is wrong with a headline that should be a title, or the beginning of a title or lead; else nothing.

    `another story's`: it is none of these. `cut inside a clause`, `ends in …`: it does not end where a clause does.
    """
    if re.search(r"(?:…|\.\.\.|:)$", line.strip()) and line.strip() not in {title.strip() for title in titles}:
        return "ends in …"
    shown = tokens(line)
    if any(shown == tokens(text) for text in (*titles, *leads)):
        return ""
    fault = "another story's"
    for text in (*titles, *leads):
        rest = _after(text, shown)
        if rest is not None:
            if _BOUNDARY.match(rest):
                return ""
            fault = "cut inside a clause"
        elif shown and tokens(text)[-len(shown) :] == shown:  # without the word before its colon
            return ""
    return fault


def _after(text: str, beginning: Sequence[str]) -> str | None:
    """Return what follows in a text after its first words, None if it does not begin with them."""
    if not beginning or tokens(text)[: len(beginning)] != list(beginning):
        return None
    ends = (end for end in range(len(text) + 1) if end == len(text) or not text[end].isalnum())
    return next((text[end:] for end in ends if tokens(text[:end]) == list(beginning)), None)


def of_visible(visible: str) -> Iterator[Defect]:
    """Yield the furniture in a story's visible sentences, and what is cut or half."""
    for kind, pattern in FURNITURE.items():
        if match := pattern.search(visible):
            yield Defect(kind, match[0])
    if re.search(r"(?:…|\.\.\.)[”\"]?$", visible):
        yield Defect("ends in …", visible[-40:])
    if visible.endswith(":"):
        yield Defect("ends in :", visible[-40:])
    if visible.count("“") != visible.count("”") or visible.count('"') % 2:
        yield Defect("half a quotation", visible[:60])
    if match := LEANING.match(visible):
        yield Defect("leaning opener", visible[:60])


_NO_NEWS_HEADLINE = re.compile(
    r"(?i)\?[”\"’]?$|^(?:why|how|what|when|who|where|here['’]s|here are|here is|opinion|analysis|watch|live|we|"
    r"\d+ \w+ (?:to|that)|the \d+ )\b|"
    r"\b\d+ (?:other )?takeaways\b|need to know\b|\bshould(?:n['’]t)?\b|\blive (?:updates|blog)\b"
)
_NO_NEWS_OUTLET = re.compile(r"(?i)\bopinion\b|\beditorial\b|^guest writer\b")
_FIRST_PERSON = re.compile(r"\b(?:I|we|our|me|my)\b")
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")


def no_news(headline: str, outlet: str, visible: str) -> Iterator[Defect]:
    """Yield why a story looks like opinion, a question or a list: by headline, by outlet, or by who speaks."""
    if _NO_NEWS_HEADLINE.search(_QUOTED.sub("", headline).strip()):
        yield Defect("no news by headline", headline)
    if _NO_NEWS_OUTLET.search(outlet):
        yield Defect("no news by outlet", outlet)
    if _FIRST_PERSON.search(_QUOTED.sub("", visible)):
        yield Defect("no news by its voice", visible[:80])


def alone(visible: str) -> Iterator[Defect]:
    """Yield why a story's visible sentences do not stand alone."""
    first = (sentences(visible) or [""])[0]
    if len(first.split()) < SHORTEST:
        yield Defect("says too little", first)
    elif _FOLLOWER.match(first):
        yield Defect("begins as a follower", first[:60])
    elif _QUOTE_WITHOUT_SPEAKER.match(first):
        yield Defect("a quotation without speaker", first[:60])
    elif (pronoun := _PRONOUN.search(first)) and not _NAME.search(first[: pronoun.start(1)]):
        yield Defect("a pronoun without its noun", first[:60])


def twice(lines: Iterable[str]) -> Iterator[Defect]:
    """Yield the sentences and headlines that stand more than once among an edition's lines, and expansions likewise."""
    counts: Counter[tuple[str, ...]] = Counter()
    words: dict[tuple[str, ...], str] = {}
    for line in lines:
        for sentence in sentences(line):
            key = tuple(tokens(sentence))
            if len(key) >= SHORTEST - 1:
                counts[key] += 1
                words[key] = sentence
        for expansion in re.findall(r"\b((?:[A-Z][\w-]+ (?:of |for |and |the )*){2,})\([A-Z]{2,}\)", line):
            counts["spelled out", *tokens(expansion)] += 1
            words["spelled out", *tokens(expansion)] = expansion
    for key, count in counts.items():
        if count > 1:
            yield Defect("printed twice", words[key])
