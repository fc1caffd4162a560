"""Tells whether a sentence is clear by itself: as the first that a reader sees, or after the ones before it. Pure.

Promises yes or no by the sentence alone: it never looks for the noun that a pronoun stands for, and never changes a
word. The rules of grammar are English; of other languages it knows the words that point back at a sentence's beginning.
"""

from __future__ import annotations

import itertools
import re

from briefings.text.boilerplate import begins_small, has_verb, is_furniture, without_boilerplate
from briefings.text.english import MONTHS, SHORT_MONTHS, WEEKDAYS, any_of, fold_case, word_set
from briefings.text.sentences import OPENERS

__all__ = [
    "KINDS",
    "is_closed",
    "is_cut",
    "leans",
    "names_all",
    "noun_taken_up",
    "speaks",
    "stands_alone",
    "things_meant",
]

_WORD = re.compile(r"[^\W_]+")
_THIS = r"this(?! (?:week|weekend|month|year|season|spring|summer|autumn|fall|winter|morning|afternoon|evening)\b)"
# Beginnings that point back to the sentence before and are not clear without it.
_POINTING = re.compile(
    rf"[\"'“‘(`]*(?:[A-Za-z]+ly, )?(?:(?:he|she|it|they|{_THIS}|that|these|those(?! who)|such|"
    r"his|her|its|their|him|them|but|however|"
    r"meanwhile|also|so|and|or|yet|then|instead|moreover|furthermore|additionally|nevertheless|nonetheless|still|here|"
    r"there(?!['’]s| (?:is|are|was|were|has|have|had|will|may|could|would)\b)|both(?! \w+ and)|neither(?! \w+ nor)|"
    r"another(?! [\d$€£])|others|"
    r"secondly|thirdly|finally|similarly|therefore|thus|hence|otherwise|earlier|later|in addition|as a result|"
    r"for (?:example|instance)|in turn|by contrast|what['’]s more|on the other hand|at the same time)\b"
    r"|the (?-i:first|second|third|fourth|fifth|rest)(?:,| (?:and|is|are|was|were|ones?|has|had|have|will|came)\b)"
    r"|the (?-i:former(?=,| (?:is|was|has|had|will)\b)|"
    r"(?:two|three|four)(?! (?:biggest|largest|main|major|most|top)\b)|pair|latter|"
    r"same|others?|\d+-year-old|man|woman|couple|boy|girl)\b"
    r"|(?:without|after|before|despite|because of|for|in|at|by|with|under|from|on|of|according to|during|since|like|"
    rf"about|following) (?:{_THIS}|that|these|those(?! who)|it|them|him|her(?! \w)|which)\b"
    r"|[a-z]{3,}ing (?:this|that|these|those|it|them),)",
    re.IGNORECASE,
)
_AFTER_THAT = re.compile(r"\b(?:after|before) that(?=[.,;]|$)")
_EMPTY_SUBJECT = re.compile(r"[Ii]t(?: ?['’]s| is| was| took| has been)\b|[Tt]hat ?['’]s a\b")
"""A lead may begin so, since its "it" points back to nothing."""

_HE_SAID = re.compile(r",[\"”’]? (?:he|she|they) (?:said|says|added|told|wrote)\b[^,]*$")
_PERSON = word_set("he she him her his hers")
_SINCE = r"(?:After|Although|As|Before|If|Since|Though|When|While)"
_AMID = r"(?:Amid|At|By|Despite|During|For|From|In|On|Under|With)"
# Beginnings that name the person themselves: "A mother who says she …", "After all his work, Rao …", "As he left, …".
_NAMES_PERSON = re.compile(
    r"(?:An?|One|No|Every|Each|Some|Many|Most)\b|[A-Z][^,A-Z]*, [A-Z]"
    rf"|(?:{_SINCE} (?:he|she)|(?:{_SINCE}|{_AMID}) (?:\w+ ){{0,2}}(?:his|her)|[A-Z]\w+ing [^,]*\b(?:his|her))\b[^,]*, "
    r"(?!(?:he|she|his|her)\b)"
)
_DATE = re.compile(rf"(?:{any_of((*WEEKDAYS, *MONTHS, *SHORT_MONTHS))})s?\b")
# "The law" points back to a law that any word of the same line may have named. "The RELOS law" and "the law on exports"
# point to nothing.
_GROUPS = (
    word_set("pact agreement deal accord treaty memorandum"),
    word_set("law bill legislation act amendment measure"),
    word_set("decision ruling verdict order"),
    word_set("statement announcement remarks comments report study survey document text letter"),
    word_set("visit trip meeting talks summit"),
    word_set("attack attacks incident strike strikes blast explosion crash raid shooting accident fire"),
    word_set("plan project proposal move scheme contract arrangement"),
    word_set("operation exercise exercises drill mission vote system"),
)
KINDS = {word: group for group in _GROUPS for word in group}
"""Thing → the words that may have named it."""

_THING = re.compile(
    r"\bthe (?:(?:new|latest|proposed|whole|joint|draft|alleged|landmark|controversial|shorter|planned) )?"
    rf"({any_of(KINDS)})\b(?! (?:of|on|between|with|that|which|to|for|in|against|by|at|signed|\w+ing)\b)",
    re.IGNORECASE,
)
# "The groups, which …", "These targets have …": a noun that an earlier sentence brought in, unless all know it.
_TAKEN_UP = re.compile(
    r"[\"“'‘]*(?:[A-Z]\w+ly, )?(?:The|These|Those|Both|Such|the|these|those|both|such) (?:[a-z-]+ ){0,2}?"
    r"(?P<noun>[a-z]{4,})(?:,|(?: (?:also|now|then|later|already|still))? (?:is|are|was|were|has|have|had|will|would|"
    r"could|can|may|might|must|did|does|do|says?|said|shows?|showed|includes?|comes?|came|contains?|calls?|took|takes?|"
    r"made|makes?|began|begins?|left|won|lost|found|met|went|\w+ed)\b)"
)
_ALL_KNOW = word_set(
    "president government administration country nation world public people media economy pandemic virus coronavirus "
    "outbreak military army police border state city party vaccine vaccines election elections republicans democrats "
    "parliament prime minister ministry court justices prosecutors authorities officials investigators researchers "
    "scientists experts internet market markets stocks weather former latest most more less than that which very same "
    "first second third last next other only many million billion percent recently newly long week month year years "
    "months weeks days time decade century morning evening"
)
_MARK = re.compile("[\"'“”‘’«»„`]")
_DOUBLE_QUOTES = re.compile("[\"“”«»„]|``|''")
_SINGLE = r"(?<!\w)['‘](?!(?:s|re|ve|ll|d|m|t|em|til|tis|twas|cause|n|\d\d)\b)"  # not "it 's", as cut into tokens
_OPEN_SINGLE = re.compile(rf"{_SINGLE}(?=\w)(?!.*(?:\w[.,!?]?['’](?!\w)|[.!?] ['’]$))|^['‘’]\s(?!.*\s['’])|^''")
_QUOTE = re.compile(rf"[\"“”«»„]|``|''|{_SINGLE}")
_COUNTRY = re.compile(r"\bU\.?S\b")  # no "us"
# In small letters: "we've" begins with "we"; the letter of "World War I", "F.B.I." and "(I-Vt.)" is no speaker.
_SPEAKING = re.compile(r"(?<!war )(?<![.(])\b(?:i|we|you|your|my|our|us|me)\b")

# Words inside a first sentence that mean something which must have been named before it.
_TOGETHER = re.compile(
    r"\b(?:both(?: of)?(?: the)?|the (?:two|three|four)|these|those) (?:men|women|sides|countries|nations|leaders|"
    r"presidents|ministers|teams|parties|companies|firms|states|neighbou?rs|rivals|officials|suspects|victims|brothers|"
    r"sisters|senators|lawmakers|governments|groups|agencies)\b",
    re.IGNORECASE,
)
_NEAR = 80  # characters: what a later word means was mostly named before it in the same sentence
_TIMES = (
    r"(?:day|week|weekend|month|year|summer|spring|autumn|fall|winter|season|morning|afternoon|evening|decade|century|"
    r"time|point|moment|kind|type|sort|way|world|country|nation|is|was|are|were|and|has|will)"
)
_MEANT = re.compile(
    rf"\b(?:of|by|from|to|in|at|on|with|for|over|under|against|about) (?:(?:that|this) (?!{_TIMES}\b)(?-i:[a-z]{{3,}})|"
    rf"(?:those|these) (?!{_TIMES}s\b)(?-i:[a-z]{{3,}}s))\b(?! who\b)"
    r"|\bthe (?:move|latter|duo|trio|sentence|phrase|aforementioned|same (?:day|time|man|woman|person))\b"
    r"(?! (?:to|of|by|that|in|on|from|for|as)\b)",
    re.IGNORECASE,
)
_NOUNS_MEANT = re.compile(
    r"[\"“]?The (?:committee|panel|case|suspects?|victims?|company|firm|group|news|changes?|lawsuit|suit|probe|"
    r"investigation|inquiry|policy|rule|rules|change|event|figures?|numbers?|results?|findings|allegations?|charges|"
    r"comments?|claims?|revelations?|development|tweet|video|footage|image|images|photos?|memo|email|emails|quake|storm|"
    r"duo|trio)(?:['’]s?)? (?:is|are|was|were|has|have|had|will|would|said|says|also|came|comes|voted|added|told|shows?"
    r"|showed|follows?|followed|marks?|marked|found|made|began|took|\w+ed)\b"
)
_SAID = r"(?:said|says|added|adds|told|wrote|writes|asked|asks|tweeted|continued|insisted|explained|argued|warned)"
_PRONOUN = r"(?:he|she|they|it|we|I|you)"
_PRONOUN_SAID = re.compile(rf"[,—–\"”’.!?-] ?{_PRONOUN} (?:also |then |later )?{_SAID}\b")
_NAMED_SPEAKER = re.compile(r"[A-Z][\w.’' -]{1,40}: ")  # of a headline without quotation marks
_OPENS_SPEECH = re.compile("\\s*(?:(?P<double>[\"“«„]|``|'')|(?P<single>[‘']))")
_PRONOUN_SPEAKS = re.compile(rf"[\W_]*(?:{_PRONOUN}\b|{_SAID} {_PRONOUN}\b)|[\W_]*$")
_NO_SUBJECT_YET = re.compile(r"[A-Z][a-z]+(?:ed|ing)\b")  # "Asked about it, he …"
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w’'-]+")

_FRAGMENT_WORDS = 9
"""A sentence with fewer words may be a heading; the verbs of a longer one are not all in the list of `has_verb`."""

_QUESTION = re.compile("[?？؟][\"'”’»)\\]]*$")
_TAIL = 60  # characters at a sentence's end, enough for "… (continue reading …)"
_CUT = re.compile(
    r"(?:\.\.|…|[:：,;–—]|\s-|\[\W*\]|/\W*|"
    r"(?:\.\.\.|…) ?\(?(?:read|continue|more|full|see)\b.{0,40})[\"'”’»)\]\s]*$",
    re.IGNORECASE,
)
# Pronouns and connectives of other languages that point back where they begin a sentence.
_FOREIGN_POINTING = {
    language: re.compile(rf"[\"'“‘«„¿¡「『]*(?:{any_of(words.split('|'))})(?!\w)", re.IGNORECASE)
    for language, words in {
        "de": "er|dies|diese|dieser|dieses|beide|die beiden|dabei|damit|daraufhin|dort|aber|doch|zudem|außerdem|"
        "deshalb|dennoch|seine|ihre|auch|und|oder",
        "fr": "elle|ils|elles|cela|ceci|ces|celui-ci|celle-ci|ceux-ci|tous deux|les deux|mais|et|aussi|cependant|"
        "toutefois|en revanche|par ailleurs|selon lui|selon elle|son|sa|ses|leur|leurs",
        "es": "él|ella|ellos|ellas|esto|eso|este|esta|estos|estas|ambos|ambas|los dos|las dos|además|sin embargo|pero|"
        "también|y|así|lo mismo|asimismo|según él|según ella|su|sus",
        "it": "egli|lui|lei|essi|loro|questo|questa|questi|queste|entrambi|inoltre|tuttavia|però|ma|anche|e",
        "pt": "ele|ela|eles|elas|isso|isto|este|esta|esse|essa|ambos|ambas|além disso|no entanto|porém|mas|também|e",
        "ru": "он|она|они|оно|это|этот|эта|эти|его|её|ее|их|оба|обе|также|однако|но|при этом|кроме того|поэтому|затем",
        "uk": "він|вона|вони|воно|це|цей|ця|ці|його|її|їх|обидва|обидві|також|однак|але|при цьому|крім того|тому|потім",
        "hi": "वह|वे|यह|ये|उन्होंने|इन्होंने|उसने|इसने|उनके|उनकी|इसके|इसकी|लेकिन|हालांकि|दोनों|साथ ही",
    }.items()
}
_EAST_ASIAN_POINTING = re.compile(
    r"[“「『\"]*(?:他们?|她们?|它们?|但是?|然而|此外|同时|对此|双方|彼|彼女|彼ら|しかし|また|その|両者)"
)


def stands_alone(sentence: str, language: str | None = None) -> bool:
    """True if a sentence, or a title, can be the first thing that a reader sees under a headline.

    It is no teaser that was cut, no question, no furniture, has no dateline or label, closes its quotations, names who
    speaks them, and leans on nothing that was said before. `language` is an ISO 639-1 code, English by default.
    """
    if is_cut(sentence) or _QUESTION.search(sentence) or begins_small(sentence):
        return False
    if not is_closed(sentence) or is_furniture(sentence) or without_boilerplate(sentence, first=True) != sentence:
        return False
    return not _is_fragment(sentence, language or "en") and _needs_nothing_before(sentence, language or "en")


def _is_fragment(sentence: str, language: str) -> bool:
    """True if a short sentence has no verb, as "A risk to their fellow citizens."; a title ends in no full stop."""
    return sentence.endswith(".") and sentence.count(" ") < _FRAGMENT_WORDS and not has_verb(sentence, language)


def _needs_nothing_before(sentence: str, language: str) -> bool:
    """True if a whole sentence leans on nothing that was said before, and names who speaks in it."""
    if language == "en" and (leans(sentence, lead=True) or things_meant(sentence, lead=True)):
        return False
    return names_all(sentence, language) and (
        language != "en" or not speaks(sentence) or _NAMED_SPEAKER.match(sentence) is not None
    )


def names_all(sentence: str, language: str) -> bool:
    """True if a sentence that does not begin by pointing back names those who speak and those it speaks of."""
    if _is_speech_of_nobody(sentence):
        return False
    if language != "en":
        return not _FOREIGN_POINTING.get(language, _EAST_ASIAN_POINTING).match(sentence)
    return not _means_the_unnamed(sentence)


def is_cut(sentence: str) -> bool:
    """True if a sentence ends where more must follow: in "…", a colon, a comma, or a bracket or slash that says so."""
    return _CUT.search(sentence, max(0, len(sentence) - _TAIL)) is not None


def is_closed(sentence: str) -> bool:
    """True if every quotation that begins in a sentence ends in it."""
    if not _MARK.search(sentence):
        return True
    return len(_DOUBLE_QUOTES.findall(sentence)) % 2 == 0 and not _OPEN_SINGLE.search(sentence)


def speaks(sentence: str) -> bool:
    """True if the sentence says "we" or "you" outside of a quotation."""
    if _MARK.search(sentence) and _QUOTE.search(sentence):
        return False
    return _SPEAKING.search((_COUNTRY.sub("", sentence) if "U" in sentence else sentence).lower()) is not None


def leans(sentence: str, lead: bool) -> bool:
    """True if a sentence begins by pointing back, or says "he" before it names a person. `lead`: none stands before."""
    if _HE_SAID.search(sentence) or (" that" in sentence and _AFTER_THAT.search(sentence)):
        return True
    if _POINTING.match(sentence) and not (lead and _EMPTY_SUBJECT.match(sentence)):
        return True
    if sentence.islower() or _NAMES_PERSON.match(sentence):
        return False
    for order, match in enumerate(itertools.islice(_WORD.finditer(sentence), 5)):
        word = match[0]
        if word.lower() in _PERSON:
            return True
        if word[0].isupper() and not _DATE.match(word) and (order or word.lower() not in OPENERS):
            return False
    return False


def things_meant(sentence: str, lead: bool) -> tuple[str, ...]:
    """Return the things, keys of KINDS, that a sentence calls "the law" and the like without saying which.

    In a lead only its first words count.
    """
    if lead:
        match = _THING.match(sentence) or _THING.match(sentence, 1)
        return (fold_case(match[1]),) if match else ()
    return tuple(fold_case(match[1]) for match in _THING.finditer(sentence))


def noun_taken_up(sentence: str) -> str | None:
    """Return the noun of "The groups, which …" and "These targets have …"; None of other beginnings.

    Such a sentence is clear only behind the one that brought the noun in, if one did.
    """
    match = _TAKEN_UP.match(sentence)
    return match["noun"] if match and match["noun"] not in _ALL_KNOW else None


def _is_speech_of_nobody(sentence: str) -> bool:
    """True if a sentence is a quotation whose speaker it does not name: "“We will fight this,” he said."."""
    opening = _OPENS_SPEECH.match(sentence)
    if not opening:
        return False
    closing = re.compile("[\"”»“]|''" if opening["double"] else r"[’'](?!\w)").search(sentence, opening.end() + 1)
    if not closing:
        return True
    rest = sentence[closing.end() :]
    if not rest.strip(" .!?。"):
        return True
    spoken = sentence[opening.end() : closing.start()].rstrip()
    is_utterance = spoken.endswith((",", ".", "!", "?", "-", "—", "–", "…")) or rest[:1] in ",."
    return is_utterance and _PRONOUN_SPEAKS.match(rest) is not None


def _means_the_unnamed(sentence: str) -> bool:
    """True if a first sentence speaks of "both men", "that committee" or "he" and has not named them before."""
    if _MEANT.search(sentence, 0, _NEAR) or _NOUNS_MEANT.match(sentence):
        return True
    if (together := _TOGETHER.search(sentence)) and not _names_two(sentence[: together.start()]):
        return True
    if (says := _PRONOUN_SAID.search(sentence)) and not _has_name(sentence[: says.start()]):
        return True
    if not _NO_SUBJECT_YET.match(sentence) or _NAMES_PERSON.match(sentence):
        return False
    before = re.split(r"\b(?:he|she|him|her|his)\b", sentence, maxsplit=1)
    return len(before) == 2 and not _has_name(before[0])


def _names_two(beginning: str) -> bool:
    names = [name for name in _NAME.findall(f"a {beginning}") if not _DATE.match(name) and name.lower() not in OPENERS]
    return len(names) > 1 or " and " in beginning


def _has_name(beginning: str) -> bool:
    """True if the beginning of a sentence holds a name, or begins with a noun: "Police", "The ministry"."""
    first = _WORD.search(beginning)
    if first and first[0][0].isupper() and first[0].lower() not in OPENERS and not _NO_SUBJECT_YET.match(first[0]):
        return True
    return any(not _DATE.match(name) for name in _NAME.findall(beginning))
