"""Sentences end where they should: one line a case, `|` marks the ends."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.text.sentences import join, split

CASES = [
    ("plain", "It rained.| We stayed."),
    ("dotted-country-within", "The U.S. President met him.| Then he left."),
    ("dotted-country-at-the-end", "Ties with the U.S.| The pact holds."),
    ("dotted-then-but", "He flew to the U.K.| But it rained."),
    ("under-secretary", "U.S. Under Secretary Lee came.| Under the deal it ends."),
    ("ranks", "Lt. Gen. Ray and Col. Po met Mr. Rao.| They agreed."),
    ("initials", "J. D. Vance met A. B. Rao.| He left."),
    ("designation", "S-400 units came.| Su-57 did not."),
    ("month", "He comes on Dec. 4–5.| She stays."),
    ("month-opener", "It was signed in Dec.| The rest followed."),
    ("number-sign", "He sat in No. 5.| She sat down."),
    ("plain-no", "She said no.| Five left."),
    ("latin", "Some, e.g. Kargil, i.e. Ladakh, vs. Pakistan.| Next."),
    ("decimals", "It cost 3.5 million.| It sank."),
    ("clock-day", "It began at 5 p.m. Monday.| It ended."),
    ("clock-end", "It began at 5 p.m.| The talks ended."),
    ("company", "Acme Corp. Chairman Po left.| Acme Inc.| The firm fell."),
    ("quote-after-stop", "It was a “tested partnership.”| He left."),
    ("bracket-after-stop", "(It rained.)| We stayed."),
    ("quote-before-stop", "He said “no”.| She left."),
    ("question-he-asked", "“Why?” he asked.| Nobody knew!| All left."),
    ("ellipsis", "He waited…| Then he left... and came back.| He sat..."),
    ("ordinary-words-that-look-short", "He fell ill.| Putin left.| We saw the sun.| Rain came.| We did it.| Po won."),
    ("address", "See example.com/a.b and www.example.org.uk now.| Then go."),
    ("glued", "They signed the deal.|The two met."),
    ("glued-question", "The deal ended!|The two met."),
    ("glued-after-a-score", "It won 2-1.|The match ended."),
    ("glued-after-per-cent", "It rose 5%.|The rest fell."),
    ("glued-quotation", "They left.|“We are done,” he said."),
    ("glued-after-a-quotation", 'She said: "I know."|But he did not.'),
    ("glued-quoted-word", 'It happened in "secret".|It is understood.'),
    ("ranks-in-a-row", "Flt. Lt. Rao and Wing Cdr. Syal flew.| They landed."),
    ("designation-at-the-end", "He wants the S-400.| Modi does too."),
    ("day-and-range", "They meet on Dec. 4–5 in Delhi.| Then he leaves."),
    ("rupees", "It cost Rs. 500 crore.| It went."),
    ("clock-zone", "It began at 5 p.m. EST.| It ended."),
    ("capital", "He flew to Washington, D.C.| It rained."),
    ("saints-and-mounts", "St. Petersburg saw Mt. Fuji.| Done."),
    ("page", "(See p. 5.)| Next."),
    ("spaced-ellipsis", "He said ... that it is.| Then he left."),
    ("version", "Version 3.5.1 is out.| Get it."),
    ("address-with-query", "See https://a.example/x.y?z=1.| Then go."),
    ("tokenised-quotation", "`` we left . ''| she left ."),
    ("closing-quote-apart", "She called it 'a gold digger. '| The golfer left."),
    ("opening-quote-apart", "he left .| ' we saw him , ' she said ."),
    ("mark-glued-to-the-sentence-before", 'Talks failed.|" We tried," he said.| "They left." |Ann stayed.'),
    ("mark-of-a-longer-quotation", '"We tried. |They left." |Ann stayed, "all of it" in hand.'),
    ("list-number", "1. Russia signs.| 2. India waits."),
    ("year", "It ended in 2025.| Moscow waited."),
    ("tokenised", "he came .| she left ."),
    ("danda", "भारत ने कहा।| रूस ने माना।"),
    ("chinese", "他说了。|她走了！|真的？"),
    ("arabic", "قال نعم؟| ثم ذهب."),
    ("no-stop", "A line without an end"),
]


@pytest.mark.parametrize("marked", [pytest.param(text, id=name) for name, text in CASES])
def test_english_sentences_end_at_the_marks(marked: str) -> None:
    assert split(marked.replace("|", "")) == [piece.strip() for piece in marked.split("|")]


def test_a_line_end_ends_a_sentence() -> None:
    assert split("A heading\nThe text begins\n\nand ends.") == ["A heading", "The text begins", "and ends."]


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        pytest.param("de", "Am 3. Dezember kam Dr. Rau.| Er ging.", id="german-ordinal"),
        pytest.param("de", "Das gilt z. B. Herrn Rau.| Er ging.", id="german-spaced-abbreviation"),
        pytest.param("de", "Rund 3 Mio. Euro flossen.| Die Firma zahlte bzw. Nr. 5.", id="german-millions"),
        pytest.param("de", "Er kam am 3.| Die anderen gingen.", id="german-ordinal-at-the-end"),
        pytest.param("fr", "« Vraiment ? » dit-il.| Il part.", id="french-quotation"),
        pytest.param("fr", "Vraiment ?| M. Macron part.", id="french-spaced-question"),
        pytest.param("es", "¿Por qué?| El Sr. Paz fue a EE.UU. Unidos.| ¡Sí!", id="spanish"),
        pytest.param("ru", "Он родился в 1950 г. в Москве.| Потом уехал.", id="russian-year"),
        pytest.param("ru", "А. С. Пушкин пришёл.| Он жил на ул. Мира.", id="russian-initials-and-street"),
        pytest.param("uk", "Київ отримав 5 млн грн. Потім усе.| Він на вул. Миру.", id="ukrainian"),
        pytest.param("es", "Lo dijo EE. UU. Brasil calló.| En EE. UU.| El plan sigue.", id="spanish-blank-inside"),
        pytest.param("es", "Llegó el sr. Paz con la dra. Ruiz.| Se fue.", id="spanish-small-titles"),
        pytest.param("es", "Habló a las 5 p. m. Ana no.| Terminó.", id="spanish-hour"),
        pytest.param("es", "Hay países, p. ej. Brasil.| Nadie más.", id="spanish-example"),
        pytest.param("pt", "O sr. Lima saiu.| Ficou a dra. Reis.", id="portuguese-small-titles"),
        pytest.param("it", "Il dott. Neri e l'avv. Riva parlano.| Poi tacciono.", id="italian-titles"),
        pytest.param("de", "Das ist u. a. Herrn Rau neu.| Er ging.", id="german-among-others"),
        pytest.param("pl", "Mówił dr hab. Lis na ul. Polnej.| Potem wyszedł.", id="polish"),
        pytest.param("tr", "Doç. Dr. Kaya konuştu.| Sonra gitti.", id="turkish-titles"),
        pytest.param("sv", "Det gäller bl.a. Norge.| Sedan tog det slut.", id="swedish"),
        pytest.param("ru", "Т. е. Россия против.| Потом уехал.", id="russian-blank-inside"),
        pytest.param("ru", "Это, т. е. Москва, и т. д. и т. п.", id="russian-and-so-on"),
        pytest.param("ru", "Пришли тов. Иванов и проф. Петров.| Он ушёл.", id="russian-titles"),
        pytest.param("uk", "Це т. зв. Республіка.| Він пішов.", id="ukrainian-blank-inside"),
        pytest.param("el", "Ο κ. Ρήγας ήρθε.| Έφυγε.", id="greek-mister"),
        pytest.param("hi", "डॉ. सिंह आए।| वे गए।", id="hindi-doctor"),
        pytest.param("hi", "डॉ. एस. जयशंकर और जी. के. रेड्डी आए।| वे गए।", id="hindi-initials"),
        pytest.param("hi", "ए.पी.जे. कलाम आए।| वे गए।", id="hindi-initials-without-blanks"),
        pytest.param("hi", "वह आई.| उसने कहा.| यह सही है.| वे गए.", id="hindi-with-full-stops"),
        pytest.param("mr", "प्रा. कदम आले.| ते गेले.", id="marathi"),
        pytest.param("bn", "ডা. এম. রহমান এলেন।| তিনি গেলেন।", id="bengali-initials"),
        pytest.param("ta", "மு. க. ஸ்டாலின் வந்தார்.| அவர் சென்றார்.", id="tamil-initials"),
        pytest.param("he", "ד. בן גוריון בא.| הוא הלך.", id="hebrew-initial"),
        pytest.param("ar", "قال د. أحمد نعم؟| ثم ذهب.", id="arabic-doctor"),
        pytest.param("ja", "「はい。いいえ。」と言った。| 彼は去った。", id="japanese-quotation"),
        pytest.param("zh", "他说：“好。”| 她走了。", id="chinese-quotation"),
        pytest.param(None, "No language.| The rules of English.", id="unknown"),
    ],
)
def test_sentences_of_other_languages_end_at_the_marks(language: str | None, marked: str) -> None:
    assert split(marked.replace("|", ""), language) == [piece.strip() for piece in marked.split("|")]


@given(
    st.text(alphabet=st.sampled_from("aB .!?…\"”)(\n。5U「」'`The")), st.sampled_from(["en", "de", "fr", "ja", "xx"])
)
def test_pieces_are_verbatim_and_nothing_is_lost(text: str, language: str) -> None:
    pieces = split(text, language)
    assert "".join("".join(piece.split()) for piece in pieces) == "".join(text.split())
    assert all(piece in text and piece == piece.strip() and piece for piece in pieces)


@given(st.text())
def test_any_text_is_split(text: str) -> None:
    assert re.sub(r"\s", "", "".join(split(text))) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("sentences", "text"),
    [
        ([], ""),
        (["It rained."], "It rained."),
        (["It rained.", "We stayed."], "It rained. We stayed."),
        (["他说了。", "她走了！"], "他说了。她走了！"),
        (["他说：“好。”", "她走了。"], "他说：“好。”她走了。"),
        (["「はい」と言った。", "彼は去った。"], "「はい」と言った。彼は去った。"),
        (["他走了!", "她来了"], "他走了!她来了"),
        (["The word is 他.", "It rained."], "The word is 他. It rained."),
        (["He left.", "他说了。", "She came."], "He left. 他说了。She came."),
        (["ไฟไหม้โกดัง", "คนงานปลอดภัย"], "ไฟไหม้โกดัง คนงานปลอดภัย"),
        (["불이 났다.", "모두 안전하다."], "불이 났다. 모두 안전하다."),
        (["वे गए।", "वे आए।"], "वे गए। वे आए।"),
    ],
)
def test_sentences_are_joined_as_their_script_joins_them(sentences: list[str], text: str) -> None:
    assert join(sentences) == text
