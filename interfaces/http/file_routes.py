"""Files: taken in as they are sent, given out as they are read; neither is ever whole in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from application import files
from application.file_ports import OpenedFile
from application.files import FILE_NAME, MEDIA_TYPES
from interfaces.http.documents import problems
from interfaces.http.identity import Asking, Works
from interfaces.http.problems import Problem

router = APIRouter(prefix="/v1", tags=["files"])
SILENCE_SECONDS = 30.0
UPLOAD_SECONDS = 1_800.0
ENDINGS: Final = {
    "application/pdf": "pdf",
    "application/xml": "xml",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
}
BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
TAKEN = problems(400, 401, 403, 404, 408, 410, 413, 415, 422, 503)
GIVEN = {
    200: {"description": "The bytes", "content": dict.fromkeys(MEDIA_TYPES, BINARY)},
    **problems(401, 403, 404, 410, 422, 500, 503),
}


class FileTaken(BaseModel):
    """`file`: what an act names it by; `size` and `content` (SHA-256, hex) are of the bytes as sent."""

    file: str
    size: int
    media_type: str
    content: str


@router.post(
    "/files",
    status_code=201,
    response_model=FileTaken,
    responses=TAKEN,
    summary="Put a file, to be named in an act",
    openapi_extra={"requestBody": {"required": True, "content": dict.fromkeys(MEDIA_TYPES, BINARY)}},
)
async def put_file(
    request: Request,
    services: Works,
    identity: Asking,
    subject: Annotated[UUID, Query(description="The citizen whom it concerns: sealed under their key.")],
) -> FileTaken:
    """The body is the file, its Content-Type the media type. By the citizen themself, an officer or the
    portal. It is durable when this answers; no fact is recorded, so no Idempotency-Key is needed: a file
    that no act names is removed after some days."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        async with aclosing(_sent(request)) as chunks:
            found = await files.receive(services.files, identity, subject, media_type, chunks)
    except ClientDisconnect:
        raise Problem(400, "upload_broken_off") from None
    return FileTaken(file=found.file, size=found.size, media_type=found.media_type, content=found.content)


async def _sent(request: Request) -> AsyncGenerator[bytes, None]:
    """The body as it comes; whoever falls silent, or sends a little now and then, is not waited for."""
    stream, until = aiter(request.stream()), asyncio.get_running_loop().time() + UPLOAD_SECONDS
    while True:
        try:
            async with asyncio.timeout_at(until), asyncio.timeout(SILENCE_SECONDS):
                chunk = await anext(stream, None)
        except TimeoutError:
            raise Problem(408, "upload_broken_off") from None
        if chunk is None:
            return
        yield chunk


@router.get("/dossiers/{code:path}/files/{file}", responses=GIVEN, summary="A file of a dossier")
async def read_file(
    services: Works,
    identity: Asking,
    code: str,
    file: Annotated[str, Path(pattern=FILE_NAME)],
) -> Response:
    """Named by a fact of this dossier, for those who may read its history. A file that turns out damaged
    breaks off before its declared length."""
    opened = await files.of_dossier(services.files, services.dossiers, identity, code, file)
    name = f"{file[:16]}.{ENDINGS.get(opened.media_type, 'bin')}"
    return StreamingResponse(
        _given(opened),
        media_type=opened.media_type,
        headers={
            "Content-Length": str(opened.size),
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "ETag": f'"{file}"',
        },
    )


async def _given(opened: OpenedFile) -> AsyncGenerator[bytes, None]:
    async with aclosing(opened.chunks) as chunks:
        async for chunk in chunks:
            yield chunk
