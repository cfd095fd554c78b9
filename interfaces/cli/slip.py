"""`hoso slip`: a dossier's control slip, as offices keep it on paper."""

from __future__ import annotations

from typing import Annotated

import typer

from application.control_slip import OPEN, control_slip
from application.history import history
from interfaces.cli.options import Json, KnownAt, ValidAt, read_pair
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.registers import ShownRegisters


def show(
    code: Annotated[str, typer.Argument(help="The dossier's code.")],
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Show who handed a dossier to whom, and whether it was taken."""
    asked = read_pair(valid_at, known_at)

    async def work(call: Call) -> Done:
        services = call.services
        index = ShownRegisters(services.views)
        found = await history(services.dossiers, index, call.identity(), code, **asked)
        steps = control_slip(found)
        moment = await services.reader.moment(fresh=False)
        agencies = {a.id: a.identifier for a in moment.organisation.agencies.values()}
        rows = [
            (
                step["at"],
                step["step"],
                agencies.get(step["from_agency"]),
                agencies.get(step["to_agency"]),
                step["to_officer"],
                step["state"],
                step["taken_at"],
            )
            for step in steps
        ]
        columns = ("When", "Step", "From", "To", "Officer", "Hand", "Taken at")
        waiting = sum(step["state"] == OPEN for step in steps)
        told = f"{plural(waiting, 'hand')} not taken yet" if waiting else "nothing waits to be taken"
        document = {"code": found.code, "read_up_to": found.read_up_to, "steps": steps}
        sentence = (
            f"{plural(len(steps), 'step')} of {code}, {told}; as known at position {found.read_up_to:,}."
        )
        return Done(document, sentence, (table(*columns, rows=rows),))

    with_ledger("Reading the control slip", as_json, work)
