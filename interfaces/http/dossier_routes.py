"""Dossiers: submit, act, read, history. One route per act, made from the table of acts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Response

from application import dossiers, filing, history, history_changes, opening, reading
from application.acts import ACTS
from application.control_slip import control_slip
from application.dossiers import Answer
from application.policy import Identity
from interfaces.http import act_requests, parameters, requests
from interfaces.http.bodies import ActBody
from interfaces.http.commands import Commanded, CommandRoute, IfMatch, Waits, recorded, revision_of
from interfaces.http.documents import COMMAND, READ, CommandAnswer, problems
from interfaces.http.identity import Asking, Works
from interfaces.http.parameters import KnownAt, Since, ValidAt
from interfaces.http.problems import Problem
from interfaces.http.reading import Shown, json_answer
from interfaces.registers import ShownRegisters

router = APIRouter(route_class=CommandRoute, prefix="/v1/dossiers", tags=["dossiers"])
MAX_CODE = 64

Handler = Callable[..., Awaitable[Response]]


@router.post("", status_code=201, response_model=CommandAnswer, responses=COMMAND, summary="Submit a dossier")
async def submit(
    services: Works, identity: Asking, command: Commanded, body: requests.Submit, waiting: Waits
) -> Response:
    """At the counter (`accept`), receipt and acceptance are one act."""
    submission = filing.Submission(**body.said() | {"submitter": body.submitter or body.owner})
    answer = await filing.submit(services.dossiers, identity, submission, command)
    return await recorded(answer, waiting, 201)


@router.post(
    "/open", status_code=201, response_model=CommandAnswer, responses=COMMAND, summary="Open a dossier"
)
async def open_dossier(
    services: Works, identity: Asking, command: Commanded, body: requests.Open, waiting: Waits
) -> Response:
    """A proactive service: the agency begins it without a submission, and accepts it in the same act. By an
    officer of the agency that receives."""
    opened = opening.Opening(**body.said())
    answer = await opening.open_dossier(services.dossiers, identity, opened, command)
    return await recorded(answer, waiting, 201)


def _of_officer(name: str, body_model: type[ActBody]) -> Handler:
    """The route of an act that an officer does: it carries the revision that the officer read."""

    async def route(
        services: Works,
        identity: Asking,
        command: Commanded,
        waiting: Waits,
        code: str,
        body: Any,
        if_match: IfMatch = None,
    ) -> Response:
        revision = revision_of(if_match)
        return await recorded(await _act(services, identity, code, name, body, command, revision), waiting)

    route.__annotations__["body"] = body_model
    return route


def _from_outside(name: str, body_model: type[ActBody]) -> Handler:
    """The route of a fact reported from outside: there is no form that could be stale, and no If-Match."""

    async def route(
        services: Works, identity: Asking, command: Commanded, waiting: Waits, code: str, body: Any
    ) -> Response:
        return await recorded(await _act(services, identity, code, name, body, command, None), waiting)

    route.__annotations__["body"] = body_model
    return route


async def _act(
    services: Works,
    identity: Identity,
    code: str,
    name: str,
    body: ActBody,
    command: Commanded,
    revision: int | None,
) -> Answer:
    fields = act_requests.fields_of(body)
    if name == "take" and fields["officer"] is None:
        fields["officer"] = _own_id(identity)
    return await dossiers.act(
        services.dossiers,
        identity,
        code,
        name,
        fields,
        command=command,
        revision=revision,
        occurred_at=body.occurred_at,
    )


def _own_id(identity: Identity) -> UUID:
    if identity.kind != "officer" or identity.uuid is None:
        raise Problem(422, "invalid_request", "body/officer: name the officer who takes the dossier over")
    return identity.uuid


def _of_act(name: str, *, from_outside: bool) -> str:
    """What the OpenAPI document says of an act: what all have, then what its body says of its fields."""
    how = "reported from outside: no If-Match is needed" if from_outside else "If-Match has the revision read"
    own = act_requests.ACT_BODIES[name].__dict__.get("__doc__") or ""
    return f"One fact of the dossier is recorded, or the rule is named that forbids it; {how}. {own}".strip()


def _add_acts() -> None:
    for name, act in ACTS.items():
        make = _from_outside if act.from_outside else _of_officer
        router.add_api_route(
            f"/{{code:path}}/{name}",
            make(name, act_requests.ACT_BODIES[name]),
            methods=["POST"],
            name=name,
            operation_id=f"dossier_{name.replace('-', '_')}",
            summary=f"Act: {name}",
            description=_of_act(name, from_outside=act.from_outside),
            response_model=CommandAnswer,
            responses=COMMAND if act.from_outside else {**COMMAND, **problems(428)},
        )


_add_acts()


@router.post("/{code:path}/{act}", include_in_schema=False)
async def unknown_act(act: str) -> Response:
    raise Problem(404, "unknown_act", f"there is no act {act[:40]!r}: one of {', '.join(ACTS)}")


@router.get("/{code:path}/history", responses=READ, dependencies=[Shown], summary="Every fact of a dossier")
async def read_history(
    services: Works,
    identity: Asking,
    code: str,
    known_at: KnownAt = None,
    valid_at: ValidAt = None,
    since: Since = None,
) -> Response:
    """Who did what, when, through which posting, for which agency, under which version of the procedure, by
    which rules; erased text is null. With `valid_at`: only what had happened by then. With `since`: only what
    was recorded after it, and in `changes` which properties of the dossier are otherwise. With transfers,
    answers, inventories of paper originals, and obstacles that name the dossier: these are shown up to
    `obstacles_up_to`."""
    asked = parameters.pair(valid_at, known_at)
    after = parameters.since(since)
    changed = None
    if after is not None:
        changed = await history_changes.changes(
            services.dossiers, identity, code, since=after, **asked.said()
        )
    found = await history.history(
        services.dossiers,
        ShownRegisters(services.views),
        identity,
        code,
        since=after,
        **asked.said(),
    )
    body = {
        "code": found.code,
        "dossier": found.dossier,
        "read_up_to": found.read_up_to,
        "obstacles_up_to": found.obstacles_up_to,
        "obstacles_left_out": found.obstacles_left_out,
        "linked": found.linked,
        "facts": list(found.entries),
        "changes": changed,
    }
    return json_answer(body, {"Ledger-Position": str(found.read_up_to)})


@router.get(
    "/{code:path}/control-slip", responses=READ, dependencies=[Shown], summary="Who handed it to whom"
)
async def read_slip(
    services: Works, identity: Asking, code: str, valid_at: ValidAt = None, known_at: KnownAt = None
) -> Response:
    """The control slip: each hand from agency to agency and officer to officer, and whether it was taken."""
    index, asked = ShownRegisters(services.views), parameters.pair(valid_at, known_at)
    found = await history.history(services.dossiers, index, identity, code, **asked.said())
    return json_answer(
        {"code": found.code, "read_up_to": found.read_up_to, "steps": control_slip(found)},
        {"Ledger-Position": str(found.read_up_to)},
    )


@router.get("/{code:path}", responses=READ, dependencies=[Shown], summary="A dossier")
async def read(
    services: Works, identity: Asking, code: str, valid_at: ValidAt = None, known_at: KnownAt = None
) -> Response:
    """State, holder, due date and remaining time, at the ledger's time. The ETag is what If-Match wants. With
    `valid_at` or `known_at`: as it was then, made from the log; `known_at` is answered as a position, and
    there is no ETag. `holder` is null before the ledger had it."""
    asked = parameters.pair(valid_at, known_at)
    state = await reading.state(services.dossiers, identity, code, **asked.said())
    location = f"/v1/dossiers/{quote(state['code'], safe='')}"
    if state["known_at"] is not None:
        return json_answer(state, {"Ledger-Position": str(state["known_at"])})
    return json_answer(state, {"ETag": f'"{state["revision"]}"', "Content-Location": location})
