"""The language of short titles: by their script, else by the model among the languages that newspapers write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefings.parse.language import language

TITLES = {
    "en": (
        "Harbour accord backed",
        "Port fees rise by a tenth",
        "Markets rally as talks resume",
    ),
    "de": (
        "Fähre fährt wieder zu den Inseln",
        "Streik am Hafen beendet",
    ),
    "fr": (
        "Le parlement approuve l'accord portuaire",
        "Grève au port : trois blessés",
        "Les prix montent encore",
    ),
    "es": (
        "El parlamento aprueba el acuerdo portuario",
        "Huelga en el puerto",
        "Suben los precios otra vez",
    ),
    "it": (
        "Il parlamento approva l'accordo sul porto",
        "Sciopero al porto di Genova",
        "Governo, sì alla fiducia",
        "Calcio, la Roma vince ancora",
    ),
    "pt": (
        "Parlamento aprova acordo portuário",
        "Greve no porto de Santos",
        "Preços sobem outra vez",
    ),
    "nl": (
        "Parlement keurt havenakkoord goed",
        "Staking in de haven",
        "Prijzen stijgen opnieuw",
    ),
    "pl": ("Parlament przyjął umowę portową",),
    "ru": (
        "Парламент одобрил соглашение о гавани",
        "Цены снова растут",
    ),
    "uk": (
        "Парламент схвалив угоду про гавань",
        "Страйк у порту завершено",
        "Ціни знову зростають",
    ),
    "tr": (
        "Meclis liman anlaşmasını onayladı",
        "Limanda grev sürüyor",
        "Fiyatlar yine yükseldi",
    ),
    "hi": (
        "संसद ने बंदरगाह समझौते को मंज़ूरी दी",
        "बंदरगाह पर हड़ताल",
        "कीमतें फिर बढ़ीं",
    ),
    "mr": ("बंदरावर संप सुरूच आहे",),
    "bn": ("সংসদ বন্দর চুক্তি অনুমোদন করেছে",),
    "ta": ("நாடாளுமன்றம் துறைமுக ஒப்பந்தத்தை அங்கீகரித்தது",),
    "te": ("పార్లమెంటు ఓడరేవు ఒప్పందాన్ని ఆమోదించింది",),
    "ur": (
        "پارلیمنٹ نے بندرگاہ کے معاہدے کی منظوری دے دی",
        "قیمتیں پھر بڑھ گئیں",
    ),
    "ar": (
        "البرلمان يوافق على اتفاق الميناء",
        "إضراب في الميناء",
        "الأسعار ترتفع مجددا",
    ),
    "fa": (
        "مجلس توافق بندر را تصویب کرد",
        "قیمت‌ها دوباره بالا رفت",
    ),
    "he": (
        "הפרלמנט אישר את הסכם הנמל",
        "שביתה בנמל חיפה",
    ),
    "zh": (
        "议会批准港口协定",
        "港口罢工",
        "油价再次上涨",
        "諾維爾議會批准港口協定",
        "中国外交部回应",
    ),
    "ja": (
        "議会が港湾協定を承認",
        "港でストライキ",
        "物価が再び上昇",
        "東京の株価、大幅続伸",
    ),
    "ko": (
        "의회, 항만 협정 승인",
        "항만 파업 계속",
        "물가 다시 상승",
    ),
    "th": (
        "รัฐสภาอนุมัติข้อตกลงท่าเรือ",
        "ราคาน้ำมันขึ้นอีก",
    ),
    "vi": (
        "Quốc hội thông qua thỏa thuận cảng",
        "Giá xăng lại tăng",
    ),
    "id": (
        "Parlemen menyetujui perjanjian pelabuhan",
        "Harga naik lagi pekan ini",
    ),
    "el": (
        "Το κοινοβούλιο ενέκρινε τη συμφωνία για το λιμάνι",
        "Απεργία στο λιμάνι",
    ),
    "sv": ("Riksdagen godkänner hamnavtal",),
    "cs": (
        "Parlament schválil přístavní dohodu",
        "Ceny opět rostou",
    ),
    "ro": (
        "Parlamentul a aprobat acordul portuar",
        "Prețurile cresc din nou",
    ),
    "hu": (
        "A parlament jóváhagyta a kikötői megállapodást",
        "Sztrájk a kikötőben",
    ),
    "fi": (
        "Eduskunta hyväksyi satamasopimuksen",
        "Hinnat nousevat taas",
    ),
    "da": ("Folketinget godkender havneaftale",),
    "no": (
        "Stortinget godkjenner havneavtale",
        "Prisene stiger igjen",
    ),
    "bg": ("Парламентът одобри споразумението за пристанището",),
    "sr": ("Парламент усвојио споразум о луци",),
    "ka": ("პარლამენტმა ნავსადგურის შეთანხმება დაამტკიცა",),
    "hy": ("Խորհրդարանը հաստատեց նավահանգստի համաձայնագիրը",),
    "am": ("ፓርላማው የወደብ ስምምነቱን አጸደቀ",),
    "my": ("လွှတ်တော်က ဆိပ်ကမ်းသဘောတူညီချက်ကို အတည်ပြုခဲ့သည်",),
    "km": ("សភាអនុម័តកិច្ចព្រមព្រៀងកំពង់ផែ",),
    "sw": ("Bunge laidhinisha mkataba wa bandari",),
    "gu": ("સંસદે બંદર કરારને મંજૂરી આપી",),
    "pa": ("ਸੰਸਦ ਨੇ ਬੰਦਰਗਾਹ ਸਮਝੌਤੇ ਨੂੰ ਮਨਜ਼ੂਰੀ ਦਿੱਤੀ",),
    "kn": ("ಸಂಸತ್ತು ಬಂದರು ಒಪ್ಪಂದವನ್ನು ಅನುಮೋದಿಸಿದೆ",),
    "ml": ("പാർലമെന്റ് തുറമുഖ കരാറിന് അംഗീകാരം നൽകി",),
}


@pytest.mark.parametrize(("code", "titles"), TITLES.items(), ids=TITLES.keys())
def test_the_language_of_a_short_title_is_recognised(code: str, titles: tuple[str, ...]) -> None:
    assert [language(title) for title in titles] == [code] * len(titles)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("iPhone 17 Pro 发布，价格上涨", "zh", id="chinese-with-a-latin-name"),
        pytest.param("BTS, 새 앨범 발표", "ko", id="korean-with-a-latin-name"),
        pytest.param("OpenAIが新モデルを発表", "ja", id="japanese-with-a-latin-name"),
        pytest.param("Компания OpenAI представила новую модель", "ru", id="russian-with-a-latin-name"),
        pytest.param("优の良品在中国各地开设二十家新店，受到消费者欢迎", "zh", id="chinese-with-a-brand-in-kana"),
        pytest.param("Harbour accord backed by the парламент of Norvell", "en", id="one-foreign-word"),
        pytest.param("2025: 14 - 3", "und", id="numbers"),
        pytest.param("Rao, Modi", "und", id="names"),
        pytest.param("", "und", id="empty"),
    ],
)
def test_the_prevailing_script_decides(text: str, code: str) -> None:
    assert language(text) == code


@given(st.text(max_size=60))
def test_any_text_has_a_code_of_two_letters_or_none(text: str) -> None:
    code = language(text)
    assert code == "und" or len(code) == 2
