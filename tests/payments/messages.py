"""Payment initiations to feed the bank with, in the two versions companies send most."""

from dataclasses import dataclass, field
from decimal import Decimal
from xml.sax.saxutils import escape

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


@dataclass
class Line:
    account: str = "1000000000009"
    amount: str = "100.00"
    currency: str = "KES"
    name: str = "Amina Otieno"
    end_to_end_id: str = "E2E-1"
    bic: str = "UMOJKENA"
    remittance: str = "Salary"
    iban: bool = False


@dataclass
class File:
    """A message of one part; ``count`` and ``control_sum`` are right unless given."""

    debtor_account: str
    lines: list[Line] = field(default_factory=list)
    version: str = "03"
    message_id: str = "MSG-1"
    requested: str = "2026-01-15"
    debtor: str = "Savanna Traders"
    count: str | None = None
    control_sum: str | None = None
    encoding: str = "UTF-8"
    prolog: str = ""

    def xml(self) -> bytes:
        bic = "BICFI" if int(self.version) >= 4 else "BIC"
        requested = f"<Dt>{self.requested}</Dt>" if int(self.version) >= 8 else self.requested
        count, control_sum = self.count or len(self.lines), self.control_sum or self._sum()
        body = "".join(_line(line, bic) for line in self.lines)
        text = (
            f'<?xml version="1.0" encoding="{self.encoding}"?>{self.prolog}'
            f'<Document xmlns="{NAMESPACE}pain.001.001.{self.version}"><CstmrCdtTrfInitn><GrpHdr>'
            f"<MsgId>{self.message_id}</MsgId><CreDtTm>2026-01-14T08:00:00</CreDtTm>"
            f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{control_sum}</CtrlSum>"
            f"<InitgPty><Nm>{escape(self.debtor)}</Nm></InitgPty></GrpHdr><PmtInf><PmtInfId>PART-1</PmtInfId>"
            f"<PmtMtd>TRF</PmtMtd><ReqdExctnDt>{requested}</ReqdExctnDt><Dbtr><Nm>{escape(self.debtor)}</Nm></Dbtr>"
            f"<DbtrAcct><Id><Othr><Id>{self.debtor_account}</Id></Othr></Id><Ccy>KES</Ccy></DbtrAcct>"
            f"<DbtrAgt><FinInstnId><{bic}>UMOJKENA</{bic}></FinInstnId></DbtrAgt>{body}"
            f"</PmtInf></CstmrCdtTrfInitn></Document>"
        )
        return text.encode(self.encoding)

    def _sum(self) -> str:
        return str(sum((Decimal(line.amount) for line in self.lines), Decimal(0)))


def _line(line: Line, bic: str) -> str:
    account = f"<IBAN>{line.account}</IBAN>" if line.iban else f"<Othr><Id>{line.account}</Id></Othr>"
    agent = f"<CdtrAgt><FinInstnId><{bic}>{line.bic}</{bic}></FinInstnId></CdtrAgt>" if line.bic else ""
    return (
        f"\n<CdtTrfTxInf><PmtId><EndToEndId>{line.end_to_end_id}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{line.currency}">{line.amount}</InstdAmt></Amt>{agent}'
        f"<Cdtr><Nm>{escape(line.name)}</Nm></Cdtr><CdtrAcct><Id>{account}</Id></CdtrAcct>"
        f"<RmtInf><Ustrd>{escape(line.remittance)}</Ustrd></RmtInf></CdtTrfTxInf>"
    )
