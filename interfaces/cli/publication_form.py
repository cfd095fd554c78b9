"""The document of promulgations and postings (`hoso.publications.v1`), and what is said of them.

{"format": "hoso.publications.v1", "publications": [{procedure, version, decision_no, issuer, decided_on,
in_force_on, shortened, posted_on}]}: docs/publication.md. Days are local days, written 2025-07-01.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from application.publications import Published
from interfaces.cli.output import Done, plural
from interfaces.http.bodies import Body, Number

MOST = 20_000


def _written(value: object) -> object:
    """Only a day as text: a bare number would be taken for seconds since 1970."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("write a day as 2025-07-01")
    return value


Day = Annotated[date, BeforeValidator(_written)]


class Publication(Body):
    """One version. `posted_on` is left out until it is posted; `shortened` where it was not."""

    procedure: Annotated[str, StringConstraints(pattern=r"^[0-9]\.[0-9]{6}(\.[A-Z][0-9]{2})?$")]
    version: Annotated[int, Field(ge=1, le=100_000, strict=True)]
    decision_no: Number
    issuer: Literal["ministry", "province"]
    decided_on: Day
    in_force_on: Day
    shortened: Annotated[bool, Field(strict=True)] = False
    posted_on: Day | None = None


class Publications(Body):
    format: Literal["hoso.publications.v1"]
    publications: Annotated[list[Publication], Field(max_length=MOST)]


def entries_in(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The publications of a document that was read, with days as days."""
    return [entry.model_dump() for entry in Publications.model_validate(content).publications]


def recorded(done: Published) -> Done:
    """What `hoso procedures publication` says at its end."""
    document = {
        "promulgated": done.promulgated,
        "posted": done.posted,
        "known": done.known,
        "states": dict(done.states),
        "overdue": done.overdue,
    }
    news = (
        f"{plural(done.promulgated, 'promulgation')} and {plural(done.posted, 'posting')} recorded"
        if done.promulgated or done.posted
        else "Nothing new"
    )
    known = f", {plural(done.known, 'entry', 'entries')} known already" if done.known else ""
    states = done.states
    overdue = f" ({done.overdue:,} of them overdue)" if done.overdue else ""
    uncounted = (
        f" {states['not_counted']:,} cannot be judged before the calendar of the year is loaded"
        " (`hoso calendar load`)."
        if states["not_counted"]
        else ""
    )
    sentence = (
        f"{news}{known}. Of the file's versions {states['on_time']:,} were published on time,"
        f" {states['late']:,} late, {states['not_posted']:,} are not posted{overdue}.{uncounted}"
    )
    return Done(document, sentence)


def in_words(publication: Mapping[str, Any]) -> str:
    """A version's publication in a sentence."""
    state, posting = publication["state"], publication["posting"]
    if state == "unknown":
        return "Nothing is recorded of its promulgation."
    if state == "not_counted":
        return "Promulgated; whether in time needs a calendar that is not loaded (`hoso calendar load`)."
    late = [
        f"{word} {plural(step['days_late'], 'day')} late (due {step['due_on']})"
        for word, step in (("promulgated", publication["decision"]), ("posted", posting))
        if step is not None and step["state"] == "late"
    ]
    if state == "not_posted":
        overdue = posting["days_late"]
        since = f", {plural(overdue, 'day')} ago" if overdue else ""
        late.append(f"not posted yet (due {posting['due_on']}{since})")
    if not late:
        return f"Promulgated and posted on time, on {publication['posted_on']}."
    text = "; ".join(late)
    return f"{text[0].upper()}{text[1:]}."
