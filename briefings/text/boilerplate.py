"""Recognises boilerplate in a news text: share bars, datelines, bylines, credits, captions, invitations.

Promises to cut only at a sentence's beginning, so that the rest is still verbatim; to everything else it only says
yes or no. Patterns that hold words are English. Never judges what is news.
"""

from __future__ import annotations

import re

_CLOSERS = r"\"'”’»›)\]」』】）"
_ENDS = re.compile(rf"(?:[.!…。！｡।॥۔։]|(?<=[\w)])[”」』])(?: ?(?:''|[{_CLOSERS}]))*$")
_TAIL = 20  # characters: the end is looked for only here
_BEGINS = re.compile(r"[\"'“‘«‹(\[「『`¿¡$€£₹¥]*\s?[^\W_]")
_SMALL = re.compile(r"[\"'“‘«(]*(?!(?:al|el|de|von|van|bin|da|di|la|le)\b)[a-zß-öø-ÿа-яёіїєґα-ω]+(?![\w-]*[A-Z])")
_NOISE = re.compile(
    r"(?:also read|read (?:also|more|full|the full)|subscribe|sign (?:up|in)|log in|follow us|click here|tap here|"
    r"share this|share on|like us on|join (?:us|our)|download (?:the|our)|support our|donate|all rights reserved|"
    r"copyright (?:\d|of|by|[(])|with inputs from|(?:reporting|editing|compiled|edited|report supplied) by|"
    r"additional reporting|"
    r"for more (?:news|stories|information)|for (?:the )?latest (?:news|updates)|get (?:the latest|our|your) |"
    r"stay (?:tuned|updated|connected)|scroll down|don['’]t miss|first published|last updated|continue reading|"
    r"(?:most|more) (?:read|popular|from)|you (?:may|might) also like|recommended for you|"
    r"(?:getty|ap|reuters|afp) (?:images?|photos?)|"
    r"this (?:story|article|report|post|page|video|content)['’]?s? (?:has (?:not )?been|has not|is (?:auto|part)|"
    r"was (?:last |first|originally)|will be updated|may contain)|"
    r"lorem ipsum|recib[ea] (?:el|nuestro) (?:boletín|newsletter)|abonnez-vous|подпи(?:шитесь|сывайтесь) на)\b"
    r"|(?:photo|image|file photo|picture|pic|video|watch|listen|related|updated|published|posted|advertisement|tag|"
    r"disclaimer|caption|credit|source|topic|share|"
    r"(?:editor|author)['’]?s?['’]? note|correction|clarification|note)s?(?: credit| courtesy| by)?\s*[:|–—-](?!\w)"
    r"|[(]c[)]|©|[-=*•_]{3}|https?://|@\w+\s|#\w+\s#|\d{1,2}:\d{2} ?(?:[ap]m,? )?(?:est|edt|gmt|bst|ist|et|utc)\b",
    re.IGNORECASE,
)
# A sentence without any of these has no noise inside; the search for them takes a fifth of the pattern's time.
_NOISE_HINTS = (
    "clic",  # and "haga clic"
    "newsletter",
    "reserved",
    "syndicated",
    "our app",
    "cookies",
    "javascript",
    "follow us",
    "sign up",
    "terms of",
    "getty",
    "scroll",
    "image",
    "file ",
    "pic.",
    "(",
    "©",
    "updated",
    "corrected",
    "published",
    "pictured",
    "notificaciones",
    "suscr",
)
_NOISE_ANYWHERE = re.compile(  # for a sentence in small letters: twice as fast as ignoring case
    r"(?:activar|desbloquear|recib(?:ir|a|e)) (?:las |nuestras )?notificaciones|notificaciones bloqueadas|"
    r"\bsuscr[ií]b(?:[ea](?:te|se)|ite)\b|"
    r"ha[zg]a? clic\b|(?:usamos|utilizamos|política de) cookies|(?:these|necessary) cookies|"
    r"click here|our newsletter|newsletters? here|all rights reserved|syndicated feed|our app\b|accept cookies|"
    r"enable javascript|follow us on|sign up (?:for|to) our|terms of (?:use|service)|getty images|scroll down for|"
    r"(?:image|file) (?:copyright|caption|source|photo|picture|image)|pic\.twitter\.com|[(]@\w+[)]|©|"
    r"(?:story|article|report) (?:has been|was|will be) (?:updated|corrected|first published)|"
    r"\bpictured (?:\w+ )?(?:left|right|above|below|centre|center|here)\b|"
    r"[(] ?(?:pictured|(?:far |second |top |bottom )?(?:left|right|centre|center|above|below|middle)"
    r"(?: and \w+)?)(?: ?,[^()]{0,40})? ?[)]|"
    r"[(] ?(?:photo|image|picture|reuters|ap|afp)(?: (?:photo|file|images?))?(?: ?[:/]| by )[^()]{0,60}[)]",
)
_LABEL = re.compile(  # "Delayed: an aircraft …", "Strictly business : …"
    r"(?!(?:\w+ ){0,3}(?:said|says|say|added|adds|told|wrote|tweeted|asked|is|are|was|were|headline)\b)"
    r"[^\W\d_][^\W\d_A-Z]+(?: [^\W\d_A-Z]+){0,3} ?: [^\"'“‘`]"
)
# "MOSCOW, Dec 3 (Reuters) - " is cut where an agency, or a date after a comma, proves that it is a dateline.
_AGENCY = (
    r"\( ?(?P<agency{}>(?:AP|AFP|Reuters|REUTERS|PTI|ANI|IANS|UNI|UPI|TASS|RIA|Interfax|Xinhua|dpa|DPA|EFE|ANSA|"
    r"Kyodo|Yonhap|Bloomberg|CNN|BBC|Sputnik|Anadolu|AA|Ukrinform|VOA|RFE/RL|cnn|ap|afp|reuters)"
    r"(?: [A-Z]\w+){{0,2}}) ?\)"
)
_PLACE = r"[A-Z][\w.’'-]*(?:[ /][A-Z][\w.’'-]*){0,3}(?:, [A-Z][\w.]*(?: [A-Z]\w*)?)?"
_DATELINE = re.compile(
    rf"(?:(?P<place>{_PLACE})"
    r"(?: \d{1,2}|(?P<date>,)? (?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} (?:[A-Z][a-z]{2,8}|"
    r"(?:ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic)[a-z]*\.?))(?:, \d{4})?)?"
    r"(?:,? ?(?:"
    + _AGENCY.format("")
    + r"|\([A-Z][\w./ ]{1,25}\)))?(?:\.(?=-)|\s)?(?:(?P<dash>[-–—]{1,2}|:)\s+|(?P<glued>[–—]))|"
    + _AGENCY.format("2")
    + r"[ .–—:-]*)(?=[\"'“‘¿«A-ZÀ-Þ`]|(?<= \) )\w)"
)
_PLACE_WORDS = 2
_POSSESSIVE = re.compile(r"(?:[\w.]+ ){0,2}[\w.]+['’]s?\b")
_BYLINE = re.compile(
    r"By(?: [A-Z][\w.’'-]+){1,4}?(?:(?:,| and)(?: [A-Z][\w.’'-]+){1,3})?(?:,? ?[|•·–—-])?\s+(?=[A-Z(])"
)
_LABELS = (  # before a colon or a bar at a sentence's beginning
    r"exclusive|breaking(?: news)?|just in|developing|details|context|key points?|flashback|zoom (?:in|out)|the latest|"
    r"(?:the )?(?:big picture|bottom line|state of play|backstory)|top ?line|the gist|the intrigue|between the lines|"
    r"why (?:it matters?|this matters)|driving the news|(?:by )?the numbers|reality check|quick take|catch up quick|"
    r"what (?:happened|we know|comes next|to watch)|what['’]s (?:next|new|happening)|yes,? but|worth noting|be smart|"
    r"what (?:they['’]re|he['’]s|she['’]s) saying|what we['’]re (?:hearing|watching|reading)|go deeper|how it works|"
    r"threat level|originally published[ \w,]{0,20}|update \d"
    r"|(?:live )?updated?(?: \d{1,2}(?:[/.]\d{1,2}){1,2}| \w{3,9}\.? \d{1,2}(?:, \d{4})?)?"
    r"(?:,? (?:at )?\d{1,2}(?::\d{2})?(?: ?[ap]\.?m\.?)?(?: [ecmp][ds]?t| gmt| ist)?)?"
)
_BAR = re.compile(
    r"(?:share this with(?:email|facebook|messenger|twitter|pinterest|whatsapp|linkedin|copy this link|\s)+"
    r"|copy this link|(?:these are external links and )?will open in a new window|close share panel"
    r"|media playback is (?:not supported|unsupported) on (?:this|your) device"
    # A label is glued to the sentence where a page sets it in bold: "Why it matters:The bill …".
    # The time of an entry in a live report: "21.55 h: The president …", "09:15: The …".
    r"|\d{1,2}[.:]\d{2} ?(?:(?:h|hs|hrs|horas|uhr)\.?\s?[:.–—-]+|:)(?=\s)"
    rf"|this video can not be played|(?:{_LABELS})(?:\s?[:|]\s|:(?=[A-Z“\"‘])))\s*",
    re.IGNORECASE,
)


def without_boilerplate(sentence: str, first: bool) -> str:
    """Return `sentence` without leading share bars, byline and dateline. `first`: it is the first of its text."""
    while (bar := _BAR.match(sentence)) and bar.end() < len(sentence):
        sentence = sentence[bar.end() :]
    byline = _BYLINE.match(sentence)
    if byline and (rest := _without_dateline(sentence[byline.end() :], first)) != sentence[byline.end() :]:
        return rest
    return _without_dateline(sentence, first)


def _without_dateline(sentence: str, first: bool) -> str:
    """A bare "MOSCOW — " is a dateline only in the first sentence and with no second dash."""
    match = _DATELINE.match(sentence)
    if not match:
        return sentence
    rest, dash = sentence[match.end() :], match["dash"] or match["glued"]
    if match["agency"] or match["agency2"] or match["date"]:
        return rest
    is_bare = first and dash in ("—", "–", "--") and dash not in rest
    is_place = is_bare and (match["place"].split(",")[0].isupper() or (dash != "–" and _is_place(match["place"], rest)))
    return rest if is_place else sentence


def _is_place(name: str, rest: str) -> bool:
    """True if a name in mixed case before a long dash can be that of a place: short, and a clause with a verb follows.

    "Washington — The senate has voted."; not "Ilva Brandt — Norvell’s mayor since 2011."
    """
    words = name.split(",")[0].split()
    return len(words) <= _PLACE_WORDS and not _POSSESSIVE.match(rest) and has_verb(rest, "en")


def is_statement(sentence: str, *, first: bool = False, small: bool = False) -> bool:
    """True if a sentence begins and ends as one and is no question, caption, credit or invitation.

    `first`: it is the first of its text; any other sentence with a label ("Wanted: …") is a caption. `small`: the whole
    text is in small letters; in other texts only a name may begin with a small letter (iPhone, al-Shabaab).
    """
    begins = _BEGINS.match(sentence)
    if (
        not begins
        or not _ENDS.search(sentence, max(0, len(sentence) - _TAIL))
        or sentence.isupper()
        or (not small and _SMALL.match(sentence))
    ):
        return False
    if not first and _LABEL.match(sentence):
        return False
    return not is_furniture(sentence)


def is_furniture(sentence: str) -> bool:
    """True if a sentence is a caption, a credit, a note of the editors or an invitation to the visitor."""
    if "(l)" in sentence or "(r)" in sentence:  # sides of a picture; "(R)" is a party
        return True
    if _NOISE.match(sentence):
        return True
    small = sentence.lower()
    return any(map(small.__contains__, _NOISE_HINTS)) and _NOISE_ANYWHERE.search(small) is not None


def begins_small(sentence: str) -> bool:
    """True if a sentence begins with a small letter where others do not, so that its beginning is missing."""
    return _SMALL.match(sentence) is not None and not sentence.islower()


# An English verb, by its form or by the list of irregular ones. A sentence without any is a heading or a caption.
_VERB = re.compile(  # for a sentence in small letters
    r"\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|might|must|shall|should|"
    r"ate|beat|became|began|bit|blew|bought|brought|broke|built|burnt|came|caught|chose|cost|cut|dealt|drew|drove|fed|"
    r"fell|felt|fought|found|flew|forbade|forgot|froze|gave|got|grew|heard|held|hid|hit|hurt|kept|knew|laid|lay|led|"
    r"left|lent|let|lit|lost|made|meant|met|paid|put|quit|ran|rang|read|rose|said|sang|sank|sat|saw|sent|set|shook|shot|"
    r"shut|slept|sold|sought|spent|split|spoke|spread|stood|stole|struck|swept|swore|swam|taught|thought|threw|told|"
    r"took|tore|understood|went|won|withdrew|woke|wore|wrote|say|want|plan|\w+['’](?:s|re|ve|ll|d|m)|\w+n['’]t|\w{2,}(?:ed|es|s))\b"
)

# "A risk to their fellow citizens.", "Local news, entertainment and podcasts.": each word in -s is a noun.
_FRAGMENT = re.compile(
    r"(?:(?:an?|no|not|more) (?:[\w-]+ ){1,3}(?:to|of|for|in|on|at|from|with|by) (?:[\w-]+ ){0,3}|"
    r"[a-z]+(?: [a-z]+){0,2}, (?:[a-z]+(?: [a-z]+)?, )?[a-z]+(?: [a-z]+)?,? and (?:[a-z]+ )?)[\w-]+s\W*$"
)
_HEADING = 80  # characters: a longer sentence is no heading
_PLURAL = re.compile(r"(?!is$|was$|has$|does$)[\w]+s$")
_MAY = re.compile(r"\bmay\b")  # the month begins with a capital
_FOREIGN = re.compile("[^\x00-\u024f\u2000-\u20cf]")


def has_verb(sentence: str, language: str) -> bool:
    """True if a sentence has a verb. Only English is checked; other languages and scripts pass."""
    if language != "en":
        return True
    small = sentence.lower()
    if _VERB.search(small):
        return not (len(small) < _HEADING and _FRAGMENT.match(small) and all(map(_PLURAL.match, _VERB.findall(small))))
    return _MAY.search(sentence) is not None or _FOREIGN.search(sentence) is not None
