"""The towns of Kenya that people ask the distance from, with where their middle lies."""

from decimal import Decimal
from typing import Final

from bank.places.rules import Spot

_TOWNS = """
Athi River -1.4564 36.9780; Bondo 0.0986 34.2733; Bungoma 0.5635 34.5606; Busia 0.4608 34.1115;
Chuka -0.3332 37.6459; Eldoret 0.5143 35.2698; Embu -0.5310 37.4575; Garissa -0.4532 39.6461;
Hola -1.4995 40.0300; Homa Bay -0.5273 34.4571; Isiolo 0.3546 37.5822; Iten 0.6703 35.5081;
Kabarnet 0.4919 35.7430; Kajiado -1.8524 36.7768; Kakamega 0.2827 34.7519; Kapenguria 1.2389 35.1119;
Kapsabet 0.2039 35.1053; Kericho -0.3689 35.2863; Kerugoya -0.4989 37.2803; Kiambu -1.1714 36.8356;
Kilifi -3.6305 39.8499; Kisii -0.6817 34.7667; Kisumu -0.0917 34.7680; Kitale 1.0157 35.0062;
Kitui -1.3670 38.0106; Kwale -4.1737 39.4521; Lamu -2.2717 40.9020; Lodwar 3.1191 35.5973;
Machakos -1.5177 37.2634; Malindi -3.2192 40.1169; Mandera 3.9373 41.8569; Maralal 1.0968 36.6980;
Marsabit 2.3284 37.9899; Maua 0.2333 37.9333; Meru 0.0463 37.6559; Migori -1.0634 34.4731;
Mombasa -4.0435 39.6682; Moyale 3.5266 39.0561; Murang'a -0.7210 37.1526; Naivasha -0.7172 36.4310;
Nairobi -1.2864 36.8172; Nakuru -0.3031 36.0800; Nanyuki 0.0167 37.0728; Narok -1.0876 35.8711;
Nyahururu 0.0361 36.3636; Nyamira -0.5633 34.9358; Nyeri -0.4201 36.9476; Ol Kalou -0.2643 36.3784;
Ruiru -1.1489 36.9605; Siaya 0.0607 34.2881; Thika -1.0333 37.0693; Ukunda -4.2875 39.5660;
Vihiga 0.0767 34.7078; Voi -3.3961 38.5561; Wajir 1.7471 40.0573; Webuye 0.6004 34.7701; Wote -1.7808 37.6288
"""  # fmt: skip


def _spot(row: str) -> tuple[str, Spot]:
    name, latitude, longitude = row.strip().rsplit(" ", 2)
    return name, Spot(Decimal(latitude), Decimal(longitude))


TOWNS: Final[dict[str, Spot]] = dict(_spot(row) for row in _TOWNS.split(";"))
