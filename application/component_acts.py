"""The acts on a dossier's papers: what the server adds to what the caller sent. What a file is stands in the
store of files, and which documents an owner has in the store of documents: both were read before."""

from __future__ import annotations

from uuid import UUID

from application.acted import Act, Acted, Fields, Prepared, sealed
from application.clocks import version_of
from application.refusals import BadRequest, NotFound


def _listed(acted: Acted, component: str | None) -> None:
    """A paper's id is one that the version lists. Raises Refused (procedure.lists, value.code_form)."""
    version = version_of(acted.dossier, acted.moment.organisation, acted.occurred_at)
    if version is not None and component is not None:
        version.judge_component("component", component)


def _upload(acted: Acted, fields: Fields) -> Prepared:
    _listed(acted, fields["component"])
    return Prepared(fields, acted.holder)


def _digitise(acted: Acted, fields: Fields) -> Prepared:
    """By the officer who asks, now, where nothing else is said."""
    _listed(acted, fields["component"])
    by = fields.get("digitised_by") or UUID(acted.acting.actor.id)
    if by not in acted.moment.organisation.officers:
        raise NotFound("unknown_officer", f"there is no officer {by}: name one of GET /v1/officers")
    at = fields.get("digitised_at") or acted.occurred_at
    own = {"digitised_by": by, "digitised_at": at}
    return Prepared(fields | own, acted.holder)


def _reuse(acted: Acted, fields: Fields) -> Prepared:
    _listed(acted, fields["component"])
    known = acted.asking().judge_reuse(fields["component"], fields["document"])
    return Prepared({"component": fields["component"], "known": known}, acted.holder)


def _check(acted: Acted, fields: Fields) -> Prepared:
    return Prepared(sealed(acted, fields, "reason"), acted.holder)


def _look_up(acted: Acted, fields: Fields) -> Prepared:
    _listed(acted, fields.get("component"))
    at = fields.get("looked_up_at")
    if at is not None and at > acted.moment.now:
        raise BadRequest(
            "in_the_future", "looked_up_at lies after the ledger's time: a look-up has been made"
        )
    return Prepared(fields, acted.holder)


COMPONENT_ACTS: dict[str, Act] = {
    "upload-component": Act(_upload, from_outside=True),
    "digitise-component": Act(_digitise),
    "reuse-component": Act(_reuse, from_outside=True),
    "check-component": Act(_check),
    "record-lookup": Act(_look_up, from_outside=True),
}
