"""Puts the date beside a weekday that a reader could mistake: "on Friday [28 Nov]". English; pure.

Promises to add nothing where the date is not certain. It is certain by the tense of the clause ("met on Friday", "will
meet on Friday") or by "last", "next" and "this", counted from the day of the report. Nothing is added inside quotation
marks, beside a date that is stated, to a name ("Black Friday", "Mail on Sunday"), to a habit ("every Friday"), or where
the day a report was written, which may differ from its date by one with the time zone, decides which week is meant.
The square brackets say that the date is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from briefings.text.english import MONTHS, SHORT_MONTHS, WEEKDAYS, any_of, word_set

CLEAR_DAYS = 1
"""Days away from the reader's day up to which a weekday needs no date: yesterday, today and tomorrow."""

MOST_DAYS_AWAY = 5
"""Days between a report and a weekday that it means. At six, a report of another time zone may mean the day itself."""

NEAR = 400
"""Characters before and after a weekday that are read."""

_DAY = re.compile(rf"\b({any_of(WEEKDAYS)})\b(?P<part>\s+(?:morning|afternoon|evening|night))?")
_MONTH = rf"(?:{any_of({*MONTHS, *SHORT_MONTHS})})\b\.?"
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = rf"(?:{_NTH}\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+{_NTH}|the\s+\d{{1,2}}(?:st|nd|rd|th)|\d{{1,4}}[./-]\d{{1,2}})"
_DATE_AFTER = re.compile(rf"[,\s(\[]*{_DATE}|\s*\[", re.IGNORECASE)
_DATE_BEFORE = re.compile(rf"{_DATE}(?:,?\s+\d{{4}})?[,\s(]+(?:a\s+|on\s+)?$", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|(?<!\w)[‘'](?=\w).*?(?:(?<=[\w.,!?])[’'](?!\w)|$)", re.DOTALL)

# The word before a weekday, or the two words, by what they say of it.
_BEFORE = re.compile(r"(?:([\w'’]+)\s+)?([\w'’]+)\s*$")
_HABIT = word_set("every each any a an one most some many the that following previous per other alternate same first")
_LEADS_IN = word_set("on early late earlier later")
_UP_TO = word_set("by before until till from for after through")
_PAPERS = word_set("mail sun independent ireland scotland wales express mirror people star herald")
_NOT_A_DAY_BY_ITSELF = re.compile(
    rf"['’]s?\b|-|–|/|\s+(?:week|fortnight|prayers?|school)\b|\s+[A-Z]"
    rf"|\s+(?:or|to|through|till|until)\s+(?:on\s+|early\s+|late\s+)?(?:{any_of(WEEKDAYS)})"
)
_OPENS_SENTENCE = word_set("on last next this by until till from since late early before after")
_RANGE_BEFORE = re.compile(r"(?:day|night)\s+(?:or|to|and|through)\s+(?:on\s+)?$|\b(?:between|week\s+(?:on|from))\s+$")

# Words that end a clause. "for" and "ahead of" lead to what may lie ahead: "arrived for talks on Friday".
_CLAUSE_ENDS = re.compile(
    r"[,;:()“”\"…]|\s[-–—]\s|—|\b(?:that|which|who|whom|whose|when|while|where|whether|as|after|because|but|if|"
    r"before(?!\s+(?:Congress|lawmakers|(?:the|a)\s+(?:\w+\s+)?(?:House|Senate|court|judge|committee|panel))\b)|"
    r"though|although|unless|once|ahead\s+of|for|despite|following)\b"
)
_ASIDE = re.compile(r"\([^()]*\)")
_REGION = re.compile(r"(?<=\w),(\s+[A-Z][\w.]+(?:\s+[A-Z]\w+)?),(?=\s+(?:(?:on|late|early)\s+)*$)")
"""The commas of "in Marseilles, France, on Saturday": they end no clause."""
_SAYING = word_set(
    "said told added warned reported claimed argued insisted acknowledged noted wrote testified denied stated spoke"
)
_ARRANGING = word_set(
    "announced called scheduled proposed planned promised ordered urged agreed offered postponed delayed moved "
    "convened summoned invited expected confirmed demanded requested approved set threatened vowed pledged prepared "
    "faced awaited anticipated predicted forecast extended cancelled canceled suggested recommended rescheduled"
)
_DONE_THEN = word_set("announced approved claimed confirmed reported acknowledged denied noted insisted argued")
"""Verbs of saying and arranging to which a weekday without "on" belongs: "approved a bill Tuesday"."""

_OF_THE_PAST = word_set("acknowledged denied")
"""Verbs of saying whose object is past too: "acknowledged the error on Friday"."""

_MAY_LIE_AHEAD = re.compile(
    r"\b(?:strikes?|protests?|walkouts?|boycotts?|start|opening|closures?|briefing|announcement|decision|ruling|"
    r"arrival|return|address|speech|release|deployment|curfew|holiday|tour|trip)\s*$"
)
_IRREGULAR = word_set(
    "was were met held took came went made gave left struck hit shot won lost began broke fell rose fought fled flew "
    "drove saw sent brought bought sold became kept sought stood sat ran beat cut shut quit put led spoke wrote told "
    "said found paid swore threw drew grew knew spent burst sank swept tore woke hurt laid got chose froze withdrew "
    "overthrew underwent caught taught built read died"
)
_NO_PAST = word_set(
    "hundred indeed need speed seed feed weed breed bleed exceed proceed succeed armed united unprecedented red bed "
    "shed so-called alleged limited sacred naked wicked aged detailed unnamed masked retired supposed used"
)
_FUTURE = re.compile(
    r"\b(?:will|won['’]t|shall|(?:is|are|remains?)\s+(?:also\s+|now\s+|widely\s+|still\s+)?(?:to\s+[a-z]+|due|"
    r"(?:set|expected|scheduled|slated|poised|likely|planned|going|about)\b)|due\s+(?:on|by|back|in)|due\s*$|"
    r"(?:he|she|it|they)\s+(?:plan|intend|hope|aim|expect)s?\s+to)\b|\w['’]ll\b",
    re.IGNORECASE,
)
_UNCLEAR = re.compile(
    r"\b(?:would|could|may|might|should|must|can|cannot|had|has|have|is|are|am|be|being|do|does|ought|"
    r"(?:was|were|been)\s+(?:\w+\s+)?(?:due|to|expected|set|scheduled|supposed|slated|likely|planned|going|about)|"
    r"to\s+[a-z]+|says?|if)\b|\w['’](?:d|ve|re)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(r"\bago\b")  # "struck her years ago during a hearing on Friday": the verb is of another day
_TO_A_PLACE = re.compile(r"\b[Tt]o\s+(?:(?:the|a|an|his|her|their|its|this|that|[a-z]+ing)\b|[A-Z])")
_LOOKS_BACK = re.compile(
    r"\b(?:investigat|review|discuss|mourn|bury|examin|prob|stud|condemn|commemorat|remember|mark|explain|apologi)\w*"
    r"|\b(?:attack|strike|blast|shooting|quake|earthquake|crash|killing|murder|death|raid|bombing|explosion|fire|"
    r"storm|flood|accident|collapse|assault)s?\s+(?:[\w-]+\s+){0,3}?$"
)
_EVENT_BEFORE = re.compile(
    r"\b(?:summit|talks|meeting|elections?|vote|hearing|deadline|session|ceremony|inauguration|rally|game|match|visit|"
    r"trial|debate|referendum|launch|conference|parade|funeral|concert|march|negotiations|polls|ballot|runoff)"
    r"(?:\s+(?:in|at|with|of)\s+(?:[\w-]+\s+){1,4}?)?\s*(?:on\s+)?$",
    re.IGNORECASE,
)
# The words before an event that happened when the verb says: "spoke at a press conference Wednesday".
_AT_AN_EVENT = re.compile(r"\b(?:at|during|in)\s+(?:(?!to\b|of\b|for\b|on\b|before\b)[\w’'-]+\s+){0,5}$")
_SUBJECT = re.compile(r"\s+(?:will|would|is|was|marks?|marked|could|may|might)\b")
_TOOK_PART = word_set(
    "held attended began opened ended hosted took chaired addressed led won lost passed concluded joined met skipped "
    "finished interrupted disrupted"
)


def date_weekdays(sentence: str, said_on: date, read_on: date, language: str) -> str:
    """Return the sentence with its date in brackets behind each weekday that needs one, once for each day.

    `said_on` is the day of the report, `read_on` the day of its reader. Returns other languages than English as they
    are, and a sentence to which nothing is certain.
    """
    if not language.lower().startswith("en"):
        return sentence
    unquoted = _QUOTED.sub(lambda quoted: "“" * len(quoted[0]), sentence)
    pieces: list[str] = []
    dated: set[date] = set()
    end = 0
    for match in _DAY.finditer(unquoted):
        meant = _meant(unquoted, match, said_on)
        if meant and meant not in dated and abs((meant - read_on).days) > CLEAR_DAYS:
            dated.add(meant)
            year = f" {meant.year}" if meant.year != read_on.year else ""
            pieces.append(f"{sentence[end : match.end()]} [{meant.day} {MONTHS[meant.month - 1][:3]}{year}]")
            end = match.end()
    return "".join([*pieces, sentence[end:]])


def _meant(sentence: str, match: re.Match[str], said_on: date) -> date | None:
    """Return the date that a weekday means; None where it is not certain or stands there already."""
    before = sentence[max(0, match.start() - NEAR) : match.start()]
    after = sentence[match.end() : match.end() + NEAR]
    if _DATE_AFTER.match(after) or _DATE_BEFORE.search(before[-40:]) or _RANGE_BEFORE.search(before[-40:]):
        return None
    if before.endswith("-"):  # "a late-Friday report"
        return None
    words = _BEFORE.search(before[-40:])
    second, first = (words[1] or "", words[2]) if words else ("", "")
    weekday, low = WEEKDAYS.index(match[1]), first.lower()
    if low == "last" or (low == "past" and second.lower() == "this"):
        return None if second.lower() == "the" else _in_the_week_before(weekday, said_on)
    if _NOT_A_DAY_BY_ITSELF.match(after) or low in _HABIT:
        return None
    if low == "next":
        return None if second.lower() == "the" else _in_the_week_after(weekday, said_on)
    if low != first and (low not in _OPENS_SENTENCE or re.search(r"\w\s+$", before.rstrip()[: -len(first)])):
        return None  # the end of a name, or "Smith Friday said"
    if low == "on" and (second.lower() in _PAPERS or second.lower() in ("a", "the")):
        return None
    tense = _tense(before, after, low)
    if low == "this":
        return _in_this_week(weekday, said_on, tense)
    if low == "coming" or tense == "future":
        return _after(weekday, said_on)
    return _on_or_before(weekday, said_on) if tense == "past" or low == "since" else None


def _tense(before: str, after: str, low: str) -> str:
    """Return `past` or `future` if the clause of the weekday leaves no doubt of it, else an empty text."""
    before, after = _clause(before, after)
    lead_in = re.sub(r"(?:\s*\b(?:on|late|early|this|earlier|later))+\s*$", "", before)
    if _SUBJECT.match(after):
        return ""
    if _said_then(lead_in):
        return "" if low in _UP_TO else "past"
    verbs = list(_past_verbs(lead_in))
    open_before = _UNCLEAR.search(_TO_A_PLACE.sub("", lead_in))
    leads_in = not (verbs or open_before or low in _UP_TO or _FUTURE.search(before))
    if leads_in and _begins_with_past(after) and not _EVENT_BEFORE.search(before):
        return "past"
    opens = not re.search(r"\b(?!On\b|Late\b|Early\b)\w", lead_in)
    if _FUTURE.search(before) or (opens and _FUTURE.search(after)):
        is_past = any(_past_verbs(_FUTURE.sub(" ", f"{lead_in} . {after}")))
        return "" if is_past or _LOOKS_BACK.search(lead_in) or "?" in after else "future"
    if not verbs or open_before or low in _UP_TO or _LONG_AGO.search(lead_in):
        return ""
    event = _EVENT_BEFORE.search(before)
    if not (_SAYING | _ARRANGING).isdisjoint(verbs):
        return "" if event or not _is_done(verbs, lead_in, is_bare=low not in _LEADS_IN) else "past"
    took_part = not _TOOK_PART.isdisjoint(verbs) or (event and _AT_AN_EVENT.search(before[: event.start()]))
    return "" if event and not took_part else "past"


def _is_done(verbs: list[str], lead_in: str, *, is_bare: bool) -> bool:
    """True if a verb of saying or arranging, with its object, leaves no doubt that the weekday is its own, or past."""
    telling = [verb for verb in verbs if verb in _SAYING or verb in _ARRANGING]
    if all(verb in _OF_THE_PAST for verb in telling):
        return True
    return is_bare and all(verb in _DONE_THEN for verb in telling) and not _MAY_LIE_AHEAD.search(lead_in)


def _begins_with_past(after: str) -> bool:
    """True if the first verb after the weekday is a past one: "on Friday signed", "On Friday, the army struck"."""
    past = next(_past_verbs(after), None)
    head = re.split(rf"\b{past}\b", after, maxsplit=1)[0] if past else after
    unclear = _UNCLEAR.search(after)
    return bool(past) and not _UNCLEAR.search(head) and not (unclear and unclear[0].lower().startswith(f"{past} "))


def _said_then(lead_in: str) -> bool:
    """True if the clause up to the weekday ends with a verb of saying or arranging that it belongs to.

    "said on Friday", "told reporters on Friday", "said in a statement on Friday", "announced on Friday".
    """
    words = lead_in.lower().split()
    place = max((n for n, word in enumerate(words) if word in _SAYING or word in _ARRANGING), default=-1)
    if place < 0 or _UNCLEAR.search(" ".join(words[max(0, place - 2) : place])):
        return False
    if _FUTURE.search(" ".join(words[max(0, place - 2) : place + 1])):
        return False
    rest = words[place + 1 :]
    if not rest:
        return words[place] not in ("expected", "scheduled", "planned", "set", "predicted", "forecast", "anticipated")
    if words[place] not in _SAYING or len(rest) > 6 or next(_past_verbs(" ".join(rest)), None):
        return False
    return words[place] == "told" or rest[0] in ("in", "at", "before", "during", "to", "by", "late", "early")


def _past_verbs(clause: str) -> Iterator[str]:
    """Yield the verbs that are past by their form; no participle of what is to "be held" or to "stay closed"."""
    for word in re.findall(r"(?<!\bbe )(?<!\bstay )(?<!\bremain )(?<!\bget )\b[\w-]+\b(?!['’]t\b)", clause):
        low = word.lower()
        if low == word and (low in _IRREGULAR or (low.endswith("ed") and len(low) > 4 and low not in _NO_PAST)):
            yield low


def _clause(before: str, after: str) -> tuple[str, str]:
    """Return the clause before and after the weekday. An opening without a verb belongs to what follows it."""
    before, after = (_ASIDE.sub(lambda aside: " " * len(aside[0]), part) for part in (before, after))
    before = _REGION.sub(r" \1 ", before)
    begin = max((end.end() for end in _CLAUSE_ENDS.finditer(before)), default=0)
    stops = [end.start() for end in _CLAUSE_ENDS.finditer(after)] + [len(after)]
    first = after[: stops[0]]
    if begin == 0 and after[stops[0] :].startswith(",") and len(f"{before}{first}".split()) <= 3:
        first = f"{first} {after[stops[0] + 1 : stops[1]]}"
    return before[begin:], first


def _on_or_before(weekday: int, day: date) -> date | None:
    days = (day.weekday() - weekday) % 7
    return day - timedelta(days) if days <= MOST_DAYS_AWAY else None


def _after(weekday: int, day: date) -> date | None:
    days = (weekday - day.weekday()) % 7
    return day + timedelta(days) if 0 < days <= MOST_DAYS_AWAY else None


def _in_the_week_before(weekday: int, day: date) -> date | None:
    """ "last Friday": None when it may be either the latest one or that of the week before."""
    meant = _on_or_before(weekday, day)
    return meant if meant and weekday > day.weekday() else None


def _in_the_week_after(weekday: int, day: date) -> date | None:
    """ "next Friday": None when it may be either the nearest one or that of the week after."""
    meant = _after(weekday, day)
    return meant if meant and weekday < day.weekday() else None


def _in_this_week(weekday: int, day: date, tense: str) -> date | None:
    days = weekday - day.weekday()
    fits = (days > 0 and tense != "past") or (days < 0 and tense == "past")
    return day + timedelta(days) if fits and abs(days) <= MOST_DAYS_AWAY else None
