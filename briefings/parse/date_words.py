"""The words of dates in two hundred languages: months, weekdays, and the small words and labels beside them.

Promises names and their numbers alone; how they make a date stands in `dates.py`. The names are those of dateparser's
tables, which hold CLDR's and what its users have seen. English is at hand; the other tables are loaded (0.1 s) by the
first text that needs them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from briefings.text.english import MONTHS, SHORT_MONTHS, SHORT_WEEKDAYS, WEEKDAYS

# Accents, vowel points and dots that writers leave out, of Latin, Greek, Cyrillic, Hebrew, Arabic, Hindi and Bengali;
# and joiners. Vowel signs of Indian scripts stay, because they tell months apart.
_OMITTED = dict.fromkeys(
    letter
    for first, last in (
        (0x300, 0x36F), (0x483, 0x487), (0x591, 0x5C7), (0x610, 0x61A), (0x640, 0x640), (0x64B, 0x65F),
        (0x670, 0x670), (0x6D6, 0x6ED), (0x93C, 0x93C), (0x9BC, 0x9BC), (0x200C, 0x200D),
    )
    for letter in range(first, last + 1)
)  # fmt: skip
_SAME = {ord("ı"): "i", ord("ی"): "ي", ord("ى"): "ي", ord("ک"): "ك"}  # letters that keyboards confuse
_NO_LETTER = re.compile(r"[\s.,'’ʼ׳״॰-]+")


def fold(text: str) -> str:
    """Return `text` in small letters without accents, with the digits 0 to 9 for those of any script."""
    text = unicodedata.normalize("NFKD", text.casefold()).translate(_OMITTED)
    text = unicodedata.normalize("NFKC", text).translate(_SAME)
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def key(name: str) -> str:
    """Return a name as the tables hold it: folded, without blanks and dots ("ธ.ค.", "كانون الأول")."""
    return _NO_LETTER.sub("", fold(name))


SOME_WEEKDAY = 7


@dataclass(frozen=True, slots=True)
class Words:
    """Names, by their `key`, of months (with the number of the month by language), weekdays and halves of the day.

    Monday is 0. A weekday's name that means different days in different languages has the number `SOME_WEEKDAY`. The
    second half of the day is True. `beside` are words that change no date: articles, ordinal endings, labels.
    `widely_read` are the languages whose names count whatever the language of the source.
    """

    months: dict[str, dict[str, int]]
    weekdays: dict[str, int]
    halves: dict[str, bool]
    beside: frozenset[str]
    widely_read: frozenset[str]


@cache
def english() -> Words:
    """Return the words of English."""
    months = {name.lower(): {"en": number} for number, name in enumerate(MONTHS, 1)}
    months |= {short.lower(): months[name.lower()] for short, name in SHORT_MONTHS.items()}
    weekdays = {name.lower(): number for number, name in enumerate(WEEKDAYS)}
    weekdays |= {short.lower(): weekdays[name.lower()] for short, name in SHORT_WEEKDAYS.items()}
    weekdays |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
    return Words(months, weekdays, {}, _keys(_ENGLISH.split()), frozenset({"en"}))


_WIDELY_READ = 60
"""Languages, the first in dateparser's order. The short month names of the others look like words of any language."""


@cache
def all_languages() -> Words:
    """Return the words of all languages. The first call loads dateparser's tables."""
    from dateparser.data.languages_info import language_order  # 0.05 s to load, and few feeds need it

    months: dict[str, dict[str, int]] = {}
    weekdays: dict[str, int] = {}
    halves: dict[str, bool] = {}
    for language in language_order:
        if language in _OTHER_CALENDAR:
            continue
        table = import_module(f"dateparser.data.date_translation_data.{language}").info
        for half in (False, True):
            halves |= dict.fromkeys(_keys(table.get("pm" if half else "am", ()), shortest=2), half)
        for names in (table, *table.get("locale_specific", {}).values()):
            for number, month in enumerate(MONTHS, 1):
                for name in _keys(names.get(month.lower(), ()), shortest=3):
                    months.setdefault(name, {}).setdefault(language.partition("-")[0], number)
            for number, weekday in enumerate(WEEKDAYS):
                for name in _keys(names.get(weekday.lower(), ()), shortest=2):
                    weekdays[name] = number if weekdays.get(name, number) == number else SOME_WEEKDAY
    beside = _keys((*_ENGLISH.split(), *_SMALL_WORDS.split(), *_LABELS.split()))
    return Words(months, weekdays | english().weekdays, halves, beside, frozenset(language_order[:_WIDELY_READ]))


# Tigrinya: its table gives the months of the Ethiopian calendar as if they were January to December.
_OTHER_CALENDAR = frozenset({"ti"})


def _keys(names: Iterable[str], shortest: int = 1) -> frozenset[str]:
    """Return the keys of names without those that have a digit ("12月") or fewer Latin letters than `shortest`."""
    keys = map(key, names)
    return frozenset(k for k in keys if k and not re.search(r"\d", k) and (len(k) >= shortest or not k.isascii()))


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {key(name): number for number, names_of_month in enumerate(names, 1) for name in names_of_month.split("|")}


@cache
def persian_months() -> dict[str, int]:
    """Return the months of the Persian calendar by their Iranian and Afghan names."""
    iranian = "فروردین اردیبهشت خرداد تیر مرداد|امرداد شهریور مهر آبان آذر دی بهمن اسفند"
    afghan = "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت"
    return _numbered(iranian.split()) | _numbered(afghan.split())


_ENGLISH = """
    at on the of in st nd rd th ad ce hrs hr h by
    published publish publication posted post updated update modified created date dated time last first issued released
    release added edited written pubdate datepublished
"""
_SMALL_WORDS = """
    er um uhr am den der dem de del dei di du le la las los el il a à alle ore ora d l em do da as às ao aos hs
    hora horas
    uur op om kl klo kello den dne dnia w o godz roku rok r v ve ob la ora saat günü tarihinde g k
    в во на г год года году р рік року ч час у о м ж
    m d gada gads oz ta στις ώρα το
    e ko թ оны ngày năm lúc giờ vào tanggal pukul jam hari tahun ng noong
    في يوم الساعة بتاريخ الموافق م عام سنة ساعت روز سال ماه بجے کو ב ה בשעה יום
    को के बजे दिन সময় তারিখ ஆம் தேதி น เวลา วัน วันที่ ที่ พศ คศ เดือน ปี
    の で 에 日 號 号 时间 時間
"""
_LABELS = """
    veröffentlicht veröffentlichung erschienen aktualisiert aktualisierung erstellt stand datum zuletzt geändert vom
    publié publiée publication mis mise jour à modifié modifiée créé paru posté
    publicado publicada publicación actualizado actualizada actualización fecha creado publicación última
    atualizado atualizada publicação data pubblicato pubblicata pubblicazione aggiornato aggiornata aggiornamento ultimo
    ultima gepubliceerd geplaatst bijgewerkt gewijzigd publicat actualizat publicada actualització
    опубликовано опубликован опубликована обновлено дата публикации добавлено создано размещено время
    опубліковано оновлено публікації додано публикувано обновено објављено ажурирано
    opublikowano opublikowany opublikowana aktualizacja publikacji dodano utworzono publikováno vydáno aktualizováno
    zverejnené publikované objavljeno objavljen ažurirano objavljena
    yayınlanma yayın yayınlandı güncelleme güncellendi tarihi tarih son oluşturulma
    publicerad publicerat uppdaterad publiceret opdateret udgivet publisert oppdatert julkaistu päivitetty avaldatud
    megjelent közzétéve frissítve publikuota atnaujinta publicēts
    δημοσίευση δημοσιεύθηκε δημοσιεύτηκε ενημέρωση ενημερώθηκε ημερομηνία
    diterbitkan dipublikasikan diperbarui tayang terbit disiarkan diterbitkan
    đăng cập nhật xuất bản
    发布 发布时间 发布日期 发布于 发表 发表于 发表时间 更新 更新时间 更新于 日期 發布 發布時間 發佈 發表於 更新時間
    公開 公開日 公開日時 更新日 更新日時 掲載 掲載日 投稿日 配信 配信日 作成日
    등록 입력 수정 기사입력 기사등록 기사수정 승인 게시 게시일 최종수정 작성일 등록일 발행일
    نشر النشر نشرت تاريخ تحديث آخر اخر التحديث منتشر شده انتشار تاریخ زمان شائع اشاعت
    פורסם עודכן תאריך בתאריך
    प्रकाशित प्रकाशन अपडेट अपडेटेड पब्लिश तिथि तारीख প্রকাশিত প্রকাশ আপডেট
    เผยแพร่ เผยแพร่เมื่อ อัปเดต อัพเดท ปรับปรุง เมื่อ
"""
