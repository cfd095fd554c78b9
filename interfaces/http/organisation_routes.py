"""Changes of officers, units and agencies by a registrar, and of applicants: one POST each."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from application import citizen_changes
from application import organisation_acts as acts
from application.changing import Asked, Changed
from interfaces.http.commands import Commanded, CommandRoute, receipt
from interfaces.http.documents import COMMAND
from interfaces.http.identity import Asking, Works
from interfaces.http.organisation_requests import (
    ChangeAgency,
    ChangeContact,
    Dissolve,
    EndPosting,
    Post,
    Reinstate,
    Rename,
    Suspend,
    Verify,
)

router = APIRouter(route_class=CommandRoute, prefix="/v1", responses=COMMAND)

Officer = Annotated[str, Path(max_length=64, description="The staff number, or the officer's id.")]
Unit = Annotated[str, Path(max_length=64, description="CODE@DATE, or CODE of the unit valid now.")]
Agency = Annotated[str, Path(max_length=64, description="The agency's identifier.")]


class OrganisationChanged(BaseModel):
    id: UUID
    revision: int
    position: int


def _answer(changed: Changed, location: str) -> Response:
    body = {"id": str(changed.id), "revision": changed.revision, "position": changed.position}
    return receipt(body, changed.position, location, 200, {"ETag": f'"{changed.revision}"'})


def _of_officer(changed: Changed) -> Response:
    return _answer(changed, "/v1/officers")


@router.post("/officers/{id}/post", response_model=OrganisationChanged, tags=["organisation"])
async def post(services: Works, identity: Asking, command: Commanded, id: Officer, body: Post) -> Response:
    """Post an officer to a further agency."""
    who = Asked(identity, command)
    return _of_officer(
        await acts.post_officer(
            services.registry,
            who,
            id,
            agency=body.agency,
            roles=body.roles,
            from_=body.from_,
            until=body.until,
        )
    )


@router.post("/officers/{id}/end-posting", response_model=OrganisationChanged, tags=["organisation"])
async def end_posting(
    services: Works, identity: Asking, command: Commanded, id: Officer, body: EndPosting
) -> Response:
    """End one posting of an officer."""
    who = Asked(identity, command)
    return _of_officer(await acts.end_posting(services.registry, who, id, posting=body.posting, at=body.at))


@router.post("/officers/{id}/suspend", response_model=OrganisationChanged, tags=["organisation"])
async def suspend(
    services: Works, identity: Asking, command: Commanded, id: Officer, body: Suspend
) -> Response:
    """Suspend an officer: no posting counts from then on."""
    who = Asked(identity, command)
    return _of_officer(
        await acts.suspend_officer(services.registry, who, id, reason=body.reason, from_=body.from_)
    )


@router.post("/officers/{id}/reinstate", response_model=OrganisationChanged, tags=["organisation"])
async def reinstate(
    services: Works, identity: Asking, command: Commanded, id: Officer, body: Reinstate
) -> Response:
    """Reinstate an officer who was suspended."""
    who = Asked(identity, command)
    return _of_officer(await acts.reinstate_officer(services.registry, who, id, from_=body.from_))


@router.post("/units/{code}/rename", response_model=OrganisationChanged, tags=["territory"])
async def rename(services: Works, identity: Asking, command: Commanded, code: Unit, body: Rename) -> Response:
    """Give a unit another name from a day on; it stays the same unit."""
    who = Asked(identity, command)
    changed = await acts.rename_unit(
        services.registry, who, code, name=body.name, from_=body.from_, kind=body.kind, act=body.act
    )
    return _answer(changed, f"/v1/units/{quote(code, safe='@')}")


@router.post("/units/{code}/dissolve", response_model=OrganisationChanged, tags=["territory"])
async def dissolve_unit(
    services: Works, identity: Asking, command: Commanded, code: Unit, body: Dissolve
) -> Response:
    """End a unit without an act. One with heirs ends by a handover."""
    who = Asked(identity, command)
    changed = await acts.dissolve_unit(services.registry, who, code, until=body.until, reason=body.reason)
    return _answer(changed, f"/v1/units/{quote(code, safe='@')}")


@router.post("/agencies/{identifier}/change", response_model=OrganisationChanged, tags=["organisation"])
async def change_agency(
    services: Works, identity: Asking, command: Commanded, identifier: Agency, body: ChangeAgency
) -> Response:
    """Change an agency's name, address, hotline, hours or legal form from a day on."""
    who = Asked(identity, command)
    changes = body.model_dump(exclude={"from_"}, exclude_none=True)
    changed = await acts.change_agency(services.registry, who, identifier, changes=changes, from_=body.from_)
    return _answer(changed, "/v1/agencies")


@router.post("/agencies/{identifier}/dissolve", response_model=OrganisationChanged, tags=["organisation"])
async def dissolve_agency(
    services: Works, identity: Asking, command: Commanded, identifier: Agency, body: Dissolve
) -> Response:
    """End an agency without a handover; refused while it holds unfinished dossiers."""
    who = Asked(identity, command)
    changed = await acts.dissolve_agency(
        services.handovers, who, identifier, until=body.until, reason=body.reason
    )
    return _answer(changed, "/v1/agencies")


@router.post("/citizens/{id}/change-contact", response_model=OrganisationChanged, tags=["citizens"])
async def change_contact(
    services: Works, identity: Asking, command: Commanded, id: UUID, body: ChangeContact
) -> Response:
    """Record an applicant's new phone or address."""
    who = Asked(identity, command)
    changed = await citizen_changes.change_contact(
        services.citizens, who, id, phone=body.phone, address=body.address
    )
    return _answer(changed, f"/v1/citizens/{id}")


@router.post("/citizens/{id}/verify", response_model=OrganisationChanged, tags=["citizens"])
async def verify(services: Works, identity: Asking, command: Commanded, id: UUID, body: Verify) -> Response:
    """Record that an applicant's identity was verified."""
    who = Asked(identity, command)
    changed = await citizen_changes.verify_citizen(
        services.registry, who, id, level=body.level, source=body.source
    )
    return _answer(changed, f"/v1/citizens/{id}")
