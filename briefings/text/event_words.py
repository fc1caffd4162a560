"""Word lists of English that tell decisions and events: verbs by what they mean, in all their forms.

Promises that verbs of one meaning are one thing: "approves", "passed" and "voted to ratify" tell one event. A verb may
have several meanings: a court that "ruled" may have rejected or upheld. Values only; `events.py` reads texts with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from briefings.text.english import word_set

# Meaning → its verbs. "_" stands before a word that must follow the verb: "strikes it down".
_DECISIONS = {
    "approve": "approve pass ratify adopt enact authorize authorise greenlight legalize legalise ok okay rule affirm",
    "sign": "sign",
    "reject": "reject veto overturn dismiss nix quash defeat invalidate block vacate reverse rule strike_down "
    "throw_out turn_down vote_down shoot_down",
    "halt": "halt suspend pause freeze block",
    "ban": "ban outlaw prohibit bar block suspend rule",
    "allow": "allow permit uphold rule affirm let_stand side_with",
    "rule": "rule side_with",
    "charge": "charge indict arraign",
    "plead": "plead_guilty",
    "convict": "convict find_guilty",
    "acquit": "acquit exonerate clear_of",
    "sentence": "sentence jail imprison",
    "pardon": "pardon",
    "impeach": "impeach",
    "censure": "censure",
    "expel": "expel",
    "resign": "resign quit step_down stand_down step_aside",
    "oust": "oust sack topple depose demote boot",
    "appoint": "appoint name nominate elect reelect",
    "swear in": "swear_in inaugurate",
    "win": "win beat elect reelect clinch",
    "concede": "concede",
    "cancel": "cancel scrap call_off reverse rescind revoke",
    "postpone": "postpone",
    "impose": "impose",
    "lift": "lift repeal revoke rescind abolish",
    "agree": "agree_to agree_on strike_deal reach_deal reach_agreement",
    "withdraw": "withdraw pull_out drop_out",
    "sue": "sue file_lawsuit",
    "merge": "acquire merge",
    "deport": "deport extradite",
    "settle": "settle",
    "create": "create establish set_up",
    "recall": "recall",
    "survive": "survive",
    "recommend": "recommend endorse back",
}
_EVENTS = {
    "kill": "kill murder assassinate slay die pass_away find_dead shoot_dead execute massacre",
    "injure": "injure wound hospitalize hospitalise",
    "attack": "bomb shell raid invade stab shoot open_fire bombard ambush",
    "strike": "strike make_landfall",
    "explode": "explode erupt detonate",
    "crash": "crash derail capsize sink collide",
    "collapse": "collapse",
    "land": "land dock",
    "arrest": "arrest detain apprehend nab",
    "seize": "seize capture recapture retake",
    "surrender": "surrender",
    "release": "free release rescue",
    "escape": "escape flee",
    "kidnap": "kidnap abduct",
    "reopen": "reopen resume restart reinstate restore",
    "close": "shutter shut shut_down",
    "evacuate": "evacuate",
    "launch": "launch",
    "test": "test_positive",
    "deploy": "deploy",
    "retire": "retire",
    "convene": "convene",
}
_IRREGULAR = {
    "strike": "struck struck",
    "throw": "threw thrown",
    "shoot": "shot shot",
    "let": "let let",
    "uphold": "upheld upheld",
    "find": "found found",
    "quit": "quit quit",
    "stand": "stood stood",
    "swear": "swore sworn",
    "win": "won won",
    "beat": "beat beaten",
    "withdraw": "withdrew withdrawn",
    "freeze": "froze frozen",
    "slay": "slew slain",
    "sink": "sank sunk",
    "flee": "fled fled",
    "shut": "shut shut",
    "make": "made made",
    "retake": "retook retaken",
    "set": "set set",
    "cancel": "canceled cancelled",
}
_DOUBLED = word_set("ban bar step scrap nab acquit stab drop kidnap")
_MAY_BE_NOUNS = word_set(
    "sign block pause freeze ban bar rule charge jail pardon boot name sack win cancel lift merge murder wound bomb "
    "shell raid stab strike crash land dock arrest capture release escape free launch pass quit murder defeat reverse "
    "veto test beat ambush massacre collapse retire let file find side open shoot set back"
)
"""Verbs whose bare form or form in "s" is also a noun or an adjective."""


class Form(Enum):
    """The form in which a verb stands: bare ("pass"), in "s" ("passes"), or past ("passed"), which may be passive."""

    BARE = "bare"
    THIRD = "third"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of the lists. `particle` must follow it; empty if it stands alone. `is_noun` is True if it may be one."""

    bare: str
    particle: str
    meanings: frozenset[str]
    is_noun: bool


def _third(bare: str) -> str:
    if bare.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{bare}es"
    return f"{bare[:-1]}ies" if bare.endswith("y") and bare[-2] not in "aeou" else f"{bare}s"


def _pasts(bare: str) -> list[str]:
    if bare in _IRREGULAR:
        return _IRREGULAR[bare].split()
    if bare in _DOUBLED:
        return [f"{bare}{bare[-1]}ed"]
    if bare.endswith("e"):
        return [f"{bare}d"]
    return [f"{bare[:-1]}ied"] if bare.endswith("y") and bare[-2] not in "aeou" else [f"{bare}ed"]


def _gerund(bare: str) -> str:
    if bare in _DOUBLED or bare in ("quit", "win", "shut", "let", "set"):
        return f"{bare}{bare[-1]}ing"
    return f"{bare[:-1]}ing" if bare.endswith("e") and not bare.endswith("ee") else f"{bare}ing"


def _verbs() -> dict[str, list[tuple[Verb, Form]]]:
    meanings: dict[str, set[str]] = {}
    for meaning, verbs in (_DECISIONS | _EVENTS).items():
        for spelling in verbs.split():
            meanings.setdefault(spelling, set()).add(meaning)
    by_form: dict[str, list[tuple[Verb, Form]]] = {}
    for spelling, its_meanings in meanings.items():
        bare, _, particle = spelling.partition("_")
        verb = Verb(bare, particle, frozenset(its_meanings), bare in _MAY_BE_NOUNS)
        forms = [(bare, Form.BARE), (_third(bare), Form.THIRD), *((past, Form.PAST) for past in _pasts(bare))]
        for word, form in dict.fromkeys(forms):
            by_form.setdefault(word, []).append((verb, form))
    for entries in by_form.values():
        entries.sort(key=lambda entry: not entry[0].particle)  # the surer reading first
    return by_form


VERBS = _verbs()
"""Word → the verbs and forms it may be, those with a particle first."""

WORDS_OF: dict[str, frozenset[str]] = {
    meaning: frozenset(word for word, entries in VERBS.items() for verb, _ in entries if meaning in verb.meanings)
    for meaning in {**_DECISIONS, **_EVENTS}
}
"""Meaning → the words that may tell it, without their particles."""

GERUNDS_OF: dict[str, frozenset[str]] = {
    meaning: frozenset(
        _gerund(verb.bare) for entries in VERBS.values() for verb, _ in entries if meaning in verb.meanings
    )
    for meaning in WORDS_OF
}
"""Meaning → its verbs in "ing"."""
