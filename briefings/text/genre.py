"""Names the genre of an article: news, opinion, a live blog, a question, a list, and so on. Pure.

Looks at the outlet's name, the sections in the address and the form of the title, never at what is said. Takes an
article for news unless one of these states something else: the rules were read against 18,000 real titles, and a rule
that met news was made narrower or left out ("Opinion polls show…", "Live-fire exercise…", "Why flights were cancelled:
storm shuts the airport" are news).
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from briefings.model import Article
from briefings.text.english import any_of, word_set

_BEGINNING = 40
"""Characters of a text in which a mark such as "Sponsored content |" stands."""


class Genre(StrEnum):
    """The genres of articles. An edition tells news only."""

    NEWS = "news"
    OPINION = "opinion"
    """Views of a writer: columns, leading articles, letters, reviews."""
    LIVE = "live"
    """A live blog, or a page about something to be watched now."""
    MEDIA = "media"
    """A page that announces sound or pictures."""
    QUESTION = "question"
    EXPLAINER = "explainer"
    """Background and advice: "What you need to know", "How to…", a fact check."""
    LIST = "list"
    ADVERTISEMENT = "advertisement"
    PASTIME = "pastime"
    """Horoscopes, quizzes, crosswords, lottery numbers."""


def genre_of(article: Article) -> Genre:
    """Return the genre of an article; news when nothing states another one."""
    return _genre(article.source, article.url, article.title.strip(), article.text[:_BEGINNING])


@lru_cache(maxsize=16_384)
def _genre(outlet: str, url: str | None, title: str, beginning: str) -> Genre:
    """Return the genre; remembered, because every printing asks for the same articles again."""
    if _OPINION_OUTLET.search(outlet):
        return Genre.OPINION
    if url and (genre := _by_address(url)):
        return genre
    headline = title.partition(" | ")[0] or title
    for genre, pattern in _FORMS:
        if pattern.search(headline if genre is Genre.QUESTION else title):
            return genre
    if _MARKED_TEXT.match(beginning):
        return Genre.ADVERTISEMENT
    return Genre.NEWS


def is_news(article: Article) -> bool:
    """Return True unless outlet, address or title shows that the article is something else than news."""
    return genre_of(article) is Genre.NEWS


def is_opinion(article: Article) -> bool:
    """Return True if outlet, address or title shows that the article tells what somebody thinks."""
    return genre_of(article) is Genre.OPINION


def _by_address(url: str) -> Genre | None:
    """Return the genre that the host or a section of a web address states."""
    try:
        address = urlsplit(url.lower())
    except ValueError:  # a broken IPv6 address
        return None
    *sections, page = address.path.split("/")
    for section in (address.netloc.partition(".")[0], *sections):
        if genre := _SECTIONS.get(section):
            return genre
    return Genre.LIVE if _LIVE_PAGE.search(page) else None


_OPINION_OUTLET = re.compile(
    r"(?i)(?:^|[\s(])(?<!public )(?<!la )(?:opinions?|op-?ed|editorial board|letters to the editor|guest writer|"
    r"opinión|opinião|opinioni|meinung|мнени[ея]|社论|社説)(?=$|[\s):–-])(?!\s+(?:research|polls?|dynamics))"
)
"""Not the newspapers "Public Opinion" and "La Opinión", nor firms that poll."""

_SECTIONS: dict[str, Genre] = {
    section: genre
    for genre, sections in {
        Genre.OPINION: (
            "opinion opinions op-ed op-eds oped opeds editorial editorials commentisfree commentary columnist "
            "columnists columns letters letters-to-the-editor guest-essay perspectives viewpoint viewpoints views "
            "voices reviews tv-reviews film-reviews movie-reviews book-reviews meinung kommentare leitartikel tribunes "
            "editos opiniones opiniao editoriais opinioni editoriali opinie ledare mnenie mneniya"
        ),
        Genre.LIVE: "live liveblog live-blog live-updates liveticker",
        Genre.MEDIA: "podcast podcasts video videos gallery galleries photos pictures in-pictures",
        Genre.EXPLAINER: "explainer explainers fact-check fact-checks factcheck factchecks faq",
        Genre.ADVERTISEMENT: (
            "sponsored sponsored-content sponsored-post paid-post paidpost paid-content partner-content "
            "branded-content brandvoice advertorial advertorials advertisement coupons promo-codes"
        ),
        Genre.PASTIME: "quiz quizzes crossword crosswords horoscope horoscopes puzzles sudoku wordle horoskop goroskop",
    }.items()
    for section in sections.split()
}
"""Section of an address → its genre."""

_LIVE_PAGE = re.compile(r"\blive-?(?:updates|blog)\b")

_OPINIONS = word_set(
    "opinion opinions op-ed oped editorial comment commentary column letters perspective viewpoint essay "
    "meinung kommentar leitartikel gastbeitrag kolumne glosse tribune éditorial édito chronique opinión columna "
    "tribuna opinião coluna editoriale opinione opinie commentaar мнение колонка думка opinia felieton komentarz "
    "görüş yorum ledare debatt krönika 社论 社論 社評 社评 时评 時評 评论 評論 观点 觀點 社説 コラム "
    "オピニオン 사설 칼럼 오피니언 رأي افتتاحية संपादकीय विचार"
) | {"guest essay", "guest column", "our view", "another view", "letter to the editor", "letters to the editor"}
_LIVES = word_set("live liveblog live-blog liveticker live-ticker онлайн canlı 直播 ライブ") | {
    "live blog",
    "live updates",
    "live update",
    "live thread",
    "as it happened",
    "en direct",
    "en vivo",
    "en directo",
    "ao vivo",
    "in diretta",
    "прямая трансляция",
    "minuto a minuto",
}
_MEDIA = word_set("podcast watch read video videos photos listen видео фото vídeo 视频") | {
    "in pictures",
    "photo gallery",
}
_EXPLAINERS = word_set("explainer explained factbox faq q&a fact-check analysis analyse análisis анализ") | {
    "fact check"
}
_ADVERTISEMENTS = word_set(
    "sponsored advertisement advertorial ad anzeige werbung publicité publicidad реклама 广告 広告"
) | {
    "paid post",
    "paid content",
    "partner content",
    "promoted content",
    "sponsored content",
    "contenu sponsorisé",
    "contenido patrocinado",
    "на правах рекламы",
}
_PASTIMES = word_set("quiz crossword horoscope horoscopes horoskop horóscopo гороскоп sudoku 占い 星座")


def _labelled(labels: frozenset[str], *others: str) -> re.Pattern[str]:
    """Return a pattern of titles that begin or end with one of these labels, or have one of the other forms."""
    label = any_of(labels)
    forms = (
        rf"^(?:{label})\s*(?:[:：|–—]|-\s)",
        rf"^[\[(【〔《](?:{label})[\])】〕》]",
        rf"(?:[|–—]\s*|\s-\s*)(?:{label})\s*\.?$",
        rf"\|\s*(?:{label})\s*\|",
        *others,
    )
    return re.compile(rf"(?i){'|'.join(forms)}")


_LIST_NOUNS = any_of(
    word_set("takeaways things ways reasons facts tips lessons moments signs charts myths tricks hacks highlights")
)
_NUMBER = r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_KNOW = r"(?:you|we|to|voters|travelers|travellers|parents|readers) (?:all )?(?:need to |should |must )?know"

_UNATTRIBUTED = r"(?!.*(?:\b(?:say|says|said|tell|tells|told|claims?|vows?|warns?|insists?|reveals?|admits?)\b|[:–—]))"
"""Nobody is named as the speaker: "We must act, mayor says" is news."""

_SHOWN = (
    r"^(?:read|see|listen to|watch) (?:the|this|these|his|her|their|how|what|as|inside|first|"
    r"(?:[\w.-]+ ){1,2}?[\w.-]+['’]s)\b"
    r"|(?:^|: )watch th(?:is|ese)\b"
)
"""Titles that show a letter, a video, a picture: "Read Musk's letter", not "Watch officials arrested"."""

_FORMS: tuple[tuple[Genre, re.Pattern[str]], ...] = (
    (
        Genre.ADVERTISEMENT,
        _labelled(
            frozenset(_ADVERTISEMENTS),
            r"\b(?:promo|coupon|discount) codes?\b(?! law)",
            r"\b(?:prime day|black friday|cyber monday)\b.{0,20}\bdeals\b|\bbest\b.{0,30}\bdeals\b",
        ),
    ),
    (
        Genre.PASTIME,
        _labelled(
            frozenset(_PASTIMES),
            r"^(?:(?:your|daily|weekly|today's|today’s) )+horoscopes?\b|\bhoroscopes? (?:for|today)\b",
            r"\b(?:news|weekly|trivia) quiz\b.{0,5}$|^(?:take|try) (?:our|the|this) .{0,30}\bquiz\b",
            r"\bwordle\b.{0,30}\b(?:hints?|answers?)\b|\bcrossword (?:clue|answers?)\b",
            r"\bwinning (?:lottery )?numbers\b|\b(?:powerball|mega millions|lottery) results\b",
        ),
    ),
    (
        Genre.OPINION,
        _labelled(
            frozenset(_OPINIONS),
            r"[\[(【](?:opinion|editorial|op-?ed|column|commentary)[\])】]\.?$",
            r"^why (?:we|you|i|it's|it’s)\b|^why\b[^:?]*\b(?:should|must|deserves?|needs? to)\b",
            rf"^(?:we|you) (?:should|must|need|can't|can’t|cannot)\b{_UNATTRIBUTED}",
            rf"^it(?:'|’)?s (?:high )?time (?:to|for|that|we)\b{_UNATTRIBUTED}",
            rf"^(?:we|you)(?:['’](?:re|ve)| don['’]t| shouldn['’]t| always| can thank)\b{_UNATTRIBUTED}",
            rf"^(?:i|i'm|i’m|i've|i’ve|i'd|i’d|my|our) (?!\d)\w{_UNATTRIBUTED}|^dear \w+[\w ]{{0,30}},",
            rf"^(?:don['’]t|stop \w+ing|let['’]s|yes,|thank you,|remember,|excuse (?:me|us)|defending) {_UNATTRIBUTED}",
            rf"^if\b{_UNATTRIBUTED}(?: only\b|.*\b(?:ha(?:s|ve) to|needs? to|must|should|ought to)\b)",
            r"^a tale of\b|^(?!inside\b)(?:\w+ )?\w+['’]s (?:\w+ ){0,2}(?:debacle|gamble|treachery)\.?$",
            r"^the case (?:for|against)\b|^in (?:praise|defen[cs]e) of\b",
            r"['’”\"] review\s*[:–—-]|\b(?:tv|film|movie|book|album|theat(?:re|er)|game) review\b",
        ),
    ),
    (
        Genre.LIVE,
        _labelled(
            frozenset(_LIVES),
            r"\blive (?:updates|blog|thread|coverage)\s*(?:$|[:|–—-])|^live (?:updates|blog|thread|coverage)\b",
            r"^(?:how to )?watch live\b|\bas it happened\b|\blive stream\s*(?:$|[:|])",
        ),
    ),
    (Genre.MEDIA, _labelled(frozenset(_MEDIA), r"\bofficial (?:teaser|trailer)\b|^(?:watch|listen) now\b", _SHOWN)),
    (
        Genre.QUESTION,
        re.compile(
            r"(?i)[?？؟]\.?$"
            r"|^(?:who|what|what's|what’s|why|how|when|where|which|is|are|was|were|do|does|did|can|could|will|would|should|"
            r"has|have|had)\b(?![^?]*[.:!;])[^?]*\?(?!\w)"
        ),
    ),
    (
        Genre.LIST,
        re.compile(
            rf"(?i)(?:^|: )(?:the )?(?:top )?{_NUMBER}(?: [\w'’-]+){{0,2}} (?:{_LIST_NOUNS})\b"
            r"(?! (?:show|reveal|are|were|is)\b)"
            rf"|^(?:the )?(?:top {_NUMBER}|{_NUMBER} best|best \w+s (?:of|for|to))\b"
            rf"|^(?:the )?{_NUMBER} \w+ where\b|^(?:the )?{_NUMBER} [\w’' -]+ to watch\.?$"
            r"|^takeaways\b|\btakeaways from\b|[:,] takeaways$"
        ),
    ),
    (
        Genre.EXPLAINER,
        _labelled(
            frozenset(_EXPLAINERS),
            rf"\bwhat (?:{_KNOW}|happens next)\b|\bthings {_KNOW}\b|\beverything {_KNOW}\b",
            r"^here(?:'|’| i)?s (?:how|what|why|when|where|who|everything|the|a)\b|^here are\b|^a guide to\b",
            # "Refineries shut down — here's what it means": the page explains, its news is told elsewhere.
            r"(?:[.,:!?]['’”\"]?|\s-{1,2}|[–—])\s?here(?:['’]s| is| are) (?:how|what|why|when|where|who|the|a)\b",
            r"\b(?:simple|quick|visual|complete|beginner['’]s) guide to\b",
            r"^how (?:to(?!['’])|you|your|i|we|our)\b(?![^:]*:)|^why\b(?![^:]*:)|, (?:explained|annotated)\.?$",
            rf"^how\b{_UNATTRIBUTED}|\b(?:revealed|timeline|days): how\b|^no,{_UNATTRIBUTED}",
            r"^what(?:'s|’s)?\b(?![^:]*:)(?! (?:appears|appeared|began|started|was|had)\b)",
        ),
    ),
)
"""Genre → the form of its titles, in the order in which they are tried."""

_MARKED_TEXT = re.compile(
    r"(?i)\s*(?:sponsored(?: content| post)?|paid (?:post|content)|advertorial|anzeige)\s*(?:[:|]|\n)"
)
