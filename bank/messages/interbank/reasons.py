"""What the codes of the ISO 20022 external code lists say to a person (status, return, recall reasons)."""

from typing import Final

SENTENCES: Final = {
    "AC01": "The account number is not right.",
    "AC03": "The payee's account number is not right.",
    "AC04": "The payee's account is closed.",
    "AC06": "The payee's account is blocked.",
    "AC07": "The payee's account is closed.",
    "AC14": "The payee's account cannot take this kind of payment.",
    "AG01": "The payee's account may not take this payment.",
    "AG03": "The payee's bank does not take this kind of payment.",
    "AGNT": "A bank named in the payment is not right.",
    "AM01": "The amount is zero.",
    "AM02": "The amount is above what the network takes.",
    "AM04": "There is not enough money to settle the payment.",
    "AM05": "The payment was sent before.",
    "AM09": "The amount is not what was agreed.",
    "AM10": "The control sum does not fit.",
    "AM12": "The amount is not valid.",
    "AM18": "The number of payments does not fit.",
    "BE01": "The payee's name does not fit the account.",
    "BE04": "The payee's address is missing.",
    "CUST": "The payee did not agree.",
    "CUTA": "The payment is too long ago.",
    "DT01": "The date is not valid.",
    "DUPL": "The payment was sent twice.",
    "FF01": "The format is not right.",
    "FOCR": "It was asked back, and comes.",
    "FRAD": "The payment is suspected to be fraud.",
    "LEGL": "The law does not allow it.",
    "MD07": "The payee has died.",
    "MS02": "The payee's side gave no reason.",
    "MS03": "The payee's bank gave no reason.",
    "NARR": "The reason is said in words.",
    "NOAS": "The payee did not answer.",
    "NOOR": "The payee's bank never got the payment.",
    "RC01": "The bank's code is not right.",
    "RC04": "The payee's bank is not on this network.",
    "RR04": "A rule of the authorities does not allow it.",
    "TECH": "It failed for technical reasons.",
    "TM01": "It came after the network's cut-off.",
}


def sentence(code: str, said: str = "") -> str:
    """What the other side said, else what its code means; the code itself where nobody knows it."""
    return said or SENTENCES.get(code, code)
