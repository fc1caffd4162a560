"""Finds the persons who act in an English sentence: "Umerov" in "Umerov flew to Florida". Pure.

Promises names as they stand, each the subject of a verb of action. Who merely says something does not act; neither do
offices, parties, peoples and places, as far as their words show. Precision goes first: a single word that may have its
capital from the beginning of the sentence is no name.
"""

from __future__ import annotations

import re

from briefings.text.dates import is_weekday_or_month
from briefings.text.english import any_of, word_set
from briefings.text.event_senses import PERSONAL
from briefings.text.event_words import VERBS
from briefings.text.sentences import OPENERS

_ACTIONS = word_set(
    "meets met flies flew arrives arrived visits visited joins joined replaces replaced succeeds succeeded takes took "
    "withdraws withdrew voted testifies testified submits submitted introduces introduced returns "
    "returned defects defected admits admitted confesses confessed travels traveled "
    "travelled unveils unveiled filed ordered declares declared begins began brokers brokered hosts "
    "hosted headed wins won intervenes intervened vetoes vetoed appealed apologizes apologized "
    "apologised donates donated buys bought invests invested"
)
_VERB = any_of(
    _ACTIONS
    | {
        word
        for word, entries in VERBS.items()
        if word.endswith(("ed", "s")) and any(not v.particle and v.meanings.isdisjoint(PERSONAL) for v, _ in entries)
    }
)
_NAME = r"[A-Z][\w'-]+"
_ACTOR = re.compile(
    rf"(?<![\w'-])(?P<name>{_NAME}(?: [A-Z]\.?(?= ))?(?: (?:bin|al|de|van|von|der|la) {_NAME}| {_NAME}){{0,3}})"
    rf"(?:,[^,.;]{{1,40}},)?(?: (?:has|have|also|later|then|himself|herself))? (?P<verb>{_VERB})\b(?! by\b)"
)
_TITLES = word_set(
    "president prime minister premier chancellor foreign defence defense secretary state chief general admiral speaker "
    "ambassador leader chairman chairwoman king queen prince princess pope senator sen rep gov governor mayor deputy "
    "vice former mr mrs ms dr sir dame lord lady judge justice attorney director envoy negotiator congressman "
    "congresswoman representative captain colonel gen col lt acting house senate majority minority democratic "
    "republican"
)
_NO_PERSONS = word_set(
    "court house senate congress parliament duma council committee ministry government police army navy force forces "
    "party group company bank university union commission agency department office board league club team fund "
    "association institute administration cabinet assembly republic kingdom states nations street journal times post "
    "news press wire media network democrats republicans democrat republican gop americans conservatives liberals "
    "labour tories taliban hamas hezbollah isis google facebook twitter amazon apple microsoft moderna pfizer boeing "
    "washington moscow beijing london paris berlin brussels kyiv kiev tehran jerusalem delhi tokyo seoul ankara "
    "kremlin pentagon america britain europe russia china india iran iraq israel ukraine france germany japan turkey "
    "korea texas california florida georgia michigan ohio york arizona virginia pennsylvania wisconsin district "
    "county city capitol conference dept school hospital airlines airport navy guard corps inc corp ltd plc co covid "
    "bill act law pact treaty"
)
_AFTER_PREPOSITION = re.compile(r"\b(?:in|at|of|from|to|near|for|on|with|by|outside|into|through|over)\s(?:the\s)?$")
_ASIDE = re.compile(r"\b(?:after|as|while|who|when|since|because|whom|where|for|than|how|what|why|which)\b[^,.;:]*$")
_BEFORE = 60
"""Characters before a name that are looked at: whose deed is an aside, "after Branson flew", is old."""

_PEOPLE = re.compile(r"(?:ians?|eans?|ish|ese|icans?|ists?|ers|crats?|tives)$")


def read_actors(sentence: str, text: str = "") -> list[str]:
    """Return the names of the persons who act in a sentence, in order, without their titles.

    `text` is the whole report: a name of one word counts only if it stands there with capitals alone.
    """
    actors = []
    for match in _ACTOR.finditer(sentence.replace("’", "'")):
        words = match["name"].split()
        before = match.string[max(0, match.start() - _BEFORE) : match.start()]
        days = [at for at, word in enumerate(words[:2]) if is_weekday_or_month(word)]  # "On Monday Venn flew in"
        if _ASIDE.search(before) or (_AFTER_PREPOSITION.search(before) and not days):
            continue
        titles = [at for at, word in enumerate(words) if word.lower().rstrip(".") in _TITLES]
        words = words[max((*days, *titles), default=-1) + 1 :]
        if words and _is_person(words, text, is_first=match.start() == 0 and len(words) == len(match["name"].split())):
            actors.append(" ".join(words))
    return actors


def _is_person(words: list[str], text: str, *, is_first: bool) -> bool:
    last = words[-1]
    low = last.lower()
    if any(word.lower() in _NO_PERSONS or word.lower() in OPENERS or is_weekday_or_month(word) for word in words):
        return False
    if (
        len(last) < 3
        or last.isupper()
        or _PEOPLE.search(low)
        or "'" in last
        or re.search("-[a-z]", last)
        or low in VERBS
    ):
        return False
    if len(words) > 1:
        return True
    return not is_first and not re.search(rf"(?<!\w){re.escape(low)}(?!\w)", text)
