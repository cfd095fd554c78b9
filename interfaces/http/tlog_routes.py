"""The log for everybody, as C2SP tlog-tiles has it: checkpoint, tiles, bundles of entries; and who signs it.

Each log has a place of its own for ever, `/tlog/<its number>`: tiles and bundles there never change, so that
caches may keep them; a checkpoint is kept for two seconds. Without the number it is the newest log, which
after a loss is another one, so caches keep that for some minutes only.
Nobody signs in, and these answers count in nobody's limit: they are made to be read by machines and mirrors.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from application.log_identity import Log, SigningKey
from application.tlog_serving import ServedLog
from interfaces.http.documents import answers, problems
from interfaces.http.identity import Works
from interfaces.http.problems import Problem
from interfaces.http.reading import json_answer
from interfaces.services import Services

router = APIRouter(prefix="/tlog", tags=["tlog"])

OCTETS = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
FOR_EVER = "public, max-age=31536000, immutable"
FOR_MINUTES = "public, max-age=300"
FOR_A_MOMENT = "public, max-age=2"
INDEX = re.compile(r"(?!x000/)(x[0-9]{3}/){0,6}[0-9]{3}(\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?")
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
LEVEL = re.compile(r"[0-9]|[1-5][0-9]|6[0-3]")
SMALL = 1_024
LARGE = 65_536
PRUNED = (
    "this tile or bundle lies below the minimum index {minimum} of the log (/tlog/minimum). Tiles above level"
    " 0 are there, proofs of every fact are made as before, and the operator has the entries"
)
MISSING = "the log has no such file: the sizes in its checkpoint say which there are"

FILE: dict[str, Any] = {"response_class": Response}
Index = Annotated[
    str,
    Path(
        max_length=64,
        description="The tile's index, `067` or `x001/067`; of a partial one with its width, `067.p/112`.",
    ),
]
Level = Annotated[str, Path(max_length=7, description="0 for the leaves, to 63.")]
Number = Annotated[
    str, Path(max_length=9, description="Which of the ledger's logs, as `GET /tlog/key` numbers them.")
]


@router.get(
    "/checkpoint",
    **FILE,
    responses={**problems(404, 503), **answers(TEXT, "A signed note: origin, size, root, signatures")},
    summary="The newest published checkpoint",
)
@router.head("/checkpoint", include_in_schema=False)
async def checkpoint(request: Request, services: Works) -> Response:
    """What is attested. Its signatures are verified with the keys of `/tlog/key`, better with ones that were
    had from somewhere else."""
    content = await _file(services, "checkpoint")
    return _answer(request, content, TEXT, FOR_A_MOMENT)


@router.get(
    "/{number}/checkpoint",
    **FILE,
    responses={**problems(404, 503), **answers(TEXT, "A signed note: origin, size, root, signatures")},
    summary="The newest published checkpoint of one log",
)
@router.head("/{number}/checkpoint", include_in_schema=False)
async def checkpoint_of(request: Request, services: Works, number: Number) -> Response:
    """As `/tlog/checkpoint`, of the log with this number; of one that was lost, the last that there was."""
    content = await _file(services, "checkpoint", number)
    return _answer(request, content, TEXT, FOR_A_MOMENT)


@router.get(
    "/tile/entries/{index:path}",
    **FILE,
    responses={**problems(404, 410, 503), **answers(OCTETS, "Entries, each after its length in two bytes")},
    summary="A bundle of entries",
)
@router.head("/tile/entries/{index:path}", include_in_schema=False)
async def entries(request: Request, services: Works, index: Index) -> Response:
    """256 entries of the log (docs/leaf-format.md), or so many as a partial one has; compressed where the
    caller takes gzip."""
    content = await _file(services, f"tile/entries/{_index(request, index)}")
    return await _compressed(request, content, FOR_MINUTES)


@router.get(
    "/{number}/tile/entries/{index:path}",
    **FILE,
    responses={**problems(404, 410, 503), **answers(OCTETS, "Entries, each after its length in two bytes")},
    summary="A bundle of entries of one log",
)
@router.head("/{number}/tile/entries/{index:path}", include_in_schema=False)
async def entries_of(request: Request, services: Works, number: Number, index: Index) -> Response:
    """As `/tlog/tile/entries/`, of the log with this number, for ever the same."""
    content = await _file(services, f"tile/entries/{_index(request, index)}", number)
    return await _compressed(request, content, FOR_EVER)


@router.get(
    "/tile/{level}/{index:path}",
    **FILE,
    responses={**problems(404, 410, 503), **answers(OCTETS, "Hashes of 32 bytes, one after the other")},
    summary="A tile of the tree",
)
@router.head("/tile/{level}/{index:path}", include_in_schema=False)
async def tile(request: Request, services: Works, level: Level, index: Index) -> Response:
    """256 hashes of one level, or so many as a partial one has. A partial one may be gone once the full one
    is there."""
    return _answer(request, await _file(services, _tile(request, level, index)), OCTETS, FOR_MINUTES)


@router.get(
    "/{number}/tile/{level}/{index:path}",
    **FILE,
    responses={**problems(404, 410, 503), **answers(OCTETS, "Hashes of 32 bytes, one after the other")},
    summary="A tile of the tree of one log",
)
@router.head("/{number}/tile/{level}/{index:path}", include_in_schema=False)
async def tile_of(request: Request, services: Works, number: Number, level: Level, index: Index) -> Response:
    """As `/tlog/tile/`, of the log with this number, for ever the same."""
    return _answer(request, await _file(services, _tile(request, level, index), number), OCTETS, FOR_EVER)


@router.get(
    "/minimum",
    **FILE,
    responses={**problems(404, 503), **answers(TEXT, "A decimal number and a line feed")},
    summary="The minimum index of the log",
)
@router.head("/minimum", include_in_schema=False)
async def minimum(request: Request, services: Works) -> Response:
    """The index of the first entry that is published; 0 where nothing was pruned. Tiles of level 0 and
    bundles that end at or before it answer 410."""
    return await _minimum(request, services, None)


@router.get(
    "/{number}/minimum",
    **FILE,
    responses={**problems(404, 503), **answers(TEXT, "A decimal number and a line feed")},
    summary="The minimum index of one log",
)
@router.head("/{number}/minimum", include_in_schema=False)
async def minimum_of(request: Request, services: Works, number: Number) -> Response:
    """As `/tlog/minimum`, of the log with this number."""
    return await _minimum(request, services, number)


@router.get("/key", responses=problems(404, 503), summary="Who signs the log")
@router.head("/key", include_in_schema=False)
async def key(services: Works) -> Response:
    """Every log of this ledger with its keys, in their clear form. A key signs checkpoints from `from_size`
    leaves on, and none of `until_size` or more. The newest log is the last."""
    logs = await _served(services).logs()
    if not logs:
        raise Problem(404, "log_not_opened")
    body = {"ledger_id": services.ledger_id, "logs": [_log(log) for log in logs]}
    return json_answer(body, {"Cache-Control": "public, max-age=60"})


def _log(log: Log) -> dict[str, Any]:
    return {
        "number": log.number,
        "prefix": f"/tlog/{log.number}",
        "origin": log.origin,
        "opened_position": log.opened,
        "lost_position": log.lost,
        "keys": [_key(one) for one in log.keys],
    }


def _key(one: SigningKey) -> dict[str, Any]:
    return {
        "key": str(one.key),
        "key_id": one.key.key_id.hex(),
        "from_size": one.from_size,
        "until_size": one.until_size,
        "withdrawn": one.ground,
    }


def _served(services: Services) -> ServedLog:
    if services.tlog is None:
        raise Problem(404, "not_found", MISSING)
    return services.tlog


def _index(request: Request, index: str) -> str:
    """Exactly as the format writes it: one name for each file, and none that leads elsewhere. The router lets
    a line break after the path go by."""
    if not INDEX.fullmatch(index) or request.scope["path"].endswith("\n"):
        raise Problem(404, "not_found", MISSING)
    return index


def _tile(request: Request, level: str, index: str) -> str:
    if not LEVEL.fullmatch(level):
        raise Problem(404, "not_found", MISSING)
    return f"tile/{level}/{_index(request, index)}"


async def _minimum(request: Request, services: Services, number: str | None) -> Response:
    found = await _served(services).minimum(_number(number))
    if found is None:
        raise Problem(404, "not_found", MISSING)
    return _answer(request, b"%d\n" % found, TEXT, FOR_A_MOMENT)


def _number(number: str | None) -> int | None:
    """None: the newest."""
    if number is None:
        return None
    if not NUMBER.fullmatch(number):
        raise Problem(404, "not_found", MISSING)
    return int(number)


async def _file(services: Services, path: str, number: str | None = None) -> bytes:
    """`number`: of the log; None: the newest."""
    served, of = _served(services), _number(number)
    content = await served.get(path, of)
    if content is None:
        if await served.pruned(path, of):
            raise Problem(410, "pruned", PRUNED.format(minimum=await served.minimum(of)))
        raise Problem(404, "not_found", MISSING)
    return content


def _answer(
    request: Request, content: bytes, media_type: str, kept: str, encoded: dict[str, str] | None = None
) -> Response:
    """The bytes, or 304 where the caller has them."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Cache-Control": kept, "ETag": tag, "X-Content-Type-Options": "nosniff", **(encoded or {})}
    has = request.headers.get("if-none-match", "")
    if has == "*" or tag in (one.strip().removeprefix("W/") for one in has.split(",")):
        return Response(None, 304, headers)
    return Response(content, 200, headers, media_type)


async def _compressed(request: Request, content: bytes, kept: str) -> Response:
    headers = {"Vary": "Accept-Encoding"}
    if len(content) >= SMALL and _takes_gzip(request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = "gzip"
        if len(content) > LARGE:
            content = await asyncio.to_thread(gzip.compress, content, 6, mtime=0)
        else:
            content = gzip.compress(content, 6, mtime=0)
    return _answer(request, content, OCTETS, kept, headers)


def _takes_gzip(accepted: str) -> bool:
    for one in accepted.lower().split(","):
        name, _, quality = one.partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0{0,3})?\s*", quality)
    return False
