"""What acts on a dossier's results bring with them: what stands in the owner's store changes in the same
append, and a signature that was not the holder's is put on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from application.acted import Acted
from application.ledger import Ledger
from application.refusals import NotFound
from domain import result_rules as rules
from domain.components import UNUSABLE
from domain.document_store import RESULT
from domain.dossier_results import Result
from domain.facts import Envelope, Personal, PersonalText
from domain.holding import holder
from domain.refusals import Refused, Rule, on_record

Json = dict[str, Any]


def keep_linked(ledger: Ledger, acted: Acted, envelope: Envelope) -> None:
    """Put the result that was just linked into its owner's store. Raises Refused."""
    dossier = acted.dossier
    result = next(found for found in dossier.results.values() if found.linked_by == dossier.version)
    assert dossier.owner is not None
    owner, content = dossier.owner, None
    if result.content is not None:
        text = _opened(ledger, result.content)
        if text is None:  # the owner's data were erased: there is nobody to keep it for
            raise Refused(rules.LINK_OWNER)
        owner = result.content.subject
        content = Personal(owner, text)
    store = acted.documents.of(owner)
    if store is None:  # it is sealed under a record that is no longer the owner's
        raise Refused(rules.LINK_OWNER)
    store.keep(
        envelope,
        owner=owner,
        kept_as=RESULT,
        kind=result.code,
        dossier=dossier.id,
        dossier_version=result.issued,
        issuer=result.agency or acted.holder,
        file=result.file,
        media_type=result.media_type,
        size=result.size,
        content=content,
        valid_from=result.valid_from,
        valid_until=result.valid_until,
    )


def withdraw_replaced(acted: Acted, envelope: Envelope) -> None:
    """Withdraw the document of the result that the one just issued replaces, so that nobody takes the wrong
    one meanwhile."""
    wrong = acted.dossier.results.get(acted.dossier.results[acted.dossier.version].replaces or 0)
    if wrong is not None:
        _withdraw(acted, envelope, wrong, "replaced")


def withdraw_invalid(acted: Acted, envelope: Envelope) -> None:
    """Withdraw the document of a linked result whose signature was just found invalid: it would not have been
    linked had that been known."""
    for result in acted.dossier.results.values():
        checked = result.checked
        if checked and checked.originator_version == acted.dossier.version and checked.outcome == "invalid":
            _withdraw(acted, envelope, result, UNUSABLE)


def _withdraw(acted: Acted, envelope: Envelope, result: Result, ground: str) -> None:
    for store in acted.documents.stores:
        made = store.made_of(acted.dossier.id, result.issued)
        if made is not None and made.withdrawn is None:
            store.withdraw(envelope, document=made.document, ground=ground, reason=None)


def _opened(ledger: Ledger, content: PersonalText) -> str | None:
    return content.text if isinstance(content, Personal) else ledger.keyring.open(content)


def not_kept(acted: Acted, name: str, fields: Json) -> tuple[Rule, ...]:
    """Of a checked signature: whether its certificate is bound to another agency than held the dossier when
    it was signed (unknown: when the result was issued), or to one that was not open then."""
    agency, result = fields.get("bound_to"), acted.dossier.results.get(fields.get("issued", 0))
    if name != "check-signature" or agency is None or result is None:
        return ()
    organisation = acted.moment.organisation
    known = organisation.agencies.get(agency)
    if known is None:
        raise NotFound("unknown_agency", f"there is no agency {agency}: name one of GET /v1/agencies")
    then = fields.get("signed_at") or result.issued_at
    held = holder(acted.history, organisation.steps, then) if acted.history else None
    by_holder = agency == (held.agency if held else acted.holder)
    if by_holder and organisation.agency_open_at(known, then):
        return ()
    return on_record(rules.SIGNED_FOR_HOLDER)


def shown(results: Sequence[Result], *, files: bool) -> list[Json]:
    """Each result with what is recorded of it: what is null was not recorded. No digest of what is in it.
    `files`: whether its file and document are named; else they are null."""
    return [_shown(result, files) for result in results]


def _shown(result: Result, files: bool) -> Json:
    checked = result.checked
    linked = (
        {"document": result.document if files else None, "at": result.linked_at} if result.document else None
    )
    signature = None
    if checked is not None:
        signature = {
            "outcome": checked.outcome,
            "signed_at": checked.signed_at,
            "bound_to": checked.bound_to,
            "certificate": checked.certificate,
            "checker": checked.checker,
            "checked_at": checked.envelope.occurred_at,
            "anomaly": rules.SIGNED_FOR_HOLDER.id in checked.envelope.rules,
        }
    return {
        "issued": result.issued,
        "issued_at": result.issued_at,
        "agency": result.agency,
        "result_code": result.code,
        "number": result.number,
        "form": result.form,
        "file": result.file if files else None,
        "media_type": result.media_type,
        "size": result.size,
        "valid_from": result.valid_from,
        "valid_until": result.valid_until,
        "signature": signature,
        "linked": linked,
        "replaces": result.replaces,
        "replaced_by": result.replaced_by,
    }
