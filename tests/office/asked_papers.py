"""Two procedures that ask for the same kinds of papers under ids of their own, at offices of the small
province; and what is done to papers, in short verbs. No limits: no clock runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import date
from typing import Any
from uuid import UUID

from application.catalogue_loads import load_procedures
from application.dossiers import Known, load
from application.filing import Submission, submit
from application.needed import needed
from application.policy import Identity
from domain.dossier_facts import SupplementRequested
from domain.facts import Fact
from tests.office.province import FIVE_DAYS, OLD_DESKS, SYSTEM, procedure_entry
from tests.office.world import Office

BIRTH, LAND = "1.000009", "1.000010"
DESK, OTHER_DESK = OLD_DESKS["07207"], OLD_DESKS["07210"]
PLACES = {DESK: "07207", OTHER_DESK: "07210"}
REGISTER = "csdl_ho_tich"
PDF = b"%PDF-1.7 giay to"

BIRTH_PAPERS: tuple[dict[str, Any], ...] = (
    {"component": "to-khai", "required": True},
    {"component": "khai-sinh", "kind": "birth_extract"},
    {"component": "so-ho-khau", "kind": "household_book", "until": "2025-07-01"},
    {"component": "uy-quyen", "kind": "proxy", "cases": ["by proxy"], "required": True},
    {"component": "hon-thu", "kind": "marriage", "sources": [{"source": REGISTER, "since": "2026-01-01"}]},
)
LAND_PAPERS: tuple[dict[str, Any], ...] = (
    {"component": "ks-ban-sao", "kind": "birth_extract", "required": True},
    {"component": "trich-do", "kind": "plot"},
)


async def published(office: Office, code: str, papers: tuple[dict[str, Any], ...]) -> None:
    entry = procedure_entry("1.000001")
    entry["code"] = code
    (version, *_) = entry["versions"]
    line = FIVE_DAYS | {"limit_amount": None, "limit_unit": None}
    version |= {
        "terms": {"papers": list(papers)},
        "valid_from": date(2025, 1, 1),
        "channels": (line, line | {"case": "by proxy"}),
        "components": tuple(
            {"id": id, "name": id, "copies": 1} for id in dict.fromkeys(p["component"] for p in papers)
        ),
    }
    entry["versions"] = [version]
    await load_procedures(office.registry, SYSTEM, [entry])


async def both_published(office: Office) -> None:
    await published(office, BIRTH, BIRTH_PAPERS)
    await published(office, LAND, LAND_PAPERS)
    await office.reader.moment(fresh=True)


async def filed(
    office: Office,
    owner: UUID,
    procedure: str = BIRTH,
    *papers: str,
    desk: str = DESK,
    accept: bool = False,
    case: str | None = None,
    submitter: UUID | None = None,
) -> str:
    filing = Submission(
        procedure=procedure,
        channel="counter",
        owner=owner,
        submitter=submitter or owner,
        place=PLACES.get(desk),
        receiving_agency=await office.agency(desk),
        accept=accept,
        case=case,
        components=tuple({"id": id, "form": "original", "count": 1} for id in papers),
    )
    return (await submit(office.dossiers, office.officer(desk), filing, office.command())).code


async def a_file(office: Office, owner: UUID, content: bytes = PDF, media: str = "application/pdf") -> str:
    async def chunks() -> AsyncGenerator[bytes, None]:
        yield content

    return (await office.dossiers.files.put(owner, media, chunks())).file


async def known(office: Office, code: str) -> Known:
    return await load(office.dossiers, code, await office.reader.moment(fresh=True))


async def last_fact(office: Office, code: str) -> Fact:
    return (await known(office, code)).facts[-1].fact


async def do(
    office: Office, code: str, name: str, *, desk: str = DESK, who: Identity | None = None, **fields: Any
) -> None:
    """One act now, by the officer of a desk who has read the dossier."""
    revision = (await known(office, code)).dossier.version
    await office.act(who or office.officer(desk), code, name, revision, **fields)


async def upload(office: Office, code: str, owner: UUID, paper: str, desk: str = DESK) -> None:
    file = await a_file(office, owner)
    await do(office, code, "upload-component", desk=desk, component=paper, file=file)


async def ask(office: Office, code: str, *papers: str, desk: str = DESK) -> None:
    await do(office, code, "request-supplement", desk=desk, request="bổ sung giấy tờ", components=papers)


async def look_up(office: Office, code: str, paper: str, outcome: str, desk: str = DESK) -> None:
    await do(office, code, "record-lookup", desk=desk, source=REGISTER, outcome=outcome, component=paper)


async def check(office: Office, code: str, paper: str, outcome: str, desk: str = DESK) -> None:
    reason = None if outcome == "in_order" else "không đọc được"
    await do(office, code, "check-component", desk=desk, component=paper, outcome=outcome, reason=reason)


async def kept_for(office: Office, owner: UUID, desk: str = DESK) -> str:
    """A birth extract that came as a file with a dossier that was accepted: it stands in the store."""
    code = await filed(office, owner, BIRTH, "to-khai", desk=desk)
    await upload(office, code, owner, "khai-sinh", desk=desk)
    await do(office, code, "accept", desk=desk)
    return code


async def allowed(office: Office, code: str) -> list[tuple[str, str]]:
    fact = await last_fact(office, code)
    assert isinstance(fact, SupplementRequested)
    return [(one.component, one.ground) for one in fact.allowed]


async def standing(
    office: Office, procedure: str, owner: UUID, case: str | None = None
) -> dict[str, tuple[str, list[str]]]:
    found = await needed(office.dossiers, office.officer(DESK), procedure, owner=owner, case=case)
    return {paper["component"]: (paper["standing"], paper["why"]) for paper in found["papers"]}
