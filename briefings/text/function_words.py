"""The commonest words of grammar in languages beside English: they say nothing of what a text is about.

Where a few reports in one language stand among many in another, these words look rare and would make any two of the
few alike. The lists are short: the words that make up a third of a news text, and those with which news tell who said
something. Those of Thai are taken apart into pairs, as `words.py` does with all of Thai.
"""

from __future__ import annotations

from briefings.text.words import comparable, find_words

_LATIN = {
    "cs": "a aby ale bez být byl byla bylo by do i jak je jeho jejich jen jsou kde která které který má na nebo než o "
    "od po podle pro proti před při s se si své ta tak také to tím už v ve však z za ze že řekl",
    "da": "af at blev de den der det efter en er et for fra har hun i ikke kan med men og om på sig sin skal som til "
    "var ved vil",
    "de": "aber als am an auch auf aus bei bis damit das dass dem den der des die diese dieser dieses doch durch ein "
    "eine einem einen einer eines er es für gegen gibt hat hatte haben ich ihr ihre im in ist kann können man mehr mit "
    "nach nicht noch nur oder sagte schon sei sein seine seit sich sie sind so soll sollen um und unter vom von vor "
    "war waren wenn werden wie wir wird wurde wurden zu zum zur über",
    "es": "a al ante aunque como con contra cuando de del desde dijo donde dos durante e el ella ellos en entre era es "
    "esa ese eso esta estaba estado este esto está están fue fueron ha haber había habían han hasta hay hoy la las le "
    "les lo los más mientras muy ni no nos o otra otros para parte pero por porque que quien se según ser si sido sin "
    "sobre son su sus también tanto tiene tienen todo todos tras un una uno unos y ya",
    "fi": "ei että hän ja joka kun mukaan mutta myös niin on oli ovat sanoi se sen tai vuonna",
    "fr": "a afin alors après au aussi autre aux avant avec avait c'est ce ces cette chez comme contre d'un d'une dans "
    "de depuis des deux dit dont du déjà elle elles en encore entre est et eu fait font il ils la le les leur leurs "
    "lors lui mais même ne nous on ont ou où par pas pendant peu plus pour qu'il que qui sa sans se selon sera ses si "
    "son sont sous sur tout toute tous très un une vers y à également été était être",
    "hu": "a az be csak de egy el ez ezt hogy is ki kell már meg mely mert mint nem szerint és volt",
    "id": "ada adalah akan atau bisa dalam dan dari dengan di ini itu juga kata karena ke lebih mereka oleh pada saat "
    "sebagai sudah telah tersebut tidak untuk yang",
    "it": "a ad ai al alla alle anche aveva c'è che chi ci come con contro da dai dal dalla degli dei del della delle "
    "di dopo dove due e ed era essere fra gli ha hanno i il in la le lo loro ma nei nel nella non o per perché più "
    "quando quella quello questa questo se secondo senza si sia sono stata stati stato su sua sul sulla suo tra tutti "
    "un una uno è",
    "nl": "aan al als bij dan dat de deze die door een en er haar heeft hebben het hij hun in is kan maar meer met na "
    "naar niet nog of om ook op over te tegen tot uit van volgens voor waren was werd worden wordt zei zich zijn zij",
    "pl": "a ale aby był była było były co czy dla do dla ich jak jako jego jej jest już która które którego który lub "
    "ma może na nad nie o od oraz po pod powiedział przed przez przy roku są się tak także tego to tylko tym w we za "
    "ze z że",
    "pt": "a ao aos as até com como contra da das de depois disse do dos e ela ele eles em entre era essa esse esta "
    "este está foi foram há isso já mais mas mesmo muito na nas no nos não o os ou para pela pelo por quando que quem "
    "se segundo sem ser seu seus sobre sua suas são também tem um uma à às é",
    "ro": "a al ale au ca care că cele cu că de din după este fi fost în la mai nu o pe pentru pe prin sa se spus sunt "
    "și un unei",
    "sv": "att av de den det efter en ett för från har hon i inte kan med men och också om på sig som till under var "
    "vi vid är",
    "tr": "ama ancak bir bu böyle da daha de dedi diye en gibi göre hem her ile ilgili ise için kadar ki ne o olan "
    "olarak olduğu olduğunu oldu sonra söyledi ve ya çok",
    "vi": "bị các có cho cũng của cùng đã để đến được khi không là một này những ông ra sau sẽ tại theo thì trong từ "
    "và vào về với",
}
_OTHERS = {
    "ar": "أن أنه أنها أو أي إلى إن بعد بعض به بها بين التي الذي الذين ثم حتى حول حيث خلال ذلك ضد على "
    "عليه عليها عن عند عندما غير في فيه فيها قال قالت قبل قد كان كانت كل كما لا لأن لكن لم لن له لها ما "
    "مع من منذ منها نحو هذا هذه هم هو هي وأن وأضاف وأضافت وعلى وفي وقال وقالت وقد وكان وكانت ولكن ولم ومن "
    "وهو وهي يوم",
    "bg": "а без беше бъде в във да до за и или има как като които който която което към ли на не но от "
    "по при с са се със след според съм това този тази той тя че ще",
    "bn": "আছে আর এ এই এক একটি এবং ও করা করে করেছে করেন কিন্তু কি জন্য তা তার তাঁর তিনি থেকে দিয়ে না "
    "নিয়ে পর বলে বলেন বলেছেন মধ্যে যে সঙ্গে সাথে সে হচ্ছে হবে হয় হয়ে হয়েছে ছিল",
    "el": "αλλά από αν για δεν είναι είπε είχε ένα η ή θα και κατά με μετά μια να ο οι όπως ότι που προς "
    "σε στα στη στην στις στο στον στους τα τη την της τις το τον του τους των ως",
    "fa": "آن است از اما این با باید بر برای بود به تا خود در دیگر را شد شده شود کرد کرده کند که گفت ما "
    "می نیز هم های ها هر هستند و وی یا یک",
    "he": "אבל אותו אחרי אך אל אם אמר אמרה או אין את גם הוא היא היה היתה הם זה זו יותר יש כי כל לא לפני "
    "מה על עם רק של שהוא",
    "hi": "अनुसार अपना अपनी अपने अब आदि इन इनके इस इसका इसकी इसके इसमें इससे इसे उन उनका उनकी उनके "
    "उन्हें उन्होंने उस उसके उसे एक ऐसे और कई कर करता करती करते करना करने कहना कहा का कारण कि किया किसी "
    "की कुछ के केवल को कोई गई गए गया चार चाहिए जब जबकि जा जाएँगे जाएंगे जाएगा जाएगी जाता जाती जाने जिस "
    "जिसमें जिसे जो तक तथा तब तीन तो था थी थे दिन दिया दी दे देने दो द्वारा नई नए नया नहीं ने पर पहला "
    "पहली पहले पाँच पांच पास फिर बताया बाद बार बीच भी में यह यहाँ यहां या ये रहा रही रहे लिए लिया ली ले "
    "लेकर वह वाला वाली वाले वालों वे सकता सकती सकते सकेंगे सकेगा सभी साथ साल से हम ही हुआ हुई हुए है "
    "हैं हो होगा होगी होता होती होते होना होने",
    "kk": "бар бір бұл да де деп және жылы мен осы пен сол үшін",
    "mr": "आणि आपल्या आहे आहेत एक करण्यात केली केले केल्या किंवा काही च्या झाली झाले ती ते तो त्या "
    "त्यांनी त्याच्या नाही मध्ये म्हणाले या यांनी येथे व ही हा हे होते होता",
    "ne": "एक एवं का गरेको गरेका गर्ने छ छन् थिए थियो पनि बताए भएको भने मा यो र लाई ले सहित हो",
    "ru": "а без более бы был была были было быть в во вот все всех всё где для до его ее если есть ещё "
    "еще её же за заявил заявила и из или им их к как когда которая которого которой которые который "
    "которых ли между мы на над не него нет них но о об однако он она они от отметил по под после при "
    "рассказал с сам свои своей своих себя со сказал сказала словам сообщил сообщила сообщили среди так "
    "также там то того тоже том только у уже чем через что чтобы эта эти этих это этого этой этом этот",
    "ta": "அந்த இந்த இது இருந்து உள்ள உள்ளது என என்ற என்று ஒரு கூறினார் தனது தெரிவித்தார் பின்னர் மற்றும் மீது வேண்டும்",
    "te": "ఆ ఈ ఉంది ఉన్న ఉన్నారు ఒక అని అన్నారు కాదు కూడా తన తర్వాత నుంచి మరియు మీద లో వారు",
    "th": "กล่าว กับ การ ของ ความ จะ จาก ซึ่ง ด้วย ได้ ต้อง ถึง ที่ นี้ ใน โดย เป็น เพื่อ มี เมื่อ แต่ และ แล้ว ว่า ไว้ ให้ อยู่ หรือ ไม่",
    "uk": "а або але без був була були було в вже від він вона вони для до є за заявив зі з із і його її "
    "їх й коли ми на над не ні о під після повідомив по при про разом сказав та так також те то того у "
    "цей це цього ця ці чи що щоб як яка який які якого",
    "ur": "اس ان اور ایک بعد بھی پر تھا تھی تھے تک تو جو سے ساتھ کا کر کرنے کو کہ کہا کی کیا کے گیا لیے "
    "میں نے نہیں وہ ہو ہے ہیں یہ",
}

_HIRAGANA = "".join(map(chr, range(0x3041, 0x3097)))
"""Japanese writes its endings and particles in these."""


def _all_of(lists: dict[str, str]) -> frozenset[str]:
    return frozenset(comparable(word) for words in lists.values() for word in find_words(words))


LATIN = _all_of(_LATIN)
"""In the form of `comparable`. Many of these are words of another meaning in English, such as "die" and "son"."""

OTHERS = _all_of(_OTHERS) | {first + second for first in _HIRAGANA for second in _HIRAGANA}
"""Those of other scripts, in the form of `comparable`: of Thai and Japanese, pairs of letters."""
