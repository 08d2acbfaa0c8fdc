"""Fictional people, places and firms of East Africa, for the demonstration bank."""

from typing import Final, NamedTuple

WOMEN: Final = (
    "Achieng", "Aisha", "Akinyi", "Amina", "Atieno", "Beatrice", "Chebet", "Cherono", "Esther", "Fatuma",
    "Faith", "Grace", "Halima", "Jane", "Jepkosgei", "Joyce", "Khadija", "Lilian", "Lucy", "Makena", "Mercy",
    "Moraa", "Mumbi", "Mwende", "Nafula", "Naliaka", "Nduta", "Njeri", "Nyambura", "Purity", "Rehema", "Ruth",
    "Salome", "Saida", "Wambui", "Wangari", "Wanjiku", "Wairimu", "Winnie", "Zainab", "Zawadi", "Neema",
)  # fmt: skip
MEN: Final = (
    "Abdi", "Ali", "Barasa", "Brian", "Daniel", "David", "Dennis", "Elijah", "Hassan", "Ibrahim", "Isaac",
    "Jabari", "James", "John", "Joseph", "Juma", "Kamau", "Karanja", "Kevin", "Kioko", "Kiprotich",
    "Kipchoge", "Kiptoo", "Koech", "Maina", "Mohamed", "Musa", "Mutua", "Mwangi", "Ndegwa",
    "Ngugi", "Njoroge", "Ochieng", "Odhiambo", "Okoth", "Omar", "Otieno", "Peter",
    "Samuel", "Simiyu", "Stephen", "Wafula",
)  # fmt: skip
MIDDLE: Final = (
    "Anyango", "Auma", "Chelimo", "Gathoni", "Kagendo", "Kanini", "Kathure", "Kemunto", "Mueni", "Muthoni",
    "Mbugua", "Gitau", "Kimani", "Kinyua", "Mwita", "Nyaga", "Onyango", "Owuor", "Rotich", "Saitoti", "",  "",
)  # fmt: skip
FAMILIES: Final = (
    "Abdalla", "Achoki", "Barasa", "Cheruiyot", "Gathogo", "Gichuru", "Githinji", "Hussein", "Kamande",
    "Kariuki", "Karimi", "Keter", "Kibet", "Kihara", "Kilonzo", "Kimathi", "Kipkemboi", "Kiplagat", "Kirui",
    "Kosgei", "Langat", "Lekolool", "Macharia", "Makori", "Marwa", "Masinde", "Matheka", "Mbuvi", "Momanyi",
    "Muriuki", "Musyoka", "Mutiso", "Mwakio", "Mwanza", "Nabwire", "Ndungu", "Nderitu", "Njuguna", "Nyaboke",
    "Nyong'o", "Obura", "Ogola", "Okello", "Omondi", "Onyancha", "Opiyo", "Otieno", "Ouma", "Said", "Tanui",
    "Wachira", "Wafula", "Wambua", "Wanyama", "Were", "Yusuf",
)  # fmt: skip
STREETS: Final = (
    "Acacia Road", "Baobab Lane", "Bahari Street", "Daraja Avenue", "Jacaranda Close", "Kijani Road",
    "Mkuyu Lane", "Msafiri Street", "Mwamba Road", "Nyota Avenue", "Pwani Road", "Simba Street", "Tausi Lane",
    "Twiga Road", "Uhuru Gardens", "Upendo Street", "Zambarau Close",
)  # fmt: skip
TOWNS: Final = (
    ("Nairobi", "00100"), ("Mombasa", "80100"), ("Kisumu", "40100"), ("Nakuru", "20100"),
    ("Eldoret", "30100"), ("Thika", "01000"), ("Machakos", "90100"), ("Nyeri", "10100"), ("Meru", "60200"),
    ("Kakamega", "50100"), ("Malindi", "80200"), ("Naivasha", "20117"),
)  # fmt: skip
OUTSIDE_EMPLOYERS: Final = (
    "Ministry of Education payroll",
    "County Government payroll",
    "Bonde Hospital payroll",
    "Ziwa University payroll",
)
CLIENTS_ABROAD: Final = ("Nordlicht Imports GmbH", "Harbour Coffee Traders Inc", "Maison Tropique SARL")


class Firm(NamedTuple):
    """A fictional organisation; ``trade`` says what people pay it for."""

    name: str
    trade: str
    legal_form: str = "LTD"


CORPORATES: Final = (
    Firm("Tujenge Construction PLC", "EMPLOYER", "PLC"),
    Firm("Mwangaza Power PLC", "POWER", "PLC"),
    Firm("Chemchemi Water Company", "WATER"),
    Firm("Sauti Telecom PLC", "TELECOM", "PLC"),
    Firm("Soko Kuu Supermarkets Ltd", "GROCERY"),
    Firm("Makazi Homes Ltd", "RENT"),
    Firm("Elimu Bora Schools Trust", "SCHOOL", "TRUST"),
    Firm("Kilimo Fresh Exporters Ltd", "EMPLOYER"),
    Firm("Safari Njema Coaches Ltd", "TRAVEL"),
    Firm("Pamoja Insurance Brokers Ltd", "INSURANCE"),
)
SMES: Final = (
    Firm("Mama Njeri Foods", "FOOD", "SOLE_PROPRIETOR"),
    Firm("Kwetu Hardware Ltd", "SHOP"),
    Firm("Nyota Pharmacy Ltd", "PHARMACY"),
    Firm("Upepo Cycles", "SHOP", "SOLE_PROPRIETOR"),
    Firm("Jua Kali Metalworks", "SHOP", "PARTNERSHIP"),
    Firm("Bahari Fish Market", "FOOD", "PARTNERSHIP"),
    Firm("Twiga Tailors", "SHOP", "SOLE_PROPRIETOR"),
    Firm("Maua Florists Ltd", "SHOP"),
    Firm("Chapati Corner", "FOOD", "SOLE_PROPRIETOR"),
    Firm("Afya Njema Clinic Ltd", "PHARMACY"),
    Firm("Mkate Bakery Ltd", "FOOD"),
    Firm("Kahawa House", "FOOD", "SOLE_PROPRIETOR"),
    Firm("Ramani Printers Ltd", "SHOP"),
    Firm("Vitabu Bookshop", "SHOP", "PARTNERSHIP"),
    Firm("Seremala Furniture Ltd", "SHOP"),
    Firm("Haraka Couriers Ltd", "TRAVEL"),
    Firm("Nyumba Bora Agencies", "RENT", "PARTNERSHIP"),
    Firm("Shamba Seeds Ltd", "SHOP"),
    Firm("Mapishi Catering", "FOOD", "SOLE_PROPRIETOR"),
    Firm("Dukani Mini Mart", "GROCERY", "SOLE_PROPRIETOR"),
)
