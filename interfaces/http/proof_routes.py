"""Proofs of recorded facts, for whoever has no reason to trust who keeps them (docs/proof.md)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Response

from application import proving
from interfaces.http.documents import problems
from interfaces.http.identity import Asking, Works
from interfaces.http.reading import LARGEST_POSITION, Shown
from interfaces.proof_forms import Form, Given, given

router = APIRouter(prefix="/v1", tags=["proofs"])
TEXT: Final = {"schema": {"type": "string"}}
GIVEN = {
    200: {"description": "The proof", "content": {"text/plain": TEXT, "text/html": TEXT}},
    **problems(401, 403, 404, 409, 422, 503),
}
InForm = Annotated[
    Form,
    Query(
        description="`file`: C2SP tlog-proof; `compact`: lines for QR codes; `page`: the receipt slip for "
        "paper. These two are given before it is attested too (`Ledger-Attested: no`): not checkable yet."
    ),
]
Keys = Annotated[
    Literal["yes", "no"],
    Query(description="`no`: without the keys that open this fact's sealed fields. A page never has them."),
]


@router.get(
    "/dossiers/{code:path}/facts/{number}/proof",
    responses=GIVEN,
    dependencies=[Shown],
    summary="The proof of a dossier's fact",
)
async def of_dossier(
    services: Works,
    identity: Asking,
    code: str,
    number: Annotated[
        int, Path(ge=1, le=LARGEST_POSITION, description="Its version in the dossier's stream.")
    ],
    form: InForm = "file",
    keys: Keys = "yes",
) -> Response:
    """Of any fact, for those who may read the dossier's history, with the key of that one event. 409 with
    Retry-After while no checkpoint covers it."""
    material = await proving.of_dossier(services.proving, identity, code, version=number, keys=keys == "yes")
    return _answer(await given(services.proving, material, form))


@router.get("/facts/{position}/proof", responses=GIVEN, summary="The proof of the fact at a position")
async def of_position(
    services: Works,
    identity: Asking,
    position: Annotated[int, Path(ge=1, le=LARGEST_POSITION, description="Its position in the log.")],
    form: InForm = "file",
    keys: Keys = "yes",
) -> Response:
    """For who reads events: programs get no keys, and auditors those of facts whose history they may read.
    409 with Retry-After while no checkpoint covers it."""
    material = await proving.of_position(services.proving, identity, position, keys=keys == "yes")
    return _answer(await given(services.proving, material, form))


def _answer(made: Given) -> Response:
    return Response(
        made.content,
        media_type=made.media_type,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
            "Ledger-Attested": "yes" if made.attested else "no",
        },
    )
