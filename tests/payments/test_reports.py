"""The pain.002 about a file: valid by the published schema, true about every line."""

import pytest
from lxml import etree

from bank.messages import schemas, xml
from bank.payments import reports
from tests.payments.conftest import Bank
from tests.payments.test_files import a_file, confirm, line_to, submit


def told(content: bytes, path: str) -> list[str]:
    root = etree.fromstring(content)
    steps = "/".join(f"{{{root.nsmap[None]}}}{step}" for step in path.split("/"))
    return [element.text for element in root.iterfind(f".//{steps}")]


@pytest.mark.parametrize(("version", "message"), [("03", "pain.002.001.03"), ("09", "pain.002.001.10")])
def test_a_report_at_every_stage(bank: Bank, version: str, message: str) -> None:
    lines = [line_to(bank, 1), line_to(bank, 2, bic="EQBLKENA")]
    file = submit(bank, a_file(bank, lines, version=version))
    checked = reports.status_report(file)
    paid = reports.status_report(confirm(bank, file, only_valid=True))
    for content in (checked, paid):
        raw = xml.prepared(content)
        assert schemas.document(raw)[1] == message
        assert schemas.faults(raw, message) == []
        assert told(content, "GrpSts") == ["PART"]
        assert told(content, "OrgnlEndToEndId") == ["E1", "E2"]
        assert told(content, "TxInfAndSts/StsRsnInf/Rsn/Cd") == ["RC01"]
    assert told(checked, "TxSts") == ["ACTC", "RJCT"]
    assert told(paid, "TxSts") == ["ACSC", "RJCT"]


def test_a_rejected_file_says_why(bank: Bank) -> None:
    content = reports.status_report(submit(bank, a_file(bank, [line_to(bank)], control_sum="1")))
    assert schemas.is_valid(xml.prepared(content))
    assert told(content, "GrpSts") == ["RJCT"]
    assert told(content, "OrgnlGrpInfAndSts/StsRsnInf/Rsn/Cd") == ["AM10"]
    assert told(content, "TxSts") == ["RJCT"]
