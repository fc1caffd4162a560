"""The extract of an article. What a summary from elsewhere may say is judged in `facts.py` and offered here.

Promises whole sentences of the text, verbatim and in its order, or the title. Never writes a word of its
own, never cuts a sentence. Position is the method: content.md measured every graph algorithm 5 to 10
ROUGE points below the first sentences, which a TF-IDF centroid only refines.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from briefings.facts import supported, unsupported
from briefings.sentences import OPENERS, count_words, split

__all__ = ["extract", "supported", "unsupported"]

# Each place down the text costs 0.1, likeness to the whole article earns up to 0.3, each word above thirty costs 0.01;
# only the first five good sentences are candidates. Chosen on FRANK, REALSumm and XSum together: 40.0, 38.5 and 18.1
# ROUGE-1, where the first sentences within the same 60 words have 39.9, 36.6 and 18.6.
POSITION, CENTRE, LENGTH, CANDIDATES = 0.1, 0.3, 0.01, 5
_SCANNED = 8_000  # characters; what an article says later is never its summary, and work stays bounded
_WORD = re.compile(r"[^\W_]+")
_ENDS = re.compile(r"[.!…。！｡।॥۔։][\"'”’»)\]」』】]*$")
_NOISE = re.compile(
    r"(?:also read|read (?:also|more|full|the full)|subscribe|sign up|follow us|click here|tap here|share this|"
    r"join (?:us|our)|download (?:the|our)|all rights reserved|copyright|with inputs from|reporting by|editing by|"
    r"additional reporting|edited by|for more (?:news|stories)|get the latest|stay (?:tuned|updated|connected)|"
    r"don['’]t miss|first published|last updated|"
    r"this (?:story|article|report) (?:has not|was (?:first|originally)|is (?:auto|part)))\b"
    r"|(?:photo|image|file photo|picture|video|watch|listen|related|updated|posted|advertisement|disclaimer|caption)s?"
    r"(?: credit| courtesy)?\s*[:|–—-]|[(]c[)]|©|[-=*•_]{3}",
    re.IGNORECASE,
)
_NOISE_ANYWHERE = re.compile(
    r"click here|our newsletter|all rights reserved|syndicated feed|our app\b|accept cookies|enable javascript|"
    r"follow us on|sign up for our|terms of (?:use|service)",
    re.IGNORECASE,
)
# "MOSCOW, Dec 3 (Reuters) - " is stripped where an agency or a date after a comma proves that it is a dateline.
_AGENCY = (
    r"\((?P<agency{}>(?:AP|AFP|Reuters|REUTERS|PTI|ANI|IANS|UNI|UPI|TASS|RIA|Interfax|Xinhua|dpa|DPA|EFE|ANSA|"
    r"Kyodo|Yonhap|Bloomberg|CNN|BBC|Sputnik|Anadolu|AA|Ukrinform)(?: [A-Z]\w+)?)\)"
)
_DATELINE = re.compile(
    r"(?:[A-Z][\w.’'-]*(?:[ /][A-Z][\w.’'-]*){0,3}(?:, [A-Z][\w.]*(?: [A-Z]\w*)?)?"
    r"(?:(?P<date>,)? (?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8})(?:, \d{4})?)?"
    r"(?: ?" + _AGENCY.format("") + r")? ?(?P<dash>[-–—]{1,2}|:)\s+|" + _AGENCY.format("2") + r"[ –—-]*)(?=[\"'“‘A-Z])"
)
# Words that point back; with the sentence before they are clear, without it they are not.
_DANGLING = re.compile(
    r"[\"'“‘(]*(?:(?:he|she|it|they|this|that|these|those|such|his|her|its|their|him|them|but|however|meanwhile|also|"
    r"so|and|or|yet|then|instead|moreover|furthermore|additionally|nevertheless|still|here|there|both|neither|another|"
    r"secondly|thirdly|finally|similarly|therefore|thus|hence|otherwise|earlier|later|"
    r"according to (?:him|her|them|it))\b"
    r"|the (?:\w+ )?(?P<thing>pact|agreement|deal|accord|treaty|move|decision|ruling|bill|law|statement|announcement|"
    r"visit|meeting|talks|attack|incident|report|study|plan|project|proposal|pair|two|three|latter|former|man|woman|"
    r"couple|document|arrangement|operation|order|contract|vote|measure|exercise|system|remark|comment|latest)s?\b)",
    re.IGNORECASE,
)


def _list(words: str) -> list[str]:
    return words.split()


_STOP_WORDS = OPENERS | frozenset(
    _list(
        "is are was were be been has have had do does did will would can could may might should must of into out up "
        "down than said says told new more also who whom"
    )
)
_DOUBLE_QUOTES = re.compile('["“”«»„]')
_OPEN_SINGLE = re.compile(r"(?<!\w)['‘](?=\w)(?!.*\w[.,!?]?['’](?!\w))")
_SPEAKING = re.compile(
    r"(?<!War )\b(?:i|i['’](?:m|ve|d|ll)|we|we['’](?:re|ve|d|ll)|you|your|my|our|us|me)\b", re.IGNORECASE
)


def extract(title: str, text: str, language: str = "en", *, words: int = 60) -> str:
    """The best whole sentences of `text`, verbatim, in its order, at most `words` words in all.

    Where no sentence is good the shortest that fits stands in; where none fits, the title.
    """
    sentences = split(text[:_SCANNED], language)
    if len(text) > _SCANNED:
        sentences = sentences[:-1]  # cut by us
    sentences = [_without_dateline(sentence, i == 0) for i, sentence in enumerate(sentences)]
    lengths = [count_words(sentence) for sentence in sentences]
    bags = [_bag(sentence) for sentence in sentences]
    good = _good(_bag(title), sentences, lengths, bags)
    chosen: set[int] = set()
    for best in _ranked(_bag(title), lengths, bags, good):
        chain = _chain(best, sentences, good, chosen)
        if chain and sum(lengths[i] for i in chosen | chain) <= words:
            chosen |= chain
    if not chosen:
        fits = [i for i, length in enumerate(lengths) if length <= words and _is_statement(sentences[i])]
        chosen = {min(fits, key=lambda i: (i not in good, lengths[i]))} if fits else set()
    return " ".join(sentences[i] for i in sorted(chosen)) or title


def _without_dateline(sentence: str, first: bool) -> str:
    """`sentence` after its dateline. A bare "MOSCOW — " counts only at the head of a text and with no second dash."""
    match = _DATELINE.match(sentence)
    if not match:
        return sentence
    rest = sentence[match.end() :]
    bare = first and match[0].isupper() and match["dash"] in ("—", "--") and match["dash"] not in rest
    return rest if bare or match["agency"] or match["agency2"] or match["date"] else sentence


def _bag(text: str) -> Counter[str]:
    return Counter(word for word in _WORD.findall(text.casefold()) if word not in _STOP_WORDS)


def _is_statement(sentence: str) -> bool:
    """A sentence that ends as one and is no question, caption or invitation."""
    if not _ENDS.search(sentence) or sentence.isupper():
        return False
    return not _NOISE.match(sentence) and not _NOISE_ANYWHERE.search(sentence)


def _stands_alone(sentence: str) -> bool:
    """Not a piece of somebody's speech: quotes are closed, and nobody says "we" outside of them."""
    quotes = _DOUBLE_QUOTES.findall(sentence)
    if len(quotes) % 2 or _OPEN_SINGLE.search(sentence):
        return False
    return bool(quotes) or not _SPEAKING.search(sentence.replace("U.S.", "").replace("US", ""))


def _good(headline: Counter[str], sentences: list[str], lengths: list[int], bags: list[Counter[str]]) -> list[int]:
    """Which sentences may stand in a summary: six words or more, news, not the title or another one again."""
    seen, good = set[str](), list[int]()
    for i, sentence in enumerate(sentences):
        repeats = bool(headline) and len(bags[i].keys() & headline.keys()) >= 0.8 * len(
            bags[i].keys() | headline.keys()
        )
        if (
            lengths[i] >= 6
            and not repeats
            and sentence not in seen
            and _is_statement(sentence)
            and _stands_alone(sentence)
        ):
            good.append(i)
        seen.add(sentence)
    return good


def _chain(index: int, sentences: list[str], good: list[int], chosen: set[int]) -> set[int]:
    """`index` and the sentences before it that it leans on; empty when one of those cannot be shown.

    "The pact" leans on the sentence before it unless an earlier one already chosen speaks of a pact.
    """
    chain = {index}
    while match := _DANGLING.match(sentences[index]):
        thing = (match["thing"] or "").lower()
        if thing and any(thing in sentences[i].lower() for i in chosen if i < index):
            break
        index -= 1
        if index not in good:
            return set()
        chain.add(index)
    return chain


def _ranked(headline: Counter[str], lengths: list[int], bags: list[Counter[str]], good: list[int]) -> list[int]:
    """The first good sentences, best first: early, close to what the article dwells on, not long."""
    spread = Counter(word for i in good for word in bags[i])
    weight = {word: math.log(1 + len(good) / count) ** 2 for word, count in spread.items()}
    centroid = Counter({word: count for word, count in headline.items() if word in weight})
    for i in good:
        centroid.update(bags[i])

    def cost(order: int) -> float:
        bag = bags[good[order]]
        dot = sum(count * centroid[word] * weight[word] for word, count in bag.items())
        size = math.sqrt(sum(count * count * weight[word] for word, count in bag.items()))
        return POSITION * order - CENTRE * dot / (size * norm or 1.0) + LENGTH * max(0, lengths[good[order]] - 30)

    norm = math.sqrt(sum(count * count * weight[word] for word, count in centroid.items()))
    return [good[order] for order in sorted(range(min(len(good), CANDIDATES)), key=cost)]
