"""Recognises files that hold no articles we can read, so that a refusal can say what they look like.

Promises to judge by the bytes; the ending of the name counts only for source code, which looks like anything. Never
refuses what may be an article: an unknown text is none of these. Nothing is unpacked, nothing raises.
"""

from __future__ import annotations

import re

# The first bytes of files that are no text, by kind. The kinds are keys; `bot/ops` has the words.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old-office"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"BM", "image"),
    (b"\0\0\1\0", "image"),
    (b"SQLite format 3\0", "database"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"PAR1", "parquet"),
    (b"ID3", "sound-or-film"),
    (b"fLaC", "sound-or-film"),
    (b"OggS", "sound-or-film"),
    (b"\x1aE\xdf\xa3", "sound-or-film"),
)
_TEXT_LETTERS = frozenset({b"BM", b"MZ", b"BZh", b"ID3", b"PAR1", b"II*\0", b"MM\0*"})
"""Signatures that a text can begin with; these files hold a NUL soon after."""

_ZIPPED = (
    (b"word/", "docx"),
    (b"xl/", "xlsx"),
    (b"ppt/", "pptx"),
    (b"application/epub", "epub"),
    (b"opendocument.spreadsheet", "xlsx"),
    (b"opendocument", "docx"),
)
_CODE_ENDINGS = frozenset(
    ".py .js .ts .jsx .tsx .c .h .cc .cpp .hpp .cs .java .kt .go .rs .rb .php .pl .sh .bash .zsh .ps1 .bat .sql .r "
    ".lua .swift .scala .css .scss .j2 .lock".split()
)

_PROSE_ENDINGS = frozenset(".txt .text .md .markdown".split())
_LOOKED_AT = 400  # lines; more say nothing new
_MAIL_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,40}):(?:\s|$)")
_MAIL_ONLY = frozenset("message-id received return-path delivered-to mime-version dkim-signature".split())
_LOG_LINE = re.compile(
    r"\S{0,40}?\[?(?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2} [ \d]\d|\d\d/[A-Z][a-z]{2}/\d{4})[T :]\d\d:\d\d:\d\d"
    r"|\d{1,3}(?:\.\d{1,3}){3} - "
)
_SECTION = re.compile(r"\[\[?[\w.\"' -]{1,80}\]\]?\s*(?:[#;].*)?")
_SETTING = re.compile(r"[\w.\"-]{1,80}(?: [\w.-]{1,40})?\s*=\s*.*")
_KEY = re.compile(r"(?:- )*(?:[A-Za-z_][\w.-]{0,60}|\"[^\"]{1,60}\"|'[^']{1,60}'):(?:\s.*)?")
_STATEMENT = re.compile(
    r"(?:from [\w.]+ import |import [\w.{*]|def \w+\(|class \w+[(:{]|#include\b|function \w*\(|"
    r"(?:const|let|var) \w+ = |"
    r"package \w|using \w+|return\b.*;$|(?:public|private|static) \w|fn \w+\(|func \w+\(|SELECT\b|INSERT INTO|"
    r"CREATE TABLE|"
    r"@\w+|[})\]]+[;,)]*$)"
)
_OTHER_TEXTS = (
    (re.compile(r"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z]"), "mbox"),
    (re.compile(r"BEGIN:VCALENDAR"), "calendar"),
    (re.compile(r"BEGIN:VCARD"), "address-book"),
    (re.compile(r"WARC/1|filedesc://"), "web-archive"),
    (re.compile(r"-----BEGIN [A-Z ]+-----"), "key"),
    (re.compile(r"\\documentclass"), "latex"),
    (re.compile(r"#!|<\?php|<\?=|diff --git |--- \S+.*\n\+\+\+ \S"), "code"),
)


def foreign_kind(name_ending: str, data: bytes, text: str) -> str | None:
    """Return the kind of a file that holds no article we can read; None if it may hold one.

    `name_ending` is in small letters, with its dot. `text` is the beginning of `data`, decoded.
    """
    return _binary_kind(data) or _text_kind(name_ending, text)


def _binary_kind(data: bytes) -> str | None:
    head = data[:4096]
    for signature, kind in _SIGNATURES:
        if head.startswith(signature) and (signature not in _TEXT_LETTERS or b"\0" in head):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return next((kind for mark, kind in _ZIPPED if mark in data[:20_000] or mark in data[-20_000:]), "archive")
    if head[257:262] == b"ustar":
        return "archive"
    if head[:4] == b"RIFF":
        return "image" if head[8:12] == b"WEBP" else "sound-or-film"
    if head[4:8] == b"ftyp":
        return "image" if head[8:12] in (b"heic", b"avif", b"mif1", b"heix") else "sound-or-film"
    return None


def is_binary(data: bytes, text: str) -> bool:
    """True if the bytes are no text in any encoding: they hold control characters that no text has."""
    odd = sum((letter < " " and letter not in "\t\n\r\f\x1b") or letter == "\ufffd" for letter in text)
    return odd * 20 > len(text) or (b"\0" in data[:4096] and "\0" in text)


def _text_kind(name_ending: str, text: str) -> str | None:
    head = text.lstrip("\ufeff \t\r\n")
    for pattern, kind in _OTHER_TEXTS:
        if pattern.match(head):
            return kind
    lines = [line.rstrip() for line in head.split("\n")[:_LOOKED_AT] if line.strip()]
    if name_ending in _CODE_ENDINGS and not head.startswith("{"):
        return "code"
    if _is_mail(head):
        return "mail"
    for is_kind, kind in ((_is_log, "log"), (_is_settings, "settings"), (_is_yaml, "yaml"), (_is_code, "code")):
        if is_kind(lines, name_ending):
            return "code" if kind == "yaml" and any(line[0] == "\t" for line in lines) else kind
    return None


def _is_mail(head: str) -> bool:
    """True if the text begins with the header of an e-mail: fields that only e-mails have, or sender and subject."""
    names: set[str] = set()
    for line in head.split("\n")[:100]:
        if line[:1] in (" ", "\t"):
            continue  # the field goes on
        field = _MAIL_FIELD.match(line)
        if not field:
            break
        names.add(field[1].casefold())
    return len(names) > 2 and (bool(names & _MAIL_ONLY) or {"from", "subject"} <= names)


def _is_log(lines: list[str], _: str) -> bool:
    """True if nearly all lines begin with a date and a time."""
    return len(lines) > 2 and sum(bool(_LOG_LINE.match(line)) for line in lines) >= 0.8 * len(lines)


def _is_settings(lines: list[str], _: str) -> bool:
    """True if nearly all lines are `[section]` or `key = value` (TOML, INI, .env)."""
    stated = [line for line in lines if not line.lstrip().startswith(("#", ";"))]
    if not stated or not (_SECTION.fullmatch(stated[0]) or _SETTING.fullmatch(stated[0])):
        return False
    settings = sum(bool(_SETTING.fullmatch(line.strip())) for line in stated)
    fitting = settings + sum(bool(_SECTION.fullmatch(line.strip())) for line in stated)
    inner = sum(line.startswith((" ", "\t", "]", '"""')) for line in stated)
    return settings > 0 and len(stated) > 1 and fitting + inner >= 0.8 * len(stated)


def _is_yaml(lines: list[str], name_ending: str) -> bool:
    """True if every line that is not indented is `key:`, `key: value`, a list's item, or a mark of YAML.

    In a text or Markdown file, keys must also stand below other keys: "Title: …" can head an article, and a list can
    have items with colons.
    """
    stated = [line for line in lines if not line.startswith("#")]
    outer = [line for line in stated if line[0] not in " \t"]
    if not all(_KEY.fullmatch(line) or line.startswith(("- ", "---", "...", "%YAML")) or line == "-" for line in outer):
        return False
    inner_keys = sum(line[0] in " \t" and bool(_KEY.fullmatch(line.strip())) for line in stated)
    if name_ending in _PROSE_ENDINGS:
        return inner_keys > 0 and any(_KEY.fullmatch(line) for line in outer)
    return inner_keys + sum(bool(_KEY.fullmatch(line)) for line in outer) > 1


def _is_code(lines: list[str], name_ending: str) -> bool:
    """True if most lines look like a program's."""
    if name_ending in (".md", ".markdown") or len(lines) < 4:
        return False
    statements = [line for line in lines if _STATEMENT.match(line.strip())]
    others = [line for line in lines if line.endswith((";", "{", "}")) and line not in statements]
    return bool(statements) and len(statements) + len(others) > 0.5 * len(lines)
