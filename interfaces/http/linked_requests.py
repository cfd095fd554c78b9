"""The bodies of requests about linked groups."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from application.linked import Declaration, StepSaid
from interfaces.http.bodies import Body, Channel, ComponentId, Components, Name, Reference, Text

StepName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,64}$")]
ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.]{1,40}$")]


class LinkedStepBody(Body):
    """One step. `agency`: who decides it; `owner`: whose dossier it is, absent: the first subject's;
    `procedure`, `case`: where the rules of the kind name none."""

    step: StepName
    agency: UUID
    owner: UUID | None = None
    procedure: ProcedureCode | None = None
    case: Name | None = None
    components: Components = Field(default=[])


class DeclareLinked(Body):
    """One declaration for several steps. `place`: the commune that counts, as CODE or CODE@DATE."""

    kind: Literal["birth", "death"]
    declarant: UUID
    subjects: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    channel: Channel
    place: Reference | None = None
    matter: Text | None = None
    steps: Annotated[list[LinkedStepBody], Field(min_length=1, max_length=20)]

    def said(self) -> Declaration:
        return Declaration(
            self.kind,
            self.declarant,
            tuple(self.subjects),
            self.channel,
            tuple(_step(step) for step in self.steps),
            self.place,
            self.matter,
        )


class BeginStep(Body):
    components: Components = Field(default=[])


class PassOn(Body):
    """`from_step`: whose corrected result is passed on."""

    from_step: StepName


class ReturnToIssuer(Body):
    """`found_at`: the step at which the error was found; `to_step`: the one that issued it; `component`: the
    paper of the former that is wrong."""

    found_at: StepName
    to_step: StepName
    component: ComponentId | None = None
    reason: Text


class Verify(Body):
    """`step`: whose agency has to verify something."""

    step: StepName
    reason: Text


def _step(body: LinkedStepBody) -> StepSaid:
    components: tuple[dict[str, Any], ...] = tuple(c.model_dump() for c in body.components)
    return StepSaid(body.step, body.agency, body.owner, body.procedure, body.case, components)
