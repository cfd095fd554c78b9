"""Read a programme's list of procedures from a JSON document: {"format": "hoso.programme.v1", "programme":
word, "official_count": number, "valid_from": day, "valid_until": day or null, "source": text,
"codes": [...]}. Days are local. The first fault raises FileProblem."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from infra.document_entries import STRICT, Day, Text, checked, line_of
from infra.procedure_documents import ProcedureCode
from infra.reference_input import FileProblem, document

FORMAT = "hoso.programme.v1"
MAX_CODES = 20_000


@with_config(STRICT)
class Programme(TypedDict):
    """`official_count`: how many procedures whoever published the list says that it has."""

    format: Literal["hoso.programme.v1"]
    programme: Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,64}$")]
    official_count: Annotated[int, Field(ge=0, le=MAX_CODES)]
    valid_from: Day
    valid_until: Day | None
    source: Text
    codes: Annotated[list[ProcedureCode], Field(max_length=MAX_CODES)]


_PROGRAMME: TypeAdapter[Programme] = TypeAdapter(Programme)


def read_programme(path: Path) -> Programme:
    """The document; a code that comes a second time is refused."""
    content, text = document(path)
    form = content.get("format") if isinstance(content, dict) else None
    if form != FORMAT:
        line = line_of(text, "format") or 1
        raise FileProblem(path, line, f'the document must be an object with "format": "{FORMAT}".')
    found = checked(_PROGRAMME, path, text, content, "programme")
    seen: set[str] = set()
    for code in found["codes"]:
        if code in seen:
            raise FileProblem(path, line_of(text, code, last=True), f"the code {code} stands already above.")
        seen.add(code)
    return found
