"""What the OpenAPI document says of parameters that mean the same wherever they stand, said once. A route
that says more of its own parameter keeps that."""

from __future__ import annotations

from typing import Any, Final

PARAMETERS: Final = {
    "id": "The id that this thing was given when it was recorded.",
    "code": "The code as it is written on the slip or in the list; `/` may stand as it is.",
    "part": "The part's id, as the act lists it.",
    "document": "The document's id, as the list of the store shows it.",
    "obstacle": "The obstacle's id, as the list of obstacles shows it.",
    "step": "The step's name, as the group's rules name it.",
    "mandate": "The mandate's id, as it was answered when it was given.",
    "file": "The file's name: 64 hexadecimal digits, as a fact of the dossier names it.",
    "name": "The name, as the list shows it.",
    "agency": "The agency's id; in a query: only what concerns this one.",
    "limit": "At most so many entries.",
    "status": "Only dossiers of this status, 1 to 10.",
    "level": "Only units of this level.",
    "parent": "Only units right below the one with this code.",
    "unit": "Only what belongs to the unit with this code.",
    "channel": "Only what is filed by this channel.",
    "case": "The case that the procedure names.",
    "box": "Only what lies in the box with this name.",
}


def describe(document: dict[str, Any]) -> None:
    """Fill in what the routes left open."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                known = PARAMETERS.get(parameter["name"])
                if known is not None:
                    parameter.setdefault("description", known)
