"""Dossiers of procedures from the national list: loaded, decided, filed and accepted, in short verbs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from application.changing import Asked
from application.limit_decisions import decide_limit
from application.national_loads import ListLoaded, load_list
from application.policy import Identity
from infra.national_list import Listed
from tests.office.one_dossier import DESK, do
from tests.office.province import PROVINCE, SYSTEM
from tests.office.world import Office
from tests.reference.national import sample

BIRTH, LAND, EXTRACT = "1.001193", "1.013978", "2.000635"
BASIS = "Luật Hộ tịch 2014, Điều 16"


async def loaded(office: Office, listed: Sequence[Listed] | None = None, **more: Any) -> ListLoaded:
    return await load_list(office.registry, SYSTEM, listed or list(sample().values()), **more)


async def registrar(office: Office) -> Identity:
    posting = {"agency": PROVINCE, "roles": ["registrar"]}
    return await office.appointed({"number": "REG-1", "name": "Lê Thị Sổ", "postings": [posting]})


async def decide(office: Office, who: Identity, amount: int | None, code: str = BIRTH) -> None:
    await decide_limit(
        office.registry,
        Asked(who),
        code,
        version=1,
        channel="counter",
        case=None,
        limit_amount=amount,
        limit_unit="working_day" if amount else None,
        basis=BASIS,
    )


async def filed(office: Office, procedure: str = BIRTH) -> str:
    return (await office.filed(DESK, "07207", procedure, accept=False)).code


async def accepted(office: Office, procedure: str = BIRTH) -> str:
    code = await filed(office, procedure)
    await do(office, code, "accept")
    return code
