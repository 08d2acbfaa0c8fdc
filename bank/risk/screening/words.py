"""What names are made of besides names: titles, particles, legal forms, words every company uses.

Tables in plain Python. They weigh words; none of them decides a match alone.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _classes(text: str) -> dict[str, str]:
    """One class a line, its first word the class's name."""
    classes: dict[str, str] = {}
    for line in text.strip().splitlines():
        name, *others = line.split()
        classes |= dict.fromkeys([name, *others], name)
    return classes


#: Before or after a person's name, and no part of it.
TITLES: Final = _words(
    """
    mr mrs ms miss mx dr prof professor sir madam dame lord lady hon honourable honorable rev reverend
    fr sister brother president presiden prime minister senator governor ambassador
    sheikh shaikh sheik shaykh haji hajji hajj alhaji alhaj hadji
    mullah mulla maulvi maulawi mawlawi molvi maulana mawlana qari hafiz ustaz ustad imam ayatollah
    hojjatoleslam gen maj brigadier brig colonel col captain capt lieutenant lt commander cmdr
    marshal admiral sergeant sgt corporal senor senora herr frau monsieur mme engineer eng ing
    arch phd md esq jr jnr sr snr
    """
)
#: Titles that are also names.
TITLES_AND_NAMES: Final = _words(
    "sultan prince king amir emir major don dona general judge justice father queen princess"
)

#: Between the parts of a person's name; says nothing about who it is.
PARTICLES: Final = _words(
    """
    al el ul ur ad as ar az at an ash bin ibn ben bint binti binte ibnu ould oglu ogly kyzy van von der den
    de del della di da dos das do du la le les los las y e i u zu zum zur ten ter
    """
)
#: In the name of an organisation; says nothing.
STOPPED: Final = _words(
    "the of and for in at on to de del la le les los las di da do du des der die das und et y e"
)

#: Legal forms: the same form in other words, and its family.
FORMS: Final = _classes(
    """
    ltd limited lcc
    plc
    llc
    inc incorporated
    corp corporation
    co company cia compania companhia compagnie cie
    llp
    lp
    gmbh
    ag akg aktiengesellschaft
    kg
    ohg
    sa
    sas
    sarl
    srl
    spa
    snc
    sl
    slu
    nv
    bv
    cv
    ab
    as
    asa
    aps
    oy
    oyj
    kft
    zrt
    doo
    dd
    ad
    ead
    eood
    ood
    zao cjsc
    oao ojsc
    pao pjsc
    ao jsc
    ooo
    too
    spzoo
    pte
    pty
    pt
    tbk
    sdn
    bhd berhad
    kk
    yk
    na
    fze fzco fzc
    wll
    saog saoc
    psc
    ei
    ip
    ano
    ev
    ngo
    """
)
#: Forms written as several words, longest first; each becomes the one word after it.
LONG_FORMS: Final = (
    ("gesellschaft mit beschrankter haftung", "gmbh"),
    ("sociedad de responsabilidad limitada", "srl"),
    ("society with limited liability", "llc"),
    ("public joint stock company", "pao"),
    ("open joint stock company", "oao"),
    ("closed joint stock company", "zao"),
    ("public limited company", "plc"),
    ("private limited company", "ltd"),
    ("limited liability company", "llc"),
    ("limited liability partnership", "llp"),
    ("limited partnership", "lp"),
    ("joint stock company", "ao"),
    ("joint stock co", "ao"),
    ("autonomous non profit organization", "ano"),
    ("sociedad anonima", "sa"),
    ("societe anonyme", "sa"),
    ("societa per azioni", "spa"),
    ("naamloze vennootschap", "nv"),
    ("besloten vennootschap", "bv"),
    ("free zone company", "fze"),
    ("sp z o o", "spzoo"),
    ("sp z oo", "spzoo"),
    ("d o o", "doo"),
    ("s a r l", "sarl"),
    ("s p a", "spa"),
    ("s r l", "srl"),
    ("s a", "sa"),
    ("n v", "nv"),
    ("b v", "bv"),
    ("a s", "as"),
    ("l p", "lp"),
    ("n a", "na"),
    ("sdn bhd", "bhd"),
    ("pte ltd", "ltd"),
    ("pvt ltd", "ltd"),
    ("private limited", "ltd"),
    ("pty ltd", "ltd"),
    ("co ltd", "ltd"),
    ("company limited", "ltd"),
    ("corporation limited", "ltd"),
)
NOT_FOR_PROFIT: Final = _words("ano ev ngo")

#: Words of trade, which half the companies of a list have in their name.
TRADE: Final = _words(
    """
    group holding holdings international global general trading trade commercial commerce industrial
    industries enterprises
    industry enterprise services service solutions systems system technology technologies tech
    investment investments invest capital finance financial management development developments
    construction engineering consulting import export imports exports importadora exportadora comercial
    comercializadora distribuidora inversiones servicios grupo empresa establishment foundation association
    organization organisation institute center centre bureau office agency committee company corporation
    national united first new shipping maritime marine transport transportation logistics air aviation
    airlines energy power oil gas petroleum petrochemical chemical chemicals steel mining metal metals
    real estate properties property insurance bank banking trust fund funds partners mortgage loan securities
    university academy college ministry department government republic state people
    electronics electric telecommunications communications media products manufacturing factory food foods
    medical pharmaceutical health agricultural agro farm farms construcciones transportes
    """
)
#: Written short.
SHORT: Final = {
    "intl": "international", "int": "international", "dept": "department", "govt": "government",
    "mfg": "manufacturing", "bros": "brothers", "assn": "association", "assoc": "association",
    "univ": "university", "inst": "institute", "natl": "national", "tech": "technology", "svcs": "services",
    "mgmt": "management", "org": "organization", "uk": "britain", "gb": "britain", "usa": "america",
    "us": "america", "uae": "emirates", "st": "saint", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "first": "1st",
    "second": "2nd", "third": "3rd",
}  # fmt: skip

#: Names many people have: each says less than a rare one.
FREQUENT: Final = _words(
    """
    mohammed ahmed ali hassan hussein abdul abd abdullah abdallah ibrahim ismail omar osman yusuf khalid said
    mahmud mustafa hamid karim rahman rahim khan abu umm shah gul jan agha din ullah allah salih saleh sayyid
    jamal nasir salim sulayman tariq walid yasin zayd kim lee ri pak park choe chong jong yong
    li wang zhang chen liu yang zhao wu zhou lin huang xu sun ma zhu hu guo he luo nguyen tran pham
    jose juan carlos luis maria jesus antonio miguel francisco jorge pedro manuel rafael fernando alberto
    garcia rodriguez martinez hernandez lopez gonzalez perez sanchez ramirez torres flores rivera gomez diaz
    cruz reyes morales ortiz gutierrez ramos castro vargas rojas
    john james robert michael william david richard charles joseph thomas george peter paul mary anna elena
    smith jones williams brown davis miller wilson anderson taylor johnson
    aleksandr aleksei sergei vladimir dmitri andrei nikolai igor ivan mikhail viktor yuri oleg pavel
    ivanov petrov smirnov kuznetsov popov otieno wanjiku kamau mwangi njoroge singh kumar sharma patel
    """
)

#: The same given name in other spellings and tongues, and its short forms.
SAME_NAME: Final = _classes(
    """
    mohammed muhammad mohammad mohamed mohamad muhammed muhamad mohd md mehmet muhammet mohamud mahomed
    ahmed ahmad ahmet achmad achmed
    hussein husain husayn hussain hossein husein hussien khusein huseyin
    hassan hasan hassen khasan
    abdullah abdallah abdulla abdalla abdellah
    abdul abd abdel abdol abdal abdoul
    omar umar omer umer
    osman uthman othman usman
    osama usama ousama
    yusuf yousef youssef yousuf yusef yosef iosif jusuf
    khalid khaled halid
    said saeed saeid sayeed saed
    sayyid sayed sayid syed seyed sayyed seyyed
    mahmud mahmoud mahmood mehmood
    mustafa mostafa moustafa mustapha
    jamal gamal djamel cemal dzhamal
    ibrahim ebrahim ibraheem
    sulayman suleiman sulaiman soleiman solomon suleyman
    ismail esmail ismael ismaeel
    yahya yahia yehia
    yasin yassin yaseen
    saleh salih salah
    nasir nasser naser nassir
    karim kareem
    rahman rehman
    laden ladin
    qaeda qaida qaeeda
    gaddafi qadhafi kadafi qaddafi ghadafi
    assad asad
    john juan jon johan johann jean ivan giovanni joao jan yahya
    james jim jimmy jaime jacob
    william bill billy will willy wilhelm guillermo
    robert bob bobby rob roberto
    richard rick dick ricardo
    charles charlie carlos carl karl
    joseph joe jose josef giuseppe
    michael mike mikhail miguel michel mick micky
    benjamin ben bibi benny binyamin
    thomas tom tommy tomas
    anthony tony antonio anton
    edward ed eddie ted eduardo
    peter pete pedro pyotr pierre piotr
    paul pablo pavel paolo
    george jorge georg georgi giorgi
    alexander aleksandr alex aleksander alejandro oleksandr aleksandar sasha
    alexei aleksei alexey aleksey oleksiy
    andrew andy andrei andrey andriy andres andrej
    nicholas nick nikolai nikolay nicolas mykola
    vladimir volodymyr
    dmitri dmitry dmitriy dmytro
    sergei sergey sergiy serhiy sergio
    elizabeth liz beth betty elisabeth
    catherine kate katherine ekaterina katharina
    margaret maggie meg peggy margarita
    francis frank francisco francesco francois
    samuel sam sammy
    daniel dan danny danilo
    david dave davy
    steven stephen steve stefan esteban
    gregory greg grigory
    ronald ron ronnie
    donald don
    kenneth ken kenny
    timothy tim
    patrick pat
    lawrence larry laurence
    """
)
#: Where a company is; another place makes another company.
PLACES: Final = _words(
    """
    africa america american asia asian europe european china chinese russia russian japan india indian iran
    iraq syria syrian lebanon lebanese turkey egypt kenya uganda tanzania sudan libya cuba cuban mexico panama
    colombia chile brazil argentina canada britain england ireland france germany deutschland italy spain
    sweden denmark norway norge finland poland ukraine belarus georgia armenia turkmenistan kazakhstan
    uzbekistan
    emirates dubai qatar kuwait bahrain oman yemen saudi arabia pakistan afghanistan afghan korea korean
    vietnam singapore malaysia indonesia philippines australia london paris berlin moscow beijing shanghai
    hong kong tehran baghdad damascus beirut york chicago boston cleveland south north east west central
    eastern western northern southern caribbean mediterranean pacific atlantic gulf middle
    """
)
