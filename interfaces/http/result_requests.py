"""The bodies of the acts on a dossier's results, and what they share with those of other acts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from interfaces.http.bodies import ActBody, Code, Instant, Number

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(description="A file's name: 64 hex digits.")
]
ResultCode = Annotated[str, StringConstraints(pattern=r"^KQ\.[A-Z][0-9]{2}\.[0-9]{6}$")]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]


class IssueResult(ActBody):
    """`file`: put at `POST /v1/files` before. `replaces`: the version, in this dossier's stream, of the fact
    of the result that was wrong."""

    result_code: ResultCode
    number: Number | None = None
    form: Literal["electronic", "paper"]
    file: FileName | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    replaces: Version | None = None


class CheckSignature(ActBody):
    """`issued`: the version of the fact that issued the result; `bound_to`: the agency of the certificate;
    `certificate`: its serial number; `checker`: what checked."""

    issued: Version
    outcome: Literal["valid", "invalid", "unknown"]
    signed_at: Instant | None = None
    bound_to: UUID | None = None
    certificate: Number | None = None
    checker: Code


class LinkResult(ActBody):
    """`issued`: the version of the fact that issued the result, which is put into its owner's store."""

    issued: Version
