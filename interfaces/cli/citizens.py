"""`hoso citizens`: finding people, and filling what finds them.

What is looked for is read from standard input, never from the command line: that would leave names and
numbers in the shell's history and in the list of processes.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from application import citizen_search
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger

app = typer.Typer(help="Persons, organisations and household businesses: finding them.")

MOST_CHARACTERS = 400
COLUMNS = ("Id", "Kind", "Name", "Number ends", "Phone ends", "Identified in", "Merged into")


class By(StrEnum):
    number = "number"
    name = "name"
    phone = "phone"


@app.command()
def search(
    by: Annotated[By, typer.Option(help="What is looked for; it is read from standard input.")],
    as_json: Json = False,
) -> None:
    """Find citizens by number, whole name or phone, typed or piped in: at most 50, with what tells them
    apart."""
    if sys.stdin.isatty():
        print(f"Type the {by.value}, then Enter:", file=sys.stderr)
    text = sys.stdin.readline(MOST_CHARACTERS).strip()

    async def work(call: Call) -> Done:
        asked = citizen_search.Asked(**{by.value: text or None})
        found = await citizen_search.search(call.services.citizens, call.identity(), asked)
        return _found(found, by)

    with_ledger("Searching", as_json, work)


CHECK = {
    By.number: "look at the number again, digit by digit.",
    By.name: "is the name whole?",
    By.phone: "look at the phone again; one that was changed finds nobody any more.",
}


def _found(found: citizen_search.Json, by: By) -> Done:
    items = found["items"]
    if not items:
        return Done(found, f"Nobody is found: {CHECK[by]} Who was erased is not found either.")
    names = ("id", "kind", "name", "number_ends", "phone_ends", "identified_in", "merged_into")
    rows = [tuple(item[name] for name in names) for item in items]
    more = " There are more: look by number or phone." if found["more"] else ""
    return Done(found, f"{plural(len(items), 'record')} found.{more}", (table(*COLUMNS, rows=rows),))


@app.command()
def index(as_json: Json = False) -> None:
    """Fill what finds citizens from the log: once after an upgrade, and whenever somebody is not found who
    should be. Running it again changes nothing."""

    async def work(call: Call) -> Done:
        position, found, erased = 0, 0, 0
        async for read in citizen_search.index_all(call.services.citizens, call.identity()):
            position, found, erased = read
            call.working.at(position, None, "Reading the log")
        document = {"citizens": found, "erased": erased, "position": position}
        left_out = f"; {erased:,} were erased and stay unfound" if erased else ""
        sentence = f"{plural(found, 'citizen')} can be found, read to position {position:,}{left_out}."
        return Done(document, sentence)

    with_ledger("Filling the search", as_json, work)
