"""Lines to say in eleven languages: small grammars of game dialogue, written for this project.

Each language has phrases to choose from, slot by slot, and patterns with slots in braces. Words were
chosen for p b m f v: at the start, inside and at the end, in clusters, next to open and to rounded vowels.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

SLOT = re.compile(r"\{(\w+)\}")


def lines(language: str, seed: int = 0) -> Iterator[str]:
    """Endless lines of a language, the same ones for the same seed. Raises ValueError for another language."""
    if language not in GRAMMARS:
        raise ValueError(f"no lines in language {language!r}; there are {', '.join(sorted(GRAMMARS))}")
    grammar = {slot: _choices(text) for slot, text in GRAMMARS[language].items()}
    chance = random.Random(f"{language}{seed}")
    while True:
        yield _filled(chance.choice(grammar["say"]), grammar, chance)


def _choices(text: str) -> list[str]:
    return [choice.strip() for choice in text.split("|") if choice.strip()]


def _filled(pattern: str, grammar: dict[str, list[str]], chance: random.Random) -> str:
    while SLOT.search(pattern):
        pattern = SLOT.sub(lambda slot: chance.choice(grammar[slot[1]]), pattern, count=1)
    return pattern[:1].upper() + pattern[1:]


GRAMMARS: dict[str, dict[str, str]] = {
    "de": {
        "who": "der Pirat|der Bäcker|mein Bruder|Papa|Mama|die Möwe|der Wolf|das Volk|der Fürst|die Königin|"
        "mein Vater|der Papagei|die Puppe|der Bürgermeister|dein Freund|das Pferd|der Bauer|die Hexe|Opa|"
        "der Prinz|der Affe|der Lehrer|die Fee|der Bub|die Mumie|der Vampir|der Schmied|unser Kapitän",
        "thing": "den Apfel|das Brot|die Bombe|den Topf|die Lampe|das Boot|den Pokal|die Pfeife|den Ofen|"
        "den Brief|die Muschel|das Bild|die Blume|den Kopf|die Trompete|das Pulver|den Stab|die Büchse|"
        "den Pfeil|das Feuer|den Wein|die Waffe|den Korb|die Pflaume|den Kompass|das Schiff|die Brücke|"
        "den Umhang|den Krug|das Messer|die Spur|den Sumpf",
        "does": "bewacht|sucht|findet|braucht|bemalt|öffnet|verkauft|vergräbt|hebt|probiert|bewundert|stiehlt|"
        "bekommt|wirft|pflückt|beobachtet|umarmt|verbrennt|küsst|klaut|verliert|opfert|schiebt",
        "where": "im Wald|am Fluss|auf dem Berg|unter der Brücke|vor dem Palast|im Sumpf|auf dem Boot|"
        "neben dem Brunnen|hinter der Burg|am Ufer|im Keller|bei der Mühle|über dem Abgrund|im Dorf|"
        "auf dem Dampfer|oben im Turm|an der Pforte|bei Oma|im Hof",
        "when": "heute Abend|am Morgen|um Mitternacht|bald|im Frühling|sofort|übermorgen|immer wieder|"
        "am Abend|später|zum Glück|im Februar|plötzlich",
        "call": "Pass auf!|Bleib stehen!|Komm, beeil dich!|Hab Mut!|Bravo!|Vorsicht!|Hilfe!|Bumm!|Mach Platz!|"
        "Verflixt!|Ach so.|Na gut.|Hör mal!|Puh!|Jawohl!|Ahoi!|Pst!|Oh nein!|Prima!|Na bitte.",
        "say": "{who} {does} {thing} {where}.|{when} {does} {who} {thing}.|{call} {who} {does} {thing}!|"
        "{call} Ich habe {thing} {where} gefunden.|Wo ist {who}? Bestimmt {where}.|"
        "Wer {does} {thing}? {call}|Bring mir {thing}, aber {when}!|Warum schläft {who} {where}?|"
        "Ich möchte {thing} bewahren, bevor {who} kommt.|Gib {thing} ab, oder {who} wird böse.|"
        "Mama und Papa bummeln {where}, und {who} {does} {thing}.|{call} Wir müssen {when} {where} vorbei.|"
        "Fünf Affen pfeifen {where}. {call}|Nimm {thing} und lauf! {who} wartet {where}.|"
        "Ob {who} {when} kommt? Vielleicht.|Du hast {thing} gewonnen. {call}|"
        "Um ein Haar hätte {who} {thing} verloren.|Oben bellt der Hund, unten brummt {who}.|"
        "Ab und zu träumt {who} vom Pflaumenmus.|Siebenhundert Münzen für {thing}? {call}|"
        "Komm {when} {where} vorbei, und bring {thing} mit.|Wunderbar, {who} {does} {thing}.|"
        "{who} hofft auf Hilfe. {call}|Baum, Blume, Dampf und Pfeffer. {call}|"
        "{when} üben wir {where} mit Pfeil und Bogen.",
    },
    "es": {
        "who": "el pirata|mi padre|la abuela|el obispo|Pablo|la bruja|el mago|mi vecino|la princesa|el lobo|"
        "el panadero|el vampiro|la momia|un buen amigo|el profesor|el búho|mamá|papá|la viuda|el fantasma",
        "thing": "la bomba|el mapa|un vaso de vino|la lámpara|el tambor|la espada|el libro|la flor|la fruta|"
        "el pan blanco|una perla|la campana|el sombrero|la puerta|el fuego|la moneda|el bolso|un huevo|el plomo",
        "does": "busca|prepara|compra|abre|prueba|mueve|guarda|rompe|encuentra|pierde|salva|bebe|vende|ofrece|"
        "empuja|limpia|olvida|recupera|cubre|lleva",
        "where": "en el bosque|bajo el puente|en la cueva|por el camino|en la playa|sobre la nube|"
        "en el pueblo|junto al pozo|en el barco|en Panamá|por fuera|frente a la fábrica|en el comedor",
        "call": "¡Ven aquí!|¡Por favor!|¡Bravo!|¡Cuidado, amigo!|¡Vámonos!|Bueno, vale.|¡Pum!|¡Imposible!|"
        "¿Me oyes?|¡Viva!|No puede ser.|¡Fuego!|Pues nada.|Muy bien.",
        "say": "{who} {does} {thing} {where}.|{call} {who} {does} {thing}.|¿Dónde vive {who}? {where}.|"
        "Nunca he visto {thing} {where}.|Si {who} {does} {thing}, volvemos {where}.|{call} Dame {thing} ahora mismo.|"
        "Vamos {where}, {who} nos ve.|Mi amor, {who} {does} {thing}. {call}|¿Quién {does} {thing}? {who}, por supuesto.|"
        "Hoy llueve {where}, pero {who} baila.|Un hombre sube {where} con mucho valor.|"
        "Beba un poco de vino, buen hombre. {call}",
    },
    "fr": {
        "who": "le pirate|mon père|la fée|le boulanger|Papa|Maman|le pompier|la veuve|un brave homme|le loup|"
        "la poupée|le prince|mon frère|le bœuf|un vampire|la momie|le chef|la femme|l'ami de Paul|le pauvre roi",
        "thing": "la bombe|le pain|une pomme|la lampe|le bateau|le feu|la porte|un bouquet|le vin|la fleur|"
        "le livre|le tambour|la plume|un œuf|une robe bleue|le beurre|le parfum|la flûte|un pot de miel|le sabre",
        "does": "cherche|prépare|trouve|ouvre|porte|vend|brûle|pousse|goûte|a perdu|veut|peut voir|attrape|"
        "emporte|coupe|oublie|invente|promène|a vu|défend",
        "where": "dans la forêt|au bord du fleuve|sous le pont|en haut de la tour|sur le bateau|"
        "devant le palais|au fond du puits|près du feu|dans un rêve|au village|chez Bruno|en plein vent",
        "call": "Bravo !|Attention !|Venez vite !|Pas possible !|Boum !|Au feu !|Mais non.|Bon, d'accord.|"
        "Eh bien.|Pardon ?|Parfait !|Peut-être.|Bien vu !|Ma foi, oui.",
        "say": "{who} {does} {thing} {where}.|{call} {who} {does} {thing}.|Où va {who} ? {where}.|"
        "Je veux {thing}, pas demain. {call}|Si vous voulez, {who} {does} {thing}.|"
        "Il pleut {where}, mais {who} chante.|Vous avez vu {who} {where} ?|Neuf hommes et une femme vivent {where}.|"
        "Deux bœufs boivent {where}. {call}|Un peu de poivre, et {who} {does} {thing}.|"
        "On ne peut pas vaincre {who} {where}.|{call} Prenez {thing}, mon ami.",
    },
    "it": {
        "who": "il pirata|mio padre|la nonna|il vampiro|Papà|la mamma|il lupo|la principessa|il pompiere|"
        "un bravo uomo|il fabbro|la mummia|il vescovo|la fata|Beppe|il pappagallo|l'amico|la vedova|il gufo",
        "thing": "la bomba|il pane|una mappa|la lampada|il tamburo|la spada|un libro|il fuoco|la porta|l'uva|"
        "la pipa|il vino|la fiamma|un fiore|la zuppa|il ferro|una perla|la coppa|il baule|un uovo",
        "does": "cerca|prepara|trova|apre|porta|vende|rompe|beve|prova|salva|perde|prende|muove|offre|"
        "dimentica|vuole|sveglia|pulisce|spinge|osserva",
        "where": "nel bosco|sotto il ponte|in riva al fiume|sopra il monte|nel villaggio|davanti al palazzo|"
        "in fondo al pozzo|sulla barca|dove piove|in piazza|a Venezia|vicino al fuoco",
        "call": "Bravo!|Forza!|Ma dai!|Vieni qui!|Boom!|Aiuto!|Va bene.|Per favore!|Impossibile!|Finalmente!|"
        "Fermo!|Buonasera.|Mamma mia!|Peccato.",
        "say": "{who} {does} {thing} {where}.|{call} {who} {does} {thing}.|Dove va {who}? {where}.|"
        "Voglio {thing}, e subito. {call}|Se {who} {does} {thing}, noi viviamo in pace.|"
        "Piove {where}, ma {who} balla.|Nove uomini e un bambino vivono {where}.|Dammi {thing}, amico mio!|"
        "Appena {who} apre bocca, tutti fuggono. {call}|Un po' di pepe, e {who} {does} {thing}.|"
        "Chi ha rubato {thing}? Forse {who}.",
    },
    "pt": {
        "who": "o pirata|meu pai|a avó|o padeiro|a fada|o lobo|minha mãe|o bispo|um bom homem|o vampiro|"
        "a viúva|o príncipe|o papagaio|a bruxa|o chefe|o povo|meu amigo|a múmia",
        "thing": "a bomba|o pão|um mapa|a lâmpada|o tambor|a espada|o livro|o fogo|a porta|uva branca|o vinho|"
        "a flor|uma pérola|a chave|o barco|um ovo|a fruta|o chumbo|a pipa",
        "does": "procura|prepara|abre|compra|vende|quebra|bebe|prova|salva|perde|move|oferece|empurra|limpa|"
        "descobre|leva|vê|aprova|fabrica",
        "where": "na floresta|debaixo da ponte|na praia|no povoado|em cima do morro|no fundo do poço|"
        "no barco|em frente ao palácio|na cova|no vento|perto do fogo|por aqui",
        "call": "Bravo!|Vem cá!|Por favor!|Cuidado!|Vamos embora!|Pois bem.|Bum!|Impossível!|Fogo!|Muito bem.|"
        "Viva!|Não me fale.|Opa!",
        "say": "{who} {does} {thing} {where}.|{call} {who} {does} {thing}.|Onde vive {who}? {where}.|"
        "Nunca vi {thing} {where}.|Se {who} {does} {thing}, voltamos {where}.|{call} Me dê {thing} agora.|"
        "Chove {where}, mas {who} fuma.|Um homem bom bebe pouco. {call}|Nove bombeiros vivem {where}.|"
        "Quem {does} {thing}? Foi {who}.",
    },
    "pl": {
        "who": "pirat|mój brat|babcia|wampir|mama|papuga|wilk|profesor|król|piękna pani|pan Paweł|kowal|"
        "biskup|mumia|wojownik|flisak|mój przyjaciel|czarownica",
        "thing": "bombę|mapę|lampę|bęben|chleb|wodę|pierścień|książkę|fajkę|furtkę|perłę|wino|zupę|płaszcz|"
        "beczkę|obraz|flagę|miód|pióro|młot",
        "does": "widzi|buduje|kupuje|sprzedaje|próbuje|wypił|zgubił|podaje|malował|obserwuje|pcha|bierze|"
        "pilnuje|wyrzuca|ofiaruje|łamie|zapomina",
        "where": "w lesie|pod mostem|nad wodą|na wyspie|w pałacu|przy ognisku|w piwnicy|obok młyna|"
        "na łodzi|w Warszawie|pod wieżą|przed bramą|w obozie",
        "call": "Brawo!|Uwaga!|Pomocy!|Chodź tu!|Bum!|No dobrze.|Puść mnie!|Proszę bardzo.|Wspaniale!|"
        "Niemożliwe!|Do boju!|Mów prawdę!",
        "say": "{who} {does} {thing} {where}.|{call} {who} {does} {thing}.|Gdzie jest {who}? Może {where}.|"
        "Potrzebuję {thing}, i to szybko. {call}|Kiedy {who} {does} {thing}, my śpimy {where}.|"
        "Pada {where}, a {who} śpiewa.|Dwa wilki wyły {where}. {call}|Daj mi {thing}, bo będzie wojna.|"
        "Kto {does} {thing}? Chyba {who}.",
    },
    "ru": {
        "who": "пират|мой папа|бабушка|вампир|мама|волк|профессор|бабай|мой брат|повар|ведьма|попугай|"
        "капитан|мудрый филин|богатырь|фея|победитель|мумия",
        "thing": "бомбу|карту|лампу|барабан|хлеб|воду|перо|книгу|трубку|ворота|рыбу|вино|суп|флаг|бочку|"
        "обувь|пламя|мёд|фонарь|топор|пулю|шубу",
        "does": "видит|покупает|пробует|ломает|выпил|потерял|подаёт|бросает|убрал|любит|берёт|забыл|"
        "выбирает|поймал|проверяет|обещает",
        "where": "в лесу|под мостом|на берегу|во дворце|у пруда|возле мельницы|на пароходе|в погребе|"
        "в Москве|перед воротами|в пути|на форуме",
        "call": "Браво!|Вперёд!|Помогите!|Бум!|Ну вот.|Пожалуйста!|Быстро!|Подумай!|Опа!|Внимание!|"
        "Вот это да!|Ваше величество!",
        "say": "{who} {does} {thing} {where}.|{call} {who} {does} {thing}.|Где {who}? Наверно, {where}.|"
        "Мне нужно {thing}, и побыстрее. {call}|Пока {who} {does} {thing}, мы спим {where}.|"
        "Два волка выли {where}. {call}|Ты опять потерял {thing}?|Кто {does} {thing}? Может быть, {who}.|"
        "Вечером {where} пахнет дымом.",
    },
    "tr": {
        "who": "babam|büyük vezir|korsan|papağan|annem|kurt|profesör|peri|arkadaşım|padişah|vampir|fırıncı|"
        "bizim kaptan|mumya|pilot|öbür adam|fil|Mehmet",
        "thing": "bombayı|haritayı|lambayı|davulu|ekmeği|fıçıyı|kapıyı|kitabı|topu|bıçağı|meyveyi|balığı|"
        "çorbayı|parayı|bayrağı|üzümü|pulu|füzeyi|kovayı",
        "does": "buldu|arıyor|bekliyor|yapıyor|kaybetti|sever|pişirdi|verdi|öptü|bozdu|boyuyor|fırlattı|"
        "bırakmıyor|tamir eder|koparıyor",
        "where": "ormanda|köprünün altında|vapurda|büyük evde|köyde|pazarda|bahçede|mağarada|fabrikada|"
        "kapının önünde|tepede|uzayda",
        "call": "Bravo!|Buraya bak!|İmdat!|Bum!|Peki, tamam.|Vay be!|Evet efendim.|Çabuk ol!|Hayır, olmaz!|"
        "Aferin!|Dur bakalım.",
        "say": "{who} {where} {thing} {does}.|{call} {who} {thing} {does}.|{who} nerede? Belki {where}.|"
        "Bana {thing} ver, çabuk! {call}|{where} kim var? {who} mı?|Bu akşam {where} buluşuruz.|"
        "{who} gelmeden önce {thing} saklamalıyız.|Beş deve {where} su içiyor. {call}",
    },
    "hi": {
        "who": "मेरा भाई|बूढ़ा पिता|मामा|बंदर|पुजारी|मेरी माँ|फूफा|राजकुमार|भालू|वीर सिपाही|पापा|बाबू|व्यापारी|"
        "मछुआरा|प्रेमी|वैद्य",
        "thing": "बम|आम|फूल|पानी|किताब|तीर|मोमबत्ती|पत्थर|फल|बर्तन|पुल|भोजन|माला|रोटी|पंख|बीज|ढोल|दीपक",
        "does": "देखता है|लाता है|बेचता है|ढूँढता है|फेंकता है|छुपाता है|माँगता है|पकड़ता है|भूल गया|बनाता है",
        "where": "जंगल में|नदी के पास|पुल पर|महल के भीतर|बाग में|पहाड़ के ऊपर|गुफा में|बाज़ार में|नाव पर|मंदिर में",
        "call": "वाह!|भागो!|बचाओ!|सुनो, भाई।|बहुत बढ़िया!|अभी नहीं।|माफ़ करो।|बस करो!|चलो, ठीक है।",
        "say": "{who} {where} {thing} {does}।|{call} {who} {thing} {does}।|{who} कहाँ है? शायद {where}।|"
        "मुझे अभी {thing} चाहिए। {call}|{where} कोई भी नहीं बोलता।|पाँच बंदर {where} फल खाते हैं।|"
        "भूत से मत डरो, {who} आएगा। {call}|बाबा, मुझे {thing} दो।",
    },
    "cmn": {
        "who": "ba4 ba5|ma1 ma5|peng2 you3|lao3 po2|mei4 mei5|fu4 qin1|wu1 po2|pang4 mao1|da4 wang2|ma3 fu1|"
        "fa3 shi1|bing1 fu1|bo2 bo5|wo3 men5|ta1 men5|mi4 feng1|bao4 wang2",
        "thing": "ping2 guo3|mian4 bao1|men2 piao4|bao3 bei4|fei1 ji1|bei1 zi5|huo3 ba3|bi3|pu2 tao2|mao4 zi5|"
        "di4 tu2|yu2|bu4|pi2 bao1|mi4 ma3|fu3 tou5|bo1 li2|mei2 gui1 hua1|pao4 dan4|mo2 fa3 shu1",
        "does": "mai3|bu4 yao4|fa1 xian4 le5|bang1 wo3 mai3|mei2 kan4 jian4|pa4|bao3 hu4|pao1 qi4 le5|bian4 chu1|"
        "fang4 xia4|mo1 dao4|na2 zou3 le5|pai1|peng4 dao4 le5",
        "where": "zai4 shan1 po1 shang4|zai4 bei3 fang1|zai4 men2 wai4|zai4 pu4 bu4 pang2 bian1|zai4 feng1 zhong1|"
        "zai4 hu2 bian1|zai4 fang2 jian1 li3|zai4 bao3 lei3|zai4 mu4 wu1 fu4 jin4",
        "call": "kuai4 pao3!|bu4 ke3 neng2!|bie2 pa4!|ming2 bai5 le5.|bang4 ji2 le5!|fang4 kai1 wo3!|"
        "peng2 you3!|mei2 wen4 ti2.|wo3 fu2 le5.",
        "say": "{who} {where} {does} {thing}.|{call} {who} {does} {thing}.|{who} zai4 na3 li3? {where}.|"
        "qing3 ba3 {thing} gei3 {who}. {call}|wo3 ye3 bu4 ming2 bai5, {who} wei4 shen2 me5 {does} {thing}.|"
        "ba1 bai3 ge4 bing1 bu4 pa4 bao4 feng1 yu3.|{where}, {who} mei2 you3 {thing}.|"
        "bu2 yao4 pao3, {who} hui4 {does} {thing}.",
    },
    "ja": {
        "who": "ぼくの ぱぱ|まま|ぶし|おばけ|ぱんや|むすめ|ばば|まほう つかい|ぶた|ふくろう|ぺんぎん|ともだち",
        "thing": "ばくだん|ぱん|まくら|ぼうし|ふね|ぺん|みかん|かばん|らんぷ|むぎ|ふえ|たまご|きっぷ|とんぼ|なべ",
        "does": "みつけた|もらった|たべました|こわした|はこぶ|えらんだ|まもります|ふんだ|つかまえた|よんでみる",
        "where": "もりの なかで|うみべで|びょういんで|やまの うえで|ふもとで|まちで|ぼうけんの たびで|へやで",
        "call": "がんばれ!|まって!|ばんざい!|もう だめだ。|やっぱりね。|ふざけるな!|ほんぶへ いこう。|うまい!",
        "say": "{who}は {where} {thing}を {does}。|{call} {who}が {thing}を {does}。|"
        "{who}は どこ? たぶん {where}。|ぼくは {thing}が ほしい。 {call}|みんなで {where} あそぼう。|"
        "ぶんぶん、ぴょんぴょん、{who}が くる。",
    },
    "en": {
        "who": "the pirate|my brother|the baker|a brave farmer|the wolf|Mum|the bishop|my best friend|the vampire|"
        "a puppy|the chief|the bumblebee|old Bob|the mayor|the puppet|the five of us|the fisherman|the spy",
        "thing": "the bomb|a map|the lamp|the drum|a loaf of bread|the pump|the purple door|an apple|the fire|"
        "a cup|the river boat|the rope|the book|some pepper|the van|the problem|a knife|the loot|a broom",
        "does": "bought|broke|found|moved|opened|grabbed|saved|dropped|believed in|pushed|swapped|buried|"
        "painted|climbed|proved|offered me|threw|wrapped",
        "where": "in the forest|above the pub|by the harbour|under the bridge|on the map|at the farm|"
        "behind the palace|up north|in a cave|before the ambush|on top of the tomb|in my room",
        "call": "Move it!|Boom!|Keep up!|Very well.|My word!|Help me!|Perfect.|Beware!|Bravo!|Stop!|Oh, maybe.|"
        "Whoops!",
        "say": "{who} {does} {thing} {where}.|{call} {who} {does} {thing}.|Where is {who}? Probably {where}.|"
        "Bring me {thing}, or {who} will pay for it.|If {who} {does} {thing}, we move {where}.|"
        "Put {thing} down. {call}|We hope {who} never {does} {thing}.|{call} I have never seen {thing} {where}.",
    },
}
"""Mandarin is in Pinyin with tone numbers and Japanese in kana, which espeak-ng can read."""
