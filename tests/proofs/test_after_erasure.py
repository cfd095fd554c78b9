"""After an erasure no byte of who was erased is found anywhere, also by somebody who has the master key; and
every proof that was given out before still verifies, figures are what they were, and the audit is sound."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from application import stores
from application.changing import Asked
from application.citizen_changes import change_contact
from application.citizens import Identification, identify, read
from application.feed import Feed
from application.file_ports import FileErased
from application.filing import Submission, submit
from application.merging import merge
from application.policy import Identity
from application.proof_file import file_bytes
from application.proving import of_position, proof
from application.reading import state
from application.verifying import PROVEN
from application.voices import answer
from domain.dossier import Dossier
from domain.facts import Actor, Envelope, Personal
from infra.embedded import Cluster
from interfaces.proof_words import reading
from tests.office.asked_papers import BIRTH, DESK, a_file, both_published, do
from tests.office.erasures import by, erased
from tests.office.leftovers import everything, guessed, in_clear, opened_texts, wrapped_keys
from tests.office.people_unjudged import gave
from tests.office.province import SYSTEM
from tests.office.test_document_stores import themself
from tests.office.test_history import told as history_told
from tests.office.test_voice import complained, voices
from tests.office.world import Office
from tests.proofs.log_world import World
from tests.proofs.making import check

NUMBER, PHONE, NEW_PHONE = "024199077341", "0917340551", "0986120447"
NAME, TWIN = "Quàng Thị Xuyến Chi", "Quàng Thị X. Chi"
ADDRESS, NEW_ADDRESS = "Số 417 ngõ Bãi Sậy", "Thôn Phiêng Khoài, nhà thứ chín"
MATTER, NOTE, REASON = "xin lại khai sinh cho cháu Ỏn", "ghi hai lần ở Mai Sơn", "giấy mờ góc phải"
ASKED, COMPLAINT, TOLD = "thiếu sổ của bà Lường", "chờ mười một ngày ở xã", "đã nói lại với chị Chi"
WITHDRAWN, COMMENT = "cháu Ỏn về quê ngoại", "cán bộ Bó rất tốt"
PAPER, BROUGHT = "%PDF-1.7 to khai cua Xuyen Chi 0417", "%PDF-1.7 ho giup: Xuyen Chi 0418"
IMPORTED = "nộp thay cho bà Lò Mai Trắng"
TEXTS = [
    *(NUMBER, PHONE, NEW_PHONE, NAME, TWIN, ADDRESS, NEW_ADDRESS, MATTER, NOTE, REASON, ASKED, COMPLAINT),
    *(TOLD, WITHDRAWN, COMMENT, PAPER, BROUGHT),
]
OTHERS = "Vì Văn Còn Lại"
TABLES = ("status.flow", "status.dossier", "status.holding", "status.history")


class Life:
    """Of a person with two records, and of another who stays."""

    def __init__(self, world: World) -> None:
        self.world, self.office = world, world.office
        self.codes: list[str] = []

    async def lived(self) -> None:
        office = self.office
        await both_published(office)
        who = Identification("person", NAME, "personal_number", NUMBER, PHONE, ADDRESS)
        self.one = (await identify(office.citizens, SYSTEM, who)).id
        self.two = (await identify(office.citizens, SYSTEM, Identification("person", TWIN))).id
        self.other = (await identify(office.citizens, SYSTEM, Identification("person", OTHERS))).id
        portal = Asked(Identity("portal", "npsp"), office.command())
        await change_contact(office.citizens, portal, self.one, phone=NEW_PHONE, address=NEW_ADDRESS)
        registrar = await by(office)
        await merge(office.citizens, registrar, self.two, into=self.one, ground="registered_twice", note=NOTE)
        await gave(office, self.one, self.other, valid_from=(await self._today()), valid_until=None)
        await self._filed_for_themself()
        await self._brought_for_another()
        voice = await complained(office, by=self.one, text=COMPLAINT)
        await answer(voices(office), office.officer(DESK), voice, "upheld", TOLD)

    async def _today(self) -> Any:
        moment = await self.office.reader.moment(fresh=True)
        return moment.now.date()

    async def _filing(self, owner: UUID, submitter: UUID, matter: str | None, *papers: str) -> str:
        office = self.office
        filing = Submission(
            procedure=BIRTH,
            channel="counter",
            owner=owner,
            submitter=submitter,
            place="07207",
            receiving_agency=await office.agency(DESK),
            components=tuple({"id": id, "form": "original", "count": 1} for id in papers),
            matter=matter,
        )
        code = (await submit(office.dossiers, office.officer(DESK), filing, office.command())).code
        self.codes.append(code)
        return code

    async def _filed_for_themself(self) -> None:
        office = self.office
        code = await self._filing(self.two, self.one, MATTER, "to-khai")
        for paper in ("khai-sinh", "so-ho-khau"):
            file = await a_file(office, self.two, PAPER.encode())
            await do(office, code, "upload-component", component=paper, file=file)
        await do(office, code, "check-component", component="so-ho-khau", outcome="unusable", reason=REASON)
        await do(office, code, "accept")
        await do(office, code, "request-supplement", request=ASKED, components=("so-ho-khau",))
        await do(office, code, "withdraw", reason=WITHDRAWN)
        rated: dict[str, Any] = {"score": 2, "comment": COMMENT, "by": None}
        await do(office, code, "rate", who=themself(self.one), **rated)

    async def _brought_for_another(self) -> None:
        code = await self._filing(self.other, self.one, None, "to-khai")
        file = await a_file(self.office, self.one, BROUGHT.encode())
        await do(self.office, code, "upload-component", component="khai-sinh", file=file)
        await do(self.office, code, "withdraw")

    async def proofs(self) -> dict[int, bytes]:
        """Of every position, as files."""
        size = await self.world.attest()
        portal, proving = Identity("portal", "reports"), self.world.proving
        found = {}
        for position in range(1, size + 1):
            material = await of_position(proving, portal, position)
            found[position] = file_bytes(await proof(proving, material, reading))
        return found

    async def figures(self) -> dict[str, list[str]]:
        """Once the read models show all that is recorded."""
        await self.office.shown.shown((await self.office.reader.moment(fresh=True)).read_up_to)
        with psycopg.connect(self.office.database.app_dsn) as connection:
            return {
                table: sorted(row for (row,) in connection.execute(f"SELECT t::text FROM {table} t".encode()))  # noqa: S608
                for table in TABLES
            }

    async def read(self) -> list[Any]:
        """What the API's reads answer about them."""
        office, desk = self.office, self.office.officer(DESK)
        told: list[Any] = [await state(office.dossiers, desk, code) for code in self.codes]
        for code in self.codes:
            dossier = await office.opened.ledger.find("dossier_code", code)
            assert dossier is not None
            told.append(await history_told(office, dossier, desk))
        told.append(await read(office.citizens, office.dossiers, themself(self.one), self.one))
        feed = Feed(office.opened.ledger, office.reader, office.opened.recorder.ledger.ledger_id)
        return [*told, await feed.page(Identity("portal", "reports"), 0, 1000)]


@pytest.fixture
async def life(own_world: World) -> Life:
    found = Life(own_world)
    await found.lived()
    return found


TERMS = [("phone", NEW_PHONE), ("name", "quàng thị xuyến chi"), ("number", NUMBER)]


async def test_no_byte_of_who_was_erased_is_left_and_every_earlier_proof_verifies(
    life: Life, cluster: Cluster
) -> None:
    office = life.office
    before_proofs, before = await life.proofs(), await life.figures()
    could_be_had = await opened_texts(office)
    assert [text for text in TEXTS if text not in could_be_had] == [], "the life has all of these"
    assert guessed(office, cluster, NUMBER, TERMS) == [True] * 4
    assert wrapped_keys(office, cluster, [life.one, life.two, life.other]) == [True] * 3
    told = str(await life.read())
    assert NAME in told
    assert MATTER in told

    done = await erased(office, life.two, "authority_order")
    assert (done.dossiers, done.files) == (2, 3)
    assert done.finished is not None
    assert done.finished.files == 3

    assert in_clear(everything(office, cluster), TEXTS) == []
    left = await opened_texts(office)
    assert [text for text in TEXTS if text in left] == []
    assert OTHERS in left
    assert guessed(office, cluster, NUMBER, TERMS) == [False] * 4
    assert wrapped_keys(office, cluster, [life.one, life.two, life.other]) == [False, False, True]
    told = str(await life.read())
    assert [text for text in TEXTS if text in told] == []
    (document, *_) = await stores.listed(office.dossiers, themself(life.one), life.one, limit=9)
    with pytest.raises(FileErased):
        await stores.content(office.dossiers, themself(life.one), life.one, document["document"])

    for position, file in before_proofs.items():
        found = check(file, life.world.trust)
        assert found.answer == PROVEN, (position, found.problem)
    assert await life.figures() == before
    for position, file in (await life.proofs()).items():
        found = check(file, life.world.trust)
        assert found.answer == PROVEN, (position, found.problem)
    audit = await office.audited()
    assert audit.ok, audit.findings


async def test_an_imported_dossier_of_nobody_is_erased_by_itself(own_world: World, cluster: Cluster) -> None:
    office: Office = own_world.office
    moment = await office.reader.moment(fresh=True)
    agency = await office.agency(DESK)
    envelope = Envelope(Actor("system", "tests"), moment.now, None, agency, agency)
    dossier = Dossier.empty(UUID("01970000-0000-7000-8000-00000000abcd"))
    dossier.import_from(
        envelope,
        code="cu:17",
        source="old",
        case_id="17",
        attributes=({"key": "note", "type": "string", "value": Personal(dossier.id, IMPORTED)},),
        status=10,
    )
    claim = office.opened.ledger.claim("dossier_code", "cu:17", dossier.id)
    await office.opened.ledger.append(dossier, claims=[claim])
    assert IMPORTED in await opened_texts(office)
    done = await erased(office, dossier.id, "authority_order", "dossier")
    assert (done.subjects, done.dossiers) == (1, 1)
    assert IMPORTED not in await opened_texts(office)
    assert in_clear(everything(office, cluster), [IMPORTED]) == []
    assert (await office.audited()).ok
