"""The bodies of the acts on a dossier's papers: see `interfaces.http.act_requests`."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from interfaces.http.bodies import ActBody, Code, ComponentId, Instant, Number, Text
from interfaces.http.result_requests import Digest, FileName


class UploadComponent(ActBody):
    """`file`: one that was put at POST /v1/files, sealed under the dossier's owner."""

    component: ComponentId
    file: FileName


class DigitiseComponent(UploadComponent):
    """`digitised_by`, `digitised_at` absent: the officer who asks, now. `mark`: of the conversion."""

    form: Literal["original", "certified", "copy"]
    mark: Number | None = None
    digitised_by: UUID | None = None
    digitised_at: Instant | None = None


class ReuseComponent(ActBody):
    """`document`: one of the store of the dossier's owner."""

    component: ComponentId
    document: UUID


class CheckComponent(ActBody):
    """`provided`: the version, in this dossier's stream, of the one fact that is looked at; absent: all that
    provided the paper and was not found unusable."""

    component: ComponentId
    outcome: Literal["in_order", "unusable"]
    provided: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)] | None = None
    reason: Text | None = None


class RecordLookup(ActBody):
    """`file`: the answer as it was then."""

    source: Code
    outcome: Literal["found", "not_found", "unavailable", "inconsistent"]
    component: ComponentId | None = None
    result_digest: Digest | None = None
    looked_up_at: Instant | None = None
    file: FileName | None = None
