"""An office in which births and deaths are declared once for several agencies: the rules of the kinds, their
procedures, the year 2026 and office hours, and short verbs for what each agency does over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx

from application.catalogue_loads import load_calendar, load_hours, load_linked_rules, load_procedures
from application.policy import Identity
from interfaces.http.app import create_app
from interfaces.wiring import HOURS, LINKED_GROUPS, read_hours, read_linked_rules
from tests.http.client import Api, services_of
from tests.office.files_here import put
from tests.office.province import DISTRICT, OLD_DESKS, SYSTEM, calendar_2025, procedure_entry
from tests.office.world import open_office
from tests.support import Database

PORTAL = Identity("portal", "npsp")
JUSTICE, POLICE, INSURANCE = OLD_DESKS["07207"], OLD_DESKS["07210"], OLD_DESKS["07201"]
HOME = DISTRICT
CERTIFICATE, EXTRACT, REFUSAL = "KQ.G15.000031", "KQ.G15.000034", "KQ.G15.000067"
BIRTH, DEATH = "1.001193", "1.000656"
RESIDENCE, CARD, IDENTITY = "1.004222", "1.000009", "1.000010"
REMOVAL, PENSION, FUNERAL = "1.000011", "1.000012", "1.000013"
PASSED = {"birth": ("giay_khai_sinh", CERTIFICATE), "death": ("trich_luc_khai_tu", EXTRACT)}


def at(hour: int, minute: int = 0, day: int = 7) -> datetime:
    """An hour of Vietnam on a day of September 2026; the 7th is a Monday."""
    return datetime(2026, 9, day, hour - 7, minute, tzinfo=UTC)


def procedure(code: str, kind: str, amount: int, unit: str, result: str | None = None) -> dict[str, Any]:
    """One that takes what is passed on as its paper, or gives it (`result`)."""
    entry = procedure_entry("1.000001")
    (version, *_) = entry["versions"]
    component, document = PASSED[kind]
    line: dict[str, Any] = {"case": None, "limit_amount": amount, "limit_unit": unit, "fee_vnd": 0}
    version |= {
        "valid_from": date(2025, 1, 1),
        "channels": tuple({"channel": channel} | line for channel in ("online", "counter")),
        "terms": {"papers": [{"component": component, "kind": document, "required": True}]},
        "components": ({"id": component, "name": component, "copies": 1},),
    }
    if result is not None:
        version["results"] = ({"code": result, "name": "r"}, {"code": REFUSAL, "name": "từ chối"})
        version["terms"] = {"results": {"refusals": [REFUSAL]}}
        version["components"] = ({"id": "to-khai", "name": "tờ khai", "copies": 1},)
    return {"code": code, "versions": [version]}


PROCEDURES = (
    procedure(BIRTH, "birth", 24, "hour", CERTIFICATE),
    procedure(RESIDENCE, "birth", 2, "working_day"),
    procedure(CARD, "birth", 2, "working_day"),
    procedure(IDENTITY, "birth", 5, "working_day"),
    procedure(DEATH, "death", 24, "hour", EXTRACT),
    procedure(REMOVAL, "death", 1, "working_day"),
    procedure(PENSION, "death", 2, "working_day"),
    procedure(FUNERAL, "death", 18, "working_day"),
)


@dataclass
class LinkedOffice:
    api: Api

    async def declared(
        self, kind: str, steps: Mapping[str, tuple[str, str | None]], place: str = "07207"
    ) -> dict[str, Any]:
        """Declared by the portal: by step its agency and, where the rules name none, its procedure."""
        subject, declarant = await self.api.office.applicant("Bé"), await self.api.office.applicant()
        said = [
            {"step": step, "agency": str(await self.api.agency(agency)), "procedure": procedure}
            for step, (agency, procedure) in steps.items()
        ]
        people = {"declarant": str(declarant), "subjects": [str(subject)]}
        body = {"kind": kind, "channel": "online", "place": place, "steps": said} | people
        return await self.sent("", body, status=201)

    async def sent(
        self, path: str, body: dict[str, Any], who: Identity = PORTAL, status: int = 200
    ) -> dict[str, Any]:
        answer = await self.api.post(f"/v1/linked-groups{path}", body, who)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def begun(self, group: str, step: str, when: datetime) -> str:
        """The step's dossier, passed on then: its code."""
        await self.to(when)
        done = await self.sent(f"/{group}/steps/{step}/begin", {})
        code: str = done["codes"][step]
        return code

    async def does(
        self, agency: str, code: str, act: str, when: datetime | None = None, **body: Any
    ) -> dict[str, Any]:
        """One act by the agency's officer, who has read the dossier."""
        if when is not None:
            await self.to(when)
        who = self.api.office.officer(agency)
        revision = (await self.api.get(f"/v1/dossiers/{code}", who)).json()["revision"]
        answer = await self.api.post(f"/v1/dossiers/{code}/{act}", body, who, revision=revision)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def taken_up(self, agency: str, code: str, when: datetime) -> None:
        """Accepted and assigned."""
        await self.does(agency, code, "accept", when)
        await self.does(agency, code, "assign", officer=self.api.office.officer(agency).id)

    async def issued(self, agency: str, code: str, said: bytes, **changes: Any) -> int:
        """An electronic result of the dossier: the version of its fact."""
        who = self.api.office.officer(agency)
        owner = UUID((await self.api.get(f"/v1/dossiers/{code}", who)).json()["owner"])
        file = (await put(self.api.office, owner, said)).file
        body = {"form": "electronic", "file": file, **changes}
        done = await self.does(agency, code, "issue-result", **body)
        revision: int = done["revision"]
        return revision

    async def settled(self, agency: str, code: str, result: str, when: datetime) -> int:
        """Issued, completed, checked and linked: the version of the fact that issued it."""
        await self.to(when)
        issued = await self.issued(agency, code, b"ban chinh", result_code=result)
        await self.does(agency, code, "finish", outcome="granted", result_code=result)
        await self.does(agency, code, "link-result", issued=issued)
        return issued

    async def done(self, agency: str, code: str, when: datetime) -> None:
        """Completed, and returned at once."""
        await self.does(agency, code, "finish", when, outcome="granted")
        await self.does(agency, code, "return-result", way="vneid")

    async def view(self, group: str) -> dict[str, Any]:
        answer = await self.api.get(f"/v1/linked-groups/{group}", PORTAL)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def to(self, when: datetime) -> None:
        if when > (await self.api.office.reader.moment(fresh=True)).now:
            await self.api.office.move_clock(when)
        await self.api.office.reader.moment(fresh=True)


def step(view: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in view["steps"] if one["step"] == name)
    return found


@asynccontextmanager
async def open_linked(database: Database, *, rules: bool = True) -> AsyncIterator[LinkedOffice]:
    async with open_office(database) as office:
        await load_procedures(office.registry, SYSTEM, PROCEDURES)
        year = calendar_2025() | {"year": 2026, "days_off": ({"date": "2026-09-02", "name": "Quốc khánh"},)}
        await load_calendar(office.registry, SYSTEM, [year])
        await load_hours(office.registry, SYSTEM, read_hours(HOURS))
        if rules:
            await load_linked_rules(office.registry, SYSTEM, read_linked_rules(LINKED_GROUPS))
        services = services_of(office)
        app = create_app(services)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            linked = LinkedOffice(Api(office, services, app, http))
            await linked.to(at(8))
            yield linked
