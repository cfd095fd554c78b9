"""Absence and delegation of officers, and the keys with which agencies sign: one POST each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from application import absences, agency_keys
from application.certificates import keys_of
from application.changing import Asked, Changed
from application.policy import allow
from interfaces.http import certificate_requests as bodies
from interfaces.http import parameters
from interfaces.http.commands import Commanded, CommandRoute, receipt
from interfaces.http.documents import COMMAND, READ
from interfaces.http.identity import Asking, Works
from interfaces.http.organisation_routes import OrganisationChanged
from interfaces.http.parameters import KnownAt
from interfaces.http.reading import Shown, json_answer

router = APIRouter(route_class=CommandRoute, prefix="/v1", tags=["organisation"])

Officer = Annotated[str, Path(max_length=64, description="The staff number, or the officer's id.")]
Agency = Annotated[str, Path(max_length=64, description="The agency's identifier.")]


def _answer(changed: Changed, location: str) -> Response:
    body = {"id": str(changed.id), "revision": changed.revision, "position": changed.position}
    return receipt(body, changed.position, location, 200, {"ETag": f'"{changed.revision}"'})


@router.post(
    "/officers/{id}/absent",
    summary="Say that an officer is absent",
    response_model=OrganisationChanged,
    responses=COMMAND,
)
async def absent(
    services: Works, identity: Asking, command: Commanded, id: Officer, body: bodies.Absent
) -> Response:
    """Set an officer absent: nobody gives them dossiers. By the officer, or a registrar."""
    asked = Asked(identity, command)
    done = await absences.set_absence(services.registry, asked, id, from_=body.from_, until=body.until)
    return _answer(done, "/v1/officers")


@router.post(
    "/officers/{id}/back",
    summary="Say that an officer is back",
    response_model=OrganisationChanged,
    responses=COMMAND,
)
async def back(
    services: Works, identity: Asking, command: Commanded, id: Officer, body: bodies.Back
) -> Response:
    """End an officer's absence."""
    done = await absences.end_absence(services.registry, Asked(identity, command), id, at=body.at)
    return _answer(done, "/v1/officers")


@router.post(
    "/officers/{id}/delegate",
    summary="Delegate a role",
    response_model=OrganisationChanged,
    responses=COMMAND,
)
async def delegate(
    services: Works, identity: Asking, command: Commanded, id: Officer, body: bodies.Delegate
) -> Response:
    """Let another officer act through one posting for a time; nothing delegated is passed on."""
    done = await absences.delegate(
        services.registry,
        Asked(identity, command),
        id,
        posting=body.posting,
        to=body.to,
        from_=body.from_,
        until=body.until,
    )
    return _answer(done, "/v1/officers")


@router.post(
    "/officers/{id}/end-delegation",
    summary="End a delegation",
    response_model=OrganisationChanged,
    responses=COMMAND,
)
async def end_delegation(
    services: Works, identity: Asking, command: Commanded, id: Officer, body: bodies.EndDelegation
) -> Response:
    """End a delegation before its time."""
    asked = Asked(identity, command)
    done = await absences.end_delegation(services.registry, asked, id, delegation=body.delegation, at=body.at)
    return _answer(done, "/v1/officers")


@router.get("/agencies/{identifier}/keys", responses=READ, dependencies=[Shown], summary="Its keys")
async def keys(services: Works, identity: Asking, identifier: Agency, known_at: KnownAt = None) -> Response:
    """Public keys with which the agency signs or signed; withdrawn ones too. Each says from when until
    when."""
    allow(identity, "read-handover", await services.reader.moment(fresh=True))
    moment = await services.reader.as_known(parameters.known_at(known_at))
    agency = moment.organisation.agency_by_identifier(identifier)
    return json_answer({"format": "hoso.keys.v1", "keys": keys_of(moment, agency.id)})


@router.post(
    "/agencies/{identifier}/name-key",
    summary="Name the key that an agency signs with",
    response_model=OrganisationChanged,
    responses=COMMAND,
)
async def name_key(
    services: Works, identity: Asking, command: Commanded, identifier: Agency, body: bodies.NameKey
) -> Response:
    """Name a key that the agency made and keeps."""
    done = await agency_keys.name_key(
        services.registry, Asked(identity, command), identifier, public_key=body.public_key
    )
    return _answer(done, "/v1/agencies")


@router.post(
    "/agencies/{identifier}/withdraw-key",
    summary="Withdraw the key of an agency",
    response_model=OrganisationChanged,
    responses=COMMAND,
)
async def withdraw_key(
    services: Works, identity: Asking, command: Commanded, identifier: Agency, body: bodies.WithdrawKey
) -> Response:
    """What is signed with the key from then on counts for nothing."""
    asked = Asked(identity, command)
    done = await agency_keys.withdraw_key(
        services.registry, asked, identifier, key_id=body.key_id, at=body.at
    )
    return _answer(done, "/v1/agencies")
