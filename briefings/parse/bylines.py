"""Judges if a stated text names an author or an outlet. Feeds, pages and files ask here.

Promises a name as it was stated, or none: a desk, a role, a login, an address, markup or a number names nobody. Persons
keep names that only resemble those ("Jesse Deskins", "Admin Ali"), and agencies stay. Never raises.
"""

from __future__ import annotations

import re

from briefings.parse.plain import one_line
from briefings.parse.urls import outlet, site
from briefings.text.english import fold_case

LONGEST_NAMES = 200  # characters of all authors of an article
LONGEST_OUTLET = 100  # characters
_MOST_WORDS = 8  # of one author; more are a sentence

_BY = re.compile(
    r"(?:(?:written|reported|posted|published|story|text) )?(?:by|von|par|por|di|door)(?:\s*:\s*|\s+)"
    r"|(?:text|author|autor|auteur|автор|текст|作者|文|लेखक)\s*[:：/]\s*",
    re.IGNORECASE,
)
_WITH_ADDRESS = re.compile(r"\s*[<(\[]?\s*[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+\s*[>)\]]?\s*")
_AND = re.compile(r"\s*[,;|&•·]\s*|\s+/\s+|\s+(?:and|und|et|y|e|и|और)\s+|\s*[、，；]\s*")
_MARKUP = re.compile(r"<[a-z/!][^<>]*>?|[{}]|&#?\w{2,8};|\$\(|%[a-z_]+%", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}(?:[:/]\S*)?", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(line.split()) for line in text.split(","))


# Logins and placeholders of software, which name no author and no outlet.
_LOGINS = _words(
    "admin, administrator, administrateur, administrador, amministratore, site admin, web admin, webadmin, wp admin, "
    "wpadmin, sysadmin, superuser, root, user, user name, username, utilisateur, usuario, benutzer, author, authors, "
    "author name, unknown, unknown author, anonymous, n/a, na, none, null, nil, undefined, nan, false, true, test, "
    "guest, default, someone, name, your name, authority control, wordpress, staff, админ, администратор, неизвестен, "
    "एडमिन, 管理员, 管理者, 佚名, 관리자"
)
# Rooms and roles, which are no authors.
_ROOMS = _words(
    "autor, auteur, the author, anonym, anonyme, the staff, team, the team, our team, editor, the editor, editors, "
    "the editors, editorial, newsroom, news, web, online, contributors, from our correspondent, agencies, "
    "news agencies, press release, sponsored, advertisement, die redaktion, red, la rédaction, de la rédaction, "
    "la redacción, redaccion, la redazione, redação, da redação, redactie, redakcja, redakce, автор, "
    "без автора, редактор, संपादक, लेखक, 编辑, 編輯, 編輯部, 小编, 作者, 本报记者, 本报讯, 記者, 记者, 뉴스팀, "
    "المحرر, محرر, هيئة التحرير, إدارة التحرير"
)
_DESK = re.compile(r"\b(?:desk|newsdesk|webdesk|staff|डेस्क)$")
# A name that ends with these is one of a room or a role: "India News Desk", "Our Special Correspondent".
_ROLES = re.compile(
    r"\b(?:team|bureau|newsroom|editorial board|redaktion|rédaction|redaction|redacción|redazione|редакция|टीम|ब्यूरो|"
    r"编辑部|編集部|편집부)$"
    r"|^(?:our |a |the )?(?:special |staff |senior |chief |guest |local |web |online |political |defen[cs]e |foreign )*"
    r"(?:correspondent|reporter|writer|author|contributor|columnist|editor|editor-in-chief|journalist|producer)s?$"
)
# The desk of a named outlet: "Courier Web Desk" is the Courier's.
_OF_DESK = re.compile(
    r"\s*\b(?:(?:the|our|news|web|digital|online|national|international|world|foreign|india|city|sports?|business|tech|"
    r"editorial|entertainment|education|lifestyle|trending|explained)\s+)*(?:desk|newsdesk|webdesk|staff)$",
    re.IGNORECASE,
)
# Titles of feeds and sites that do not say whose they are.
_NO_OUTLET = _words(
    "home, home page, homepage, main page, front page, start, index, welcome, rss, rss feed, rss feeds, rss 2.0, atom, "
    "atom feed, feed, feeds, news feed, newsfeed, xml, blog, my blog, site, my site, website, untitled, no title, "
    "latest, latest news, latest posts, latest articles, latest stories, top stories, all news, all posts, articles, "
    "posts, recent posts, just another wordpress site, new site, localhost, example, channel, my channel, "
    "startseite, aktuelles, nachrichten, accueil, actualités, inicio, portada, noticias, notizie, início, "
    "главная, главная страница, новости, лента новостей, होम, मुख्य पृष्ठ, समाचार, 首页, 首頁, 主页, 新闻, "
    "最新消息, 홈, ホーム"
)
_OUTLET_PARTS = re.compile(r"\s+[|–—»«:·-]+\s+|\s*[|»]\s*")


def byline(text: str) -> str:
    """Return the authors that a text names, in one line without "By"; empty if it names nobody.

    Of several names, those that name nobody are left out: "Ilva Brandt, News Desk" is by Ilva Brandt.
    """
    stated = one_line(text[: 2 * LONGEST_NAMES + 1])
    if match := _BY.match(stated):
        stated = stated[match.end() :]
    stated = _WITH_ADDRESS.sub(" ", stated).strip()
    if wrapped := re.fullmatch(r"\((.+)\)", stated):  # RSS: ilva@courier.example (Ilva Brandt)
        stated = wrapped[1].strip()
    if len(stated) > LONGEST_NAMES or "://" in stated or _MARKUP.search(stated):
        return ""
    parts = list(filter(None, map(str.strip, _AND.split(stated))))
    persons = [part for part in parts if not _is_nobody(part)]
    return stated if len(persons) == len(parts) else ", ".join(persons)


def outlet_name(stated: str, *addresses: str | None) -> str | None:
    """Return the name of an outlet, in one line; else the host of the first of the addresses that has one; else None.

    `stated` is its name as a feed, a page or a file states it. A host there gives way to that of an address of the same
    site, and the desk of an outlet to the outlet.
    """
    whole = one_line(stated[: 10 * LONGEST_OUTLET])
    parts = [part for part in _OUTLET_PARTS.split(whole) if part and fold_case(part) not in _NO_OUTLET]
    is_whole = len(parts) == len(_OUTLET_PARTS.split(whole))
    name = _OF_DESK.sub("", (whole if is_whole else " – ".join(parts))[:LONGEST_OUTLET]).strip()
    is_host = is_address(name)
    if name and not (is_host or _MARKUP.search(name) or _is_placeholder(name)):
        return name
    host = next(filter(None, map(outlet, addresses)), None)
    stated_host = outlet(name if "://" in name else f"https://{name}") if is_host else None
    is_of_site = not stated_host or site(f"https://{stated_host}") == site(f"https://{host}")
    return host if host and is_of_site else stated_host


def is_address(text: str) -> bool:
    """True if a text is the address or the host of a web site: `www.courier.example`, but not `J.K.Rowling`."""
    if not _HOST.fullmatch(text):
        return False
    from tld import get_fld  # 0.1 s to load

    address = text if "://" in text else f"https://{text}"
    return "://" in text or text.lower().startswith("www.") or bool(get_fld(address, fail_silently=True))


def _is_placeholder(stated: str) -> bool:
    """True if a text is no name, neither of a person nor of an outlet."""
    folded = _folded(stated)
    letters, digits = sum(map(str.isalpha, folded)), sum(map(str.isdigit, folded))
    is_name = letters >= 1 and digits < letters and "@" not in folded and "://" not in folded
    return not is_name or folded in _LOGINS or folded.rstrip("0123456789") in _LOGINS or bool(_DESK.search(folded))


def _is_nobody(stated: str) -> bool:
    """True if a text names no author."""
    folded = _folded(stated)
    is_sentence = len(folded.split()) > _MOST_WORDS
    return (
        is_sentence or _is_placeholder(stated) or folded in _ROOMS or bool(_ROLES.search(folded)) or is_address(stated)
    )


def _folded(stated: str) -> str:
    return fold_case(re.sub(r"[\s_]+", " ", stated)).strip(" .:;,()-*#\"'")
