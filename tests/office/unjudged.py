"""What somebody who goes around the application records of a dossier's papers and of stores: facts that no
rule judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.component_facts import ComponentReused
from domain.document_store import DocumentStore, document_id, store_stream
from domain.dossier_facts import SupplementRequested
from domain.dossier_supplement_facts import Allowance
from domain.facts import Actor, Envelope, Fact, Personal
from domain.store_facts import DocumentKept
from tests.office.asked_papers import known
from tests.office.world import Office

INTRUDER = Actor("system", "intruder")


async def recorded(
    office: Office, code: str, fact: type[Fact], *, done: datetime | None = None, **fields: Any
) -> int:
    """One fact of a dossier, recorded now, of something done then or now: its version."""
    found = await known(office, code)
    dossier, last = found.dossier, found.facts[-1].fact.envelope
    now = (await office.reader.moment(fresh=True)).now
    dossier.record(fact, replace(last, occurred_at=done or now), **fields)
    await office.opened.ledger.append(dossier)
    return dossier.version


async def asked(
    office: Office,
    code: str,
    paper: str,
    allowed: tuple[Allowance, ...] = (),
    done: datetime | None = None,
) -> None:
    dossier = (await known(office, code)).dossier
    await recorded(
        office,
        code,
        SupplementRequested,
        done=done,
        request=Personal(dossier.owner or dossier.id, "nộp lại"),
        components=(paper,),
        until=None,
        not_followed=None,
        allowed=allowed,
    )


async def reused(office: Office, code: str, component: str, document: UUID, **changed: Any) -> None:
    dossier = (await known(office, code)).dossier
    said: dict[str, Any] = {"kept_as": "component", "from_dossier": dossier.id, "from_version": 2} | changed
    await recorded(office, code, ComponentReused, component=component, document=document, **said)


async def kept(office: Office, owner: UUID, code: str, *, store_of: UUID | None = None, **said: Any) -> None:
    """A document, made of the dossier's first fact where nothing else is said, in the owner's store or in
    somebody else's."""
    found = await known(office, code)
    now = (await office.reader.moment(fresh=True)).now
    version = said.get("dossier_version", 1)
    none = dict.fromkeys(("file", "media_type", "size", "content", "valid_from", "valid_until"))
    own = {
        "document": document_id(found.dossier.id, version),
        "owner": owner,
        "kept_as": "component",
        "kind": "birth_extract",
        "dossier": found.dossier.id,
        "dossier_version": version,
        "issuer": found.held.agency,
    }
    store = await office.opened.ledger.load(DocumentStore, store_stream(store_of or owner))
    store.record(DocumentKept, Envelope(INTRUDER, now), **(none | own | said))
    await office.opened.ledger.append(store)
