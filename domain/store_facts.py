"""The facts of the store of electronic documents of one person or organisation (kho quản lý dữ liệu điện tử
của tổ chức, cá nhân), as docs/events.md has them. Imported by `domain.document_store`.

A document is the outcome of a dossier's fact: a result that was linked, or a component that an agency found
in order. Its id follows from that fact, so that no fact is kept twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class DocumentKept(Fact):
    """A document of `kind` belongs to `owner`: made of the fact with version `dossier_version` of `dossier`,
    vouched for by the agency `issuer`, valid on the days [valid_from, valid_until). Without a file it
    is a result on paper."""

    TOPIC: ClassVar[str] = "store.document_kept.v1"
    CATEGORY: ClassVar[int] = Category.STORE

    document: UUID
    owner: UUID
    kept_as: str
    kind: str
    dossier: UUID
    dossier_version: int
    file: str | None
    media_type: str | None
    size: int | None
    content: PersonalText | None
    issuer: UUID
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, kw_only=True)
class DocumentWithdrawn(Fact):
    """The document counts no longer: nobody re-uses it, and its paper may be asked for again. `reason`: null
    where a check of its own dossier, recorded with this, says why."""

    TOPIC: ClassVar[str] = "store.document_withdrawn.v1"
    CATEGORY: ClassVar[int] = Category.STORE

    document: UUID
    ground: str
    reason: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class DocumentRead(Fact):
    """Somebody is about to get the document's content: recorded before the first byte is given. `dossier`:
    through which dossier in hand, null for the owner and for auditors."""

    TOPIC: ClassVar[str] = "store.document_read.v1"
    CATEGORY: ClassVar[int] = Category.READING

    document: UUID
    owner: UUID
    dossier: UUID | None
    purpose: str
