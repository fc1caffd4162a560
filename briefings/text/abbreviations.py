"""Abbreviations of languages beside English, for `sentences.py`: titles, units, and what news shorten.

Their stop ends a sentence only before a word that opens one. An abbreviation that is written with a blank inside
("EE. UU.", "т. е.") stands here without it, and titles stand in small letters where that language writes them so.
"""

from __future__ import annotations

from briefings.text.english import word_set

# The Latin letters as Hindi spells them, "एस. जयशंकर", but for one that is also "came", the last word of a sentence.
_HINDI_INITIALS = word_set("ए बी सी डी ई एफ जी एच जे के एल एम एन ओ पी क्यू आर एस टी यू वी डब्ल्यू डब्लू एक्स वाई ज़ेड जेड")

ABBREVIATIONS = {
    "de": word_set(
        "bzw Nr Bd Abs Hrsg Str ggf inkl Mio Mrd sog Tel usw z.b z.B d.h u.a Dipl Ing Hr Fr geb evtl ca Std St dr prof"
    ),
    "fr": word_set("M MM av env boul Cie éd hab janv févr avr juil sept oct nov déc etc p.ex Me Mgr dr pr st ste"),
    "es": word_set(
        "Sr Sra Sres Srta Dra Ud Uds Vd pág págs EE.UU EEUU FF.AA CC.OO JJ.OO SS.MM RR.HH avda Av Gral Cía etc núm "
        "aprox ej sr sra sres srta dr dra dn dña prof ing lic gral cap col gob mons D Dn Dña Ing Lic Arq Mons"
    ),
    "it": word_set("Sig Sigg Dott Dott.ssa Avv On Ing pag ecc sen sig dott avv on ing prof dr arch gen Arch Mons"),
    "pt": word_set("Sr Sra Srs Dra Exmo pág Av etc aprox sr sra srs dr dra prof eng gen cap V.Ex S.Ex Eng Arq"),
    "nl": word_set("dhr mevr drs ir nr blz enz bijv o.a d.w.z mr prof dr ing ds z.g"),
    "pl": word_set(
        "r w ul al pl im św ks dr hab prof inż mgr mec gen płk kpt red tys mln mld zł gr np tzw tj itd itp m.in"
    ),
    "cs": word_set(
        "dr prof doc ing mgr gen plk např tzv tj str č ul nám odst sv mil mld tis hod Ing Mgr Bc MUDr JUDr PhDr"
    ),
    "sv": word_set("dr prof ca kl nr kr st s.k t.ex bl.a m.m osv dvs mån mdr"),
    "da": word_set("dr prof ca kl nr kr hr fr mio mia pct bl.a f.eks osv"),
    "no": word_set("dr prof ca kl nr kr mill mrd pst bl.a f.eks osv"),
    "fi": word_set("esim ns nk mm klo tri prof dipl.ins ko"),
    "hu": word_set("dr prof ifj id özv kb stb pl ún ker u út Kft Zrt"),
    "ro": word_set("dl dna dr prof nr str etc lt col gen art ing alin"),
    "tr": word_set("Doç Yrd Av Sn Alb Org Tuğ Cad Sok Mah Apt vb vs yy dr prof av sn M.Ö M.S"),
    "id": word_set("Ir Tn Ny Hj Jl Rp dll dsb dkk tgl hlm dr drs ir tn ny"),
    "ru": word_set(
        "г гг им ул руб коп млн млрд трлн тыс т.е т.д т.п т.к т.н т.ч н.э см стр пр просп д кв обл р-н проф акад ген "
        "им.п доц инж полк кап лейт св тов гр чел ред напр сокр"
    ),
    "uk": word_set(
        "р рр м вул ім грн коп млн млрд трлн тис т.зв т.д т.п т.ч н.е ст див обл буд проф акад ген доц інж полк св гр "
        "ред"
    ),
    "bg": word_set("г гр ул бул проф акад доц инж ген св т.е т.н т.г н.е лв млн млрд хил"),
    "el": word_set("κ κκ κα δρ καθ π.χ μ.μ π.μ κ.λπ κ.ά δηλ σελ εκατ δισ λεωφ"),
    "hi": word_set("डॉ डा प्रो श्री श्रीमती सु पं स्व रु कि.मी कै ले मे लेफ्टि इंजी एड मो ज़ि") | _HINDI_INITIALS,
    "mr": word_set("डॉ डा प्रा प्रो श्री सौ कै रु कि.मी ॲड अॅड इंजि") | _HINDI_INITIALS,
    "ne": word_set("डा प्रा श्री रु कि.मी इ") | _HINDI_INITIALS,
    "ar": word_set("د أ م ص ج هـ أ.د ش.م ق.م"),
    "he": word_set("ד פרופ עו גב מר"),
}
"""ISO 639-1 code → abbreviations, without their last stop."""
