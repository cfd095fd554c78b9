"""Limits of the published list that are in doubt: which nobody has decided yet, what was decided of them, and
deciding one."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from application.changing import Asked, Changed, Office, change
from application.moment import Moment
from application.organisation import Organisation
from application.refusals import BadRequest
from domain.facts import Envelope
from domain.procedure import Procedure, ProcedureVersion
from domain.procedure_doubts import limit_in, stated

Json = dict[str, Any]
LISTED, DECIDED, IN_DOUBT, NONE = "listed", "decided", "in_doubt", "none"


async def decide_limit(
    office: Office,
    asked: Asked,
    code: str,
    *,
    version: int,
    channel: str,
    case: str | None,
    limit_amount: int | None,
    limit_unit: str | None,
    basis: str,
) -> Changed:
    """Say what a limit in doubt is, as an officer with the registrar's role; amount and unit None: there is
    none. NotFound, NotAllowed, Refused (procedure.decide.doubtful, procedure.decide.news and others)."""

    async def find(moment: Moment) -> UUID:
        return moment.organisation.procedure_by_code(code).id

    def do(procedure: Procedure, envelope: Envelope, _: Moment) -> None:
        procedure.decide(
            envelope,
            version=version,
            channel=channel,
            case=case,
            limit_amount=limit_amount,
            limit_unit=limit_unit,
            basis=basis,
        )

    return await change(office, asked, "decide-limit", Procedure, find, do)


def listed_limit(
    organisation: Organisation, code: str, version: int, channel: str, case: str | None
) -> tuple[int, str]:
    """The limit as the list gives it, for whoever confirms it. NotFound, BadRequest (nothing_listed)."""
    known = organisation.procedure_by_code(code).versions.get(version)
    line = None if known is None else known.entry(channel, case)
    limit = None if line is None else limit_in(line)
    if limit is None:
        raise BadRequest(
            "nothing_listed",
            f"version {version} of {code} lists no amount with a unit for {channel}: give the limit and unit",
        )
    return limit


def undecided(organisation: Organisation, day: date, after: str, limit: int) -> list[Json]:
    """Procedures with limits in doubt that nobody has decided, by code after `after`: of the version in force
    on a local day and of those to come, each line with its reasons and with what the list says. Where a
    channel has cases with different limits and a dossier may name none, that is one more, with `cases`."""
    found: list[Json] = []
    known = sorted((p.code, p.id) for p in organisation.procedures.values() if p.code > after)
    for code, id_ in known:
        procedure = organisation.procedures[id_]
        current = procedure.version_at(day)
        versions = [
            v for n, v in sorted(procedure.versions.items()) if current is None or n >= current.number
        ]
        lines = [line for version in versions for line in _in_doubt(organisation, procedure, version)]
        if lines:
            found.append({"code": code, "name": versions[-1].name, "limits": lines})
        if len(found) == limit:
            break
    return found


def _in_doubt(organisation: Organisation, procedure: Procedure, version: ProcedureVersion) -> list[Json]:
    lines = [
        {"version": version.number, **line, "cases": None}
        for line in version.channels
        if limit_of_line(organisation, procedure, version, line)["state"] == IN_DOUBT
    ]
    waiting = {line["channel"] for line in lines}
    channels = dict.fromkeys(line["channel"] for line in version.channels)
    return lines + [
        _without_case(version, channel)
        for channel in channels
        if channel not in waiting and _waits_without_case(organisation, procedure, version, channel)
    ]


def _waits_without_case(
    organisation: Organisation, procedure: Procedure, version: ProcedureVersion, channel: str
) -> bool:
    """Whether a dossier that names no case waits for a decision; asked where no line of its channel does."""
    if version.entry(channel, None) is not None or not stated(version, channel, None).doubts:
        return False
    return organisation.decided_limits.of(procedure.id, version.number, channel, None) is None


def _without_case(version: ProcedureVersion, channel: str) -> Json:
    """What waits for a dossier of a channel that names no case: `cases` has the limit of each."""
    cases = [
        {name: line[name] for name in ("case", "limit_amount", "limit_unit")}
        for line in version.lines(channel)
    ]
    unknown = ("limit_amount", "limit_unit", "fee_vnd", "listed_time", "listed_unit", "listed_fee", "text")
    return {
        "version": version.number,
        "channel": channel,
        "case": None,
        **dict.fromkeys(unknown),
        "doubts": stated(version, channel, None).doubts,
        "cases": cases,
    }


def limit_of_line(
    organisation: Organisation, procedure: Procedure, version: ProcedureVersion, line: Json
) -> Json:
    """By what a clock starts: `state` (`listed`, `decided`, `in_doubt`, `none`), amount and unit; `basis`,
    `decided_at` and the `agency` for which somebody decided it."""
    said = stated(version, line["channel"], line.get("case"))
    if not said.doubts:
        amount, unit = said.limit or (None, None)
        return {"state": LISTED if said.limit else NONE, "amount": amount, "unit": unit}
    decided = organisation.decided_limits.of(procedure.id, version.number, line["channel"], said.case)
    if decided is None:
        return {"state": IN_DOUBT, "amount": None, "unit": None}
    return {
        "state": DECIDED,
        "amount": decided.limit_amount,
        "unit": decided.limit_unit,
        "basis": decided.basis,
        "decided_at": decided.envelope.occurred_at,
        "agency": decided.envelope.acting_agency,
    }
