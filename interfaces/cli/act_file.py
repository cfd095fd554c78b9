"""The file of an act: read and checked before anything is decided, and each fault named with its line.

act = read_act(file)
with named_in(act):
    await handovers.draft(office, identity, act.content)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from application.refusals import Refusal, Refused
from interfaces.cli.errors import InFile
from interfaces.http.handover_requests import Draft
from interfaces.json_lines import Place, known_path, place_of, pointer_of, twice
from interfaces.wiring import FileProblem, document


@dataclass(frozen=True, slots=True)
class ActFile:
    """A file whose every field has been checked. `content`: as the application takes it."""

    path: Path
    text: str
    content: dict[str, Any]


def read_act(path: Path, form: type[BaseModel] = Draft) -> ActFile:
    """The document of a file as `form` has it. Raises FileProblem where it is no JSON, InFile for the first
    field that is wrong, in the order of the form."""
    try:
        content, text = document(path)
    except FileProblem as problem:
        if problem.line is None:
            raise
        raise InFile(path, Place(problem.line, 1), "", problem) from problem
    if again := twice(text):
        key, place = again
        raise InFile(
            path, place, "", FileProblem(path, place.line, f'the field "{key[:40]}" stands here twice.')
        )
    try:
        checked = form.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = known_path(content, first["loc"])
        pointer = pointer_of(where)
        place = place_of(text, pointer)
        field = ".".join(str(part) for part in where)[:200]
        reason = f"{field or 'the document'}: {first['msg']}."
        raise InFile(path, place, pointer, FileProblem(path, place.line, reason)) from error
    return ActFile(path, text, checked.model_dump(mode="json", by_alias=True))


@contextmanager
def named_in(act: ActFile) -> Iterator[None]:
    """Whatever is refused at a place of the document is refused at its line of the file."""
    try:
        yield
    except (Refused, Refusal) as refusal:
        if refusal.pointer is None:
            raise
        place: Place = place_of(act.text, refusal.pointer)
        raise InFile(act.path, place, refusal.pointer, refusal) from refusal
