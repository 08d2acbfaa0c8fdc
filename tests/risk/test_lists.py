"""Loading lists: formats, versions, refusals."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from bank.risk import errors
from bank.risk.models import WatchEntry, WatchList
from bank.risk.screening.formats import ofac, plain
from bank.risk.screening.names import Kind
from bank.runtime.models import OutboxMessage
from tests.risk.conftest import ALL, LADIN, SAVANNA, Load

SDN = (
    b'6365,"BIN LADIN, Usama","individual","SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b'"DOB 30 Jul 1957; alt. DOB 1958; POB Jeddah, Saudi Arabia; nationality Saudi Arabia."\r\n'
    b'7001,"SAVANNA ARMS TRADING CO. LTD.",-0- ,"SDNT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    b"\"a.k.a. 'SATCO'.\"\n"
    b'7003,"OCEAN STAR","vessel","IRAN",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n\x1a'
)
ALT = b'6365,11,"aka","BIN LADEN, Osama",-0- \r\n7001,12,"fka","SAVANNA GUNS",-0- \r\n'
ADD = b'7001,13,"1 Acacia Road","Nairobi","Kenya",-0- \r\n'


def test_ofacs_own_files_are_read() -> None:
    ladin, savanna, star = ofac.read(SDN, ALT, ADD)
    assert (ladin.key, ladin.kind, ladin.aliases) == ("6365", Kind.PERSON, ("BIN LADEN, Osama",))
    assert (ladin.births, ladin.countries) == (("1957-07-30", "1958"), ("SA",))
    assert (savanna.kind, savanna.countries) == (Kind.ORGANISATION, ("KE",))
    assert savanna.aliases == ("SAVANNA GUNS", "SATCO")
    assert (star.kind, star.remarks) == (Kind.VESSEL, "")


def test_the_plain_csv_is_read() -> None:
    (entry,) = plain.read_csv(
        b"key,kind,name,aliases,births,countries\n"
        b"P-1,PERSON,Amina Otieno,A. Otieno; Amina O.,1970-02-03;1971,Kenya;TZ\n"
    )
    assert entry.aliases == ("A. Otieno", "Amina O.")
    assert (entry.births, entry.countries) == (("1970-02-03", "1971"), ("KE", "TZ"))


@pytest.mark.parametrize(
    "content",
    [b"", b"key,name\n1,x\n", b"key,kind,name\n1,ALIEN,x\n", b"key,kind,name\n,PERSON,x\n", b"\xff\xfe\x00"],
)
def test_a_csv_that_does_not_fit_is_refused(content: bytes) -> None:
    with pytest.raises(errors.ListUnreadable):
        plain.read_csv(content)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"entries": 5}', b'{"entries": [{}]}', b"[" * 100_000])
def test_json_that_does_not_fit_is_refused(content: bytes) -> None:
    with pytest.raises(errors.ListUnreadable):
        plain.read_json(content)


def test_the_command_loads_once(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in (("SDN.CSV", SDN), ("ALT.CSV", ALT), ("ADD.CSV", ADD)):
        (tmp_path / name).write_bytes(content)
    files = [str(tmp_path / name) for name in ("SDN.CSV", "ALT.CSV", "ADD.CSV")]
    for _time in range(2):
        call_command("load_watch_list", "OFAC-SDN", "SANCTIONS", *files)
    assert "3 new" in capsys.readouterr().out
    assert (WatchList.objects.count(), WatchEntry.objects.count()) == (1, 3)
    assert OutboxMessage.objects.filter(topic="risk.WatchListLoaded").count() == 1


def test_a_broken_file_changes_nothing(in_force: WatchList, tmp_path: Path) -> None:
    (tmp_path / "SDN.CSV").write_bytes(SDN[:300] + b"\n1,2\n")
    with pytest.raises(CommandError, match="line"):
        call_command("load_watch_list", "OFAC-SDN", "SANCTIONS", str(tmp_path / "SDN.CSV"))
    with pytest.raises(CommandError):
        call_command("load_watch_list", "OFAC-SDN", "SANCTIONS", str(tmp_path / "absent.csv"))
    assert WatchEntry.objects.filter(left_with__isnull=True).count() == len(ALL)


def test_a_new_version_keeps_what_did_not_change(in_force: WatchList, load: Load) -> None:
    before = {entry.key: entry.pk for entry in WatchEntry.objects.all()}
    changed = type(SAVANNA)("7001", Kind.ORGANISATION, "SAVANNA ARMS LTD.")
    version = load(LADIN, changed)
    assert (version.added, version.changed, version.removed) == (0, 1, 1)
    now = {entry.key: entry.pk for entry in WatchEntry.objects.filter(left_with__isnull=True)}
    assert now["6365"] == before["6365"]
    assert now["7001"] != before["7001"]
    assert list(WatchList.objects.filter(is_current=True)) == [version]


def test_a_list_that_shrank_is_taken_for_a_broken_file(in_force: WatchList, load: Load) -> None:
    with pytest.raises(errors.ListTooSmall):
        load(LADIN, may_shrink=False)
    assert WatchEntry.objects.filter(left_with__isnull=True).count() == len(ALL)


def test_a_number_occurs_once(load: Load) -> None:
    with pytest.raises(errors.ListUnreadable):
        load(LADIN, LADIN)
