"""The letters of feeds and pages in the encodings of their countries, named by the document, the header, or falsely."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.parse.charset_labels import codec_of
from briefings.parse.feed import read_feed
from briefings.parse.page import read_page
from briefings.parse.plain import decode

URL = "https://courier.example/feed"
RUSSIAN = "Парламент Норвелла одобрил соглашение о гавани с Эстмарком, сообщил спикер в среду."
JAPANESE = "ノーベル議会は水曜日、エストマルクとの港湾協定を承認したと議長が述べた。"
CHINESE = "诺维尔议会星期三批准了与埃斯特马克的港口协定，议长表示，双方将平均分担费用。"
TAIWANESE = "諾維爾議會星期三批准了與埃斯特馬克的港口協定，議長表示，雙方將平均分擔費用。"
KOREAN = "노르벨 의회는 수요일 에스트마르크와의 항만 협정을 승인했다고 의장이 밝혔다."
THAI = "รัฐสภานอร์เวลล์อนุมัติข้อตกลงท่าเรือกับเอสต์มาร์กเมื่อวันพุธ ประธานสภากล่าว"
POLISH = "Parlament Norvell przyjął umowę portową z Estmarkiem; żegluga wróci, ogłoszono w środę."
GREEK = "Το κοινοβούλιο του Νόρβελ ενέκρινε τη συμφωνία για το λιμάνι, είπε ο πρόεδρος."
FRENCH = "Le parlement de Norvell a approuvé l’accord portuaire : « dès l’été », a déclaré le président — enfin…"

# The name in the header, the codec of the bytes, the words.
SENT = [
    ("windows-1251", "cp1251", RUSSIAN),
    ("koi8-r", "koi8_r", RUSSIAN),
    ("ISO-8859-5", "iso8859_5", RUSSIAN),
    ("Shift_JIS", "cp932", "①" + JAPANESE),
    ("x-sjis", "cp932", JAPANESE),
    ("EUC-JP", "euc_jp", JAPANESE),
    ("iso-2022-jp", "iso2022_jp", JAPANESE),
    ("gb2312", "gb18030", CHINESE + "镕€"),
    ("GB18030", "gb18030", CHINESE),
    ("Big5", "big5hkscs", TAIWANESE),
    ("euc-kr", "cp949", KOREAN + " 펲시맨"),
    ("ks_c_5601-1987", "cp949", KOREAN),
    ("windows-874", "cp874", THAI),
    ("TIS-620", "cp874", THAI),
    ("iso-8859-2", "iso8859_2", POLISH),
    ("windows-1250", "cp1250", POLISH),
    ("iso-8859-7", "iso8859_7", GREEK),
    ("iso-8859-1", "cp1252", FRENCH),
    ("utf-16", "utf-16-le", RUSSIAN),
]
IDS = [name for name, _, _ in SENT]


def rss(words: str, head: str = "") -> str:
    return f"{head}<rss version='2.0'><channel><title>T</title><item><title>{words}</title></item></channel></rss>"


def page(words: str, head: str = "") -> str:
    body = f"<p>{words} {words}</p><p>{words} {words}</p>"
    return f"<html><head>{head}<title>{words}</title></head><body><article>{body}</article></body></html>"


def title_of(feed: bytes, charset: str | None = None) -> str:
    (item,) = read_feed(feed, URL, charset=charset).items
    assert item.entry
    return item.entry.title


@pytest.mark.parametrize(("label", "codec", "words"), SENT, ids=IDS)
def test_a_document_that_names_no_charset_is_read_in_that_of_the_header(label: str, codec: str, words: str) -> None:
    assert title_of(rss(words).encode(codec), label) == words
    assert read_page(page(words).encode(codec), URL, label).text.startswith(words)
    json_feed = f'{{"items": [{{"id": "1", "title": "{words}"}}]}}'
    if not codec.startswith("utf-16"):  # such a feed does not begin with a brace
        assert title_of(json_feed.encode(codec), label) == words


@pytest.mark.parametrize(("label", "codec", "words"), [case for case in SENT if case[0] != "utf-16"], ids=IDS[:-1])
def test_a_document_is_read_in_the_charset_that_it_names(label: str, codec: str, words: str) -> None:
    for header in (None, "windows-1252", "koi8-r"):
        assert title_of(rss(words, f'<?xml version="1.0" encoding="{label}"?>').encode(codec), header) == words
        assert read_page(page(words, f"<meta charset={label}>").encode(codec), URL, header).text.startswith(words)


@pytest.mark.parametrize("words", [RUSSIAN, JAPANESE, CHINESE, KOREAN, THAI, POLISH, FRENCH])
def test_utf_8_is_read_under_any_name(words: str) -> None:
    for label in ("windows-1251", "Shift_JIS", "gb2312", "utf-16", "iso-8859-1"):
        assert title_of(rss(words).encode(), label) == words
        assert title_of(rss(words, f'<?xml version="1.0" encoding="{label}"?>').encode(), label) == words


@pytest.mark.parametrize(("label", "codec", "words"), SENT[:-1], ids=IDS[:-1])
def test_a_document_that_calls_itself_utf_8_and_is_not_is_read_in_the_charset_of_the_header(
    label: str, codec: str, words: str
) -> None:
    assert decode(page(words, "<meta charset=utf-8>").encode(codec), label) == page(words, "<meta charset=utf-8>")


@pytest.mark.parametrize("words", [RUSSIAN, CHINESE, THAI, POLISH])
def test_one_broken_byte_does_not_make_utf_8_another_charset(words: str) -> None:
    data = rss(words).encode().replace(b"</title></item>", b" \xff</title></item>")
    for label in (None, "windows-1251", "iso-8859-1"):
        assert title_of(data, label) == f"{words} \ufffd"


def test_the_charset_of_another_file_is_not_that_of_the_page() -> None:
    head = '<script charset="koi8-r" src="/a.js"></script><link charset="big5" href="/a.css">'
    assert read_page(page(RUSSIAN, head).encode("cp1251"), URL, "windows-1251").title == RUSSIAN


def test_french_without_any_name_is_western() -> None:
    assert title_of(rss(FRENCH).encode("cp1252")) == FRENCH
    assert title_of(rss("Le café", '<?xml version="1.0" encoding="utf-8"?>').encode("cp1252")) == "Le café"


@pytest.mark.parametrize(
    "label",
    [
        *"idna unicode_escape raw_unicode_escape punycode zip bz2 hex base64 rot13 uu quopri undefined mbcs oem "
        "cp037 string-escape palmos ptcp154 iso-8859-12 utf-9 none".split(),
        "",
        "x" * 10_000,
        "utf-8\0",
        "кои8",
    ],
)
def test_a_name_of_no_charset_opens_no_codec(label: str) -> None:
    assert codec_of(label) is None
    assert title_of(rss(FRENCH).encode("cp1252"), label) == FRENCH


@given(st.binary(max_size=80), st.text(max_size=12) | st.sampled_from(IDS))
def test_any_bytes_under_any_name_become_text(data: bytes, label: str) -> None:
    decode(data, label).encode("utf-8", "surrogatepass")
