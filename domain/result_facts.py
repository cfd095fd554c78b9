"""What is recorded of a dossier's results beside their return: issued, signature checked, linked to the
owner's store. Each is a fact of its own, absent until it is recorded. Imported through
`domain.dossier_results`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class ResultIssued(Fact):
    """The agency issued a result. `file`: its stored file, with kind, size in bytes and (sealed) SHA-256 of
    what is in it; null together. Valid on the days [valid_from, valid_until). `replaces`: the fact, by its
    version, of the result that was wrong."""

    TOPIC: ClassVar[str] = "dossier.result_issued.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    result_code: str
    number: str | None
    file: str | None
    media_type: str | None
    size: int | None
    content: PersonalText | None
    form: str
    valid_from: date | None
    valid_until: date | None
    replaces: int | None


@dataclass(frozen=True, kw_only=True)
class ResultSignatureChecked(Fact):
    """Somebody checked the digital signature of the result issued by the fact `issued`, and this is what the
    check said. `bound_to`: the agency to which the certificate is bound; `certificate`: its serial number;
    `checker`: which service or program checked."""

    TOPIC: ClassVar[str] = "dossier.result_signature_checked.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    issued: int
    outcome: str
    signed_at: datetime | None
    bound_to: UUID | None
    certificate: str | None
    checker: str


@dataclass(frozen=True, kw_only=True)
class ResultLinked(Fact):
    """The result issued by the fact `issued` stands in the owner's store as `document`."""

    TOPIC: ClassVar[str] = "dossier.result_linked.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    issued: int
    document: UUID
