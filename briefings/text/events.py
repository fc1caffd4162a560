"""Reads the decisions and events that an English sentence tells: "approves", "was killed", "to resign". Pure.

Promises to tell what is done from what is planned ("will approve") and from background ("who was arrested in May"), and
to read nothing that is denied, doubted, asked or quoted. Precision goes first: where a word may be a noun, it is no
event. Never says which of two events is true.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from briefings.text.dates import is_weekday_or_month
from briefings.text.english import AUXILIARIES, word_set
from briefings.text.event_senses import NEEDS, NOT_BEFORE, PEOPLES, UNLESS, WITHOUT_OBJECT
from briefings.text.event_words import VERBS, Form, Verb
from briefings.text.names import fold
from briefings.text.numbers import plain
from briefings.text.sentences import OPENERS


class Stage(Enum):
    """How far an event has come: done and told as news, done before what is told, or planned."""

    DONE = "done"
    BACKGROUND = "background"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Event:
    """An event as stated: `words` are its verb as it stands, in small letters.

    `body` is the body that decides ("senate", "supreme court"), empty if none is named. `patients` are the names on
    the side of the verb where those stand to whom it happens, in small letters; none where the whole title is in
    capitals. `subject` and `object` are the words with content before and after the verb, `context` all of them.
    """

    meanings: frozenset[str]
    words: str
    stage: Stage
    body: str
    patients: frozenset[str]
    subject: frozenset[str]
    object: frozenset[str]

    @property
    def context(self) -> frozenset[str]:
        return self.subject | self.object


_LETTERS = re.compile("[a-z]+")
_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|[,;:()\"“”?\n]|--?")
_BREAKS = frozenset(',;:()"“”?\n') | {"-", "--"}
_MODALS = word_set("will would could can may might should must shall won't wouldn't couldn't can't if unless")
_NEGATIONS = word_set("not never no without cannot denies denied deny unlikely nor neither almost nearly")
_FAILED = word_set(
    "failed fails refused refuses declined declines refuse fail urge urged urges want wants wanted sought seeks seek "
    "call calls called threatened threatens refusing failing threatening"
)
_DONE_TO = word_set("voted agreed agrees decided decides opted opts forced managed chose")
_ARTICLES = word_set("the a an its his her their our my your this that these those any every no of more newly recently")
_PREPOSITIONS = word_set("about against for from of on over with")
_AFTER_PASSIVE = word_set(
    "in by on at with during for over under near from following amid as after of to since when this last or and"
)
_AFTER_NOUN = word_set("of and are were is was have will could")
_BE = word_set("is are was were be been being get gets got has have had")
_RELATIVES = word_set("who whom whose which where since")
_ASIDES = word_set("as after because while when for amid following before")
_STILL = word_set("still stays stay stayed remains remain remained keeps kept")
_SAYING = word_set(
    "said says say announced announces confirmed confirms ruled rules reported reports told agreed learned found shows "
    "showed believe believes stated declared revealed reveals"
)
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|(?<!\w)[‘'][^‘’'\n]*[’'](?!\w)")
_SUBORDINATE = word_set("why how what whether if unless until possibility theory idea claim claims suggestion")
_PLURALS = word_set("people lawmakers police men women children prosecutors troops")
_ACTORS = word_set(
    "court judge jury senate house congress parliament duma council committee cabinet government police president "
    "minister governor mayor army military board commission assembly court's justices fda cdc un eu nato us uk "
    "gop panel"
)
_LONG_AGO = re.compile(
    r"^since\b|\b(?:last|previous|past)\s+(?:year|month|week|summer|winter|spring|fall|autumn|decade|century)|"
    r"\bin\s+(?:19|20)\d\d\b|\bago\b|\b(?:years?|months?|weeks?|decades?)\s+(?:earlier|before|after|later)\b|"
    r"\bearlier\s+this\s+(?:year|month)\b|\b(?:previously|historically|anniversary)\b|"
    r"\bsince\s+(?:late|early|mid)\b|\bsince\s+(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_NEAR = 90
"""Characters around a verb in which "last year" and the like make it background."""

BODIES = word_set("senate house duma council committee court jury cabinet commons lords assembly commission board")
"""The last words of the bodies that decide."""

_COURTS = word_set("supreme appeals high district constitutional federal circuit security federation city")
_ADJACENT = word_set("of to on with")
"""Particles that follow their verb at once; others let its object go before: "struck the law down"."""

_NAMELESS = (
    OPENERS
    | AUXILIARIES
    | word_set(
        "week month year early expected plans planned will says said ready likely going about soon formally being "
        "week's vote votes voted decided agreed expects says scheduled poised into over"
    )
)
_NOUN_PASTS = word_set("shot shut quit")
_PART_OF_BODY = word_set("speaker leader majority minority judiciary intelligence rules member members")
_NEAR_WORDS = 8
"""Words before a verb among which its body must be, and around it in which it shows what the verb means."""

_CLAUSE_WORDS = 14
"""Words before a verb in which its subject is looked for, and after it in which its object is."""

_SENTENCE_WORDS = 40
"""Words before a verb among which the names of those are to whom it happened: it bounds the work."""


def read_events(sentence: str, *, is_title: bool = False, has_names: bool = True) -> list[Event]:
    """Return the events of one sentence or title, in order. `has_names` is False for a title in title case.

    Outside a title, what stands after "as", "after", "when" and the like is background.
    """
    is_question = sentence.rstrip("\"”'’ ").endswith("?")
    if is_question or VERBS.keys().isdisjoint(_LETTERS.findall(sentence.lower())):
        return []
    text = plain(_QUOTED.sub(' "" ', sentence))
    matches = list(_TOKEN.finditer(text))
    tokens = [match[0] for match in matches]
    low = [token.lower() for token in tokens]
    events: list[Event] = []
    for at, word in enumerate(low):
        if word not in VERBS:
            continue
        for verb, form in VERBS[word]:
            end = _end_of(verb, low, at)
            if not end or _means_something_else(verb, low, at if not verb.particle else end - 1):
                continue
            stage = _stage(low, tokens, at, verb, form, is_title=is_title)
            if stage is None:
                continue
            around = text[max(0, matches[at].start() - _NEAR) : matches[at].end() + _NEAR]
            if stage is Stage.DONE and _LONG_AGO.search(around):
                stage = Stage.BACKGROUND
            events.append(_event(tokens, low, at, end, verb, stage, has_names=has_names))
            break
    return events


def meanings_of(words: str) -> frozenset[str]:
    """Return all that the verb of an event may mean: `words` as in `Event.words`."""
    return frozenset().union(*(verb.meanings for word in words.split()[:1] for verb, _ in VERBS.get(word, ())))


def _end_of(verb: Verb, low: Sequence[str], at: int) -> int:
    """Return the place after the verb and its particle; 0 if the particle does not follow."""
    if not verb.particle:
        return at + 1
    reach = 2 if verb.particle in _ADJACENT else 5
    for place in range(at + 1, min(at + reach, len(low))):
        if low[place] in _BREAKS or low[place] == "not":  # "pleaded not guilty"
            return 0
        if low[place].rstrip("s") == verb.particle.rstrip("s"):
            return place + 1
    return 0


def _means_something_else(verb: Verb, low: Sequence[str], at: int) -> bool:
    follows = low[at + 1] if at + 1 < len(low) else ""
    around = low[max(0, at - _NEAR_WORDS) : at + _NEAR_WORDS + 1]
    needed = NEEDS.get(verb.bare)
    is_alone = needed is not None and needed.isdisjoint(around)
    if verb.bare in ("release", "free") and not _BE.isdisjoint(low[max(0, at - 2) : at]):
        is_alone = False  # "was released" needs no more
    reach = _CLAUSE_WORDS if verb.bare == "release" else 2
    is_figure = not UNLESS.get(verb.bare, frozenset()).isdisjoint(low[max(0, at - reach) : at + 6])
    return is_alone or is_figure or follows in NOT_BEFORE.get(verb.bare, ())


def _stage(
    low: Sequence[str], tokens: Sequence[str], at: int, verb: Verb, form: Form, *, is_title: bool
) -> Stage | None:
    """Return how far the event has come; None where the word tells no event."""
    start = at
    while start > 0 and at - start < _CLAUSE_WORDS and low[start - 1] not in _BREAKS:
        start -= 1
    clause = low[start:at]
    if clause and clause[-1].endswith("ally") and form is Form.PAST:
        return None  # "racially charged"
    before = [word for word in clause if not word.endswith("ly") or word in ("july", "italy", "family")]
    last = before[-1] if before else ""
    near = before[-4:]
    is_denied = not _NEGATIONS.isdisjoint(clause[-5:]) or any(word.endswith("n't") for word in near)
    if is_denied or not _FAILED.isdisjoint(near) or not _SUBORDINATE.isdisjoint(clause):
        return None
    if form is Form.PAST and (stage := _past_stage(before, low, at, verb, is_title=is_title)) is not Stage.DONE:
        return stage
    if form is Form.THIRD and not _is_third(tokens, low, at, verb):
        return None
    if form is Form.BARE and (stage := _bare_stage(before, verb)) is not Stage.DONE:
        return stage
    is_aside = not _RELATIVES.isdisjoint(clause) or last == "that" or _is_relative_that(clause)
    is_aside = is_aside or not (is_title or _ASIDES.isdisjoint(clause))
    return Stage.BACKGROUND if is_aside else Stage.DONE


def _is_relative_that(clause: Sequence[str]) -> bool:
    """True for "the rules that the court imposed", not for "says that the court rejected"."""
    if "that" not in clause:
        return False
    at = clause.index("that")
    return at > 0 and clause[at - 1] not in _SAYING


def _past_stage(before: Sequence[str], low: Sequence[str], at: int, verb: Verb, *, is_title: bool) -> Stage | None:
    last, near = before[-1] if before else "", before[-4:]
    if (
        not before
        or last in _ARTICLES
        or last in _PREPOSITIONS
        or last.endswith("'s")
        or "being" in near
        or "having" in near
    ):
        return None
    if not _MODALS.isdisjoint(near) or ("to" in near and not {"be", "get"}.isdisjoint(near)):
        return None if "have" in near else Stage.PLANNED
    if "had" in near:
        return Stage.BACKGROUND
    end = at + 1 + bool(verb.particle)
    follows = low[end] if end < len(low) else ""
    if last in _STILL or (last in ("and", "or") and not is_title and _BE.isdisjoint(near)):
        return Stage.BACKGROUND
    if not is_title and last in ("is", "are"):
        return Stage.BACKGROUND  # "the day he is sworn in": a state, or a time to come
    if not _BE.isdisjoint(near) or verb.bare in WITHOUT_OBJECT:
        return Stage.DONE
    if low[at] in _NOUN_PASTS:
        return None
    if follows == "at" and low[at + 2 : at + 3] in (["least"], ["most"]):
        return Stage.DONE
    return Stage.DONE if is_title or follows not in _AFTER_PASSIVE else Stage.BACKGROUND


def _bare_stage(before: Sequence[str], verb: Verb) -> Stage | None:
    last = before[-1] if before else ""
    if last == "to":
        leading, voter = ("", "", *before)[-2], ("", "", *before)[-3]
        is_vote = leading in ("vote", "votes") and (voter in _ACTORS or _is_plural(voter))
        return Stage.DONE if is_vote or leading in _DONE_TO else Stage.PLANNED
    if not _MODALS.isdisjoint(before[-2:]):
        return Stage.PLANNED
    if last == "did":
        return Stage.DONE
    if verb.is_noun or last in ("do", "does"):
        return None
    return Stage.DONE if _is_plural(last) else None


def _is_plural(word: str) -> bool:
    return word in _PLURALS or (word.endswith("s") and not word.endswith(("ss", "'s", "his")))


def _is_third(tokens: Sequence[str], low: Sequence[str], at: int, verb: Verb) -> bool:
    """True if a word in "s" is a verb: after an actor or a name, and before no preposition, where it may be a noun."""
    if at == 0 or low[at - 1] in _BREAKS or low[at - 1] in _ARTICLES:
        return False
    if not verb.is_noun or verb.particle:
        return True
    follows = low[at + 1] if at + 1 < len(low) else ""
    if follows.endswith("ing") or follows in _AFTER_NOUN:
        return False
    if (not follows or follows == "against" or follows in _AFTER_PASSIVE) and verb.bare not in WITHOUT_OBJECT:
        return False
    return low[at - 1] in _ACTORS or (
        tokens[at - 1][0].isupper() and not low[at - 1].endswith("s") and low[at - 1] not in PEOPLES
    )


def _event(
    tokens: Sequence[str], low: Sequence[str], at: int, end: int, verb: Verb, stage: Stage, *, has_names: bool
) -> Event:
    clause = range(max(0, at - _CLAUSE_WORDS), min(len(low), end + _CLAUSE_WORDS))
    patients = _patients(tokens, low, at, end, verb) if has_names else frozenset()
    before = _content(tokens[clause.start : at])
    words = low[at] if end == at + 1 else f"{low[at]} {low[end - 1]}"
    is_passive = "by" in low[end : end + 3] and at > 0 and low[at - 1] in _BE
    subject = low[end : end + _CLAUSE_WORDS] if is_passive else low[max(0, at - _CLAUSE_WORDS) : at]
    return Event(verb.meanings, words, stage, _body(subject), patients, before, _content(tokens[end : clause.stop]))


def _patients(tokens: Sequence[str], low: Sequence[str], at: int, end: int, verb: Verb) -> frozenset[str]:
    """Return the names on the side of the verb where those stand to whom it happens.

    The first word of a sentence is a name only if a verb or another capital follows.
    """
    if verb.bare in WITHOUT_OBJECT or not _BE.isdisjoint(low[max(0, at - 3) : at]):
        places = range(max(0, at - _SENTENCE_WORDS), at)
    else:
        stops = (
            i for i in range(end, min(end + _NEAR_WORDS, len(low))) if low[i] in _AFTER_PASSIVE or low[i] in _BREAKS
        )
        places = range(end, min(next(stops, end + _NEAR_WORDS), len(low)))
    is_first_a_name = len(low) > 1 and (low[1] in _BE or at == 1 or tokens[1][0].isupper())
    return frozenset(
        fold(tokens[i])
        for i in places
        if tokens[i][0].isupper()
        and len(tokens[i]) > 2
        and low[i] not in OPENERS
        and low[i] not in PEOPLES
        and (i > 0 or is_first_a_name)
    )


def _content(words: Sequence[str]) -> frozenset[str]:
    """Return the words that name something, in small letters, without days and words of time."""
    folded = ((word, fold(word)) for word in words)
    return frozenset(
        low
        for word, low in folded
        if (len(low) > 3 or (len(low) > 2 and word[0].isupper()))
        and low not in _NAMELESS
        and not is_weekday_or_month(low)
    )


def _body(subject: Sequence[str]) -> str:
    """Return the body that the words before a verb name last: "senate", "supreme court"; empty if none."""
    for at in range(len(subject) - 1, max(-1, len(subject) - _NEAR_WORDS), -1):
        word = subject[at].removesuffix("'s")
        if word in _BREAKS or word in _ASIDES:
            return ""
        if subject[at + 1 : at + 2] and subject[at + 1] in _PART_OF_BODY:
            continue
        if word in BODIES and not (word == "house" and at and subject[at - 1] == "white"):
            qualifier = subject[at - 1] if at and subject[at - 1] in _COURTS else ""
            return f"{qualifier} {word}".strip()
    return ""
