"""Write docs/events.md from docs/schemas/*.json and docs/events.template.md, and each schema in its one form.

    python -m tools.make_events            write what is not as it should be
    python -m tools.make_events --check    write nothing; exit code 1 and a sentence where something is not

A schema describes the whole payload of one topic: by reference to payload.json what all have, and `data`,
whose fields stand in the order in which they are stored. What the tables of the document say besides stands
under `x-hoso`: `section` and `order` (which table, which place in it), `read_as` (of an older version: the
topic as which it is read), `holder` (true: the fact sets the holder), `of_dossier` (true: the feed names the
dossier), `note`, and what the further columns hold: `act`, `status`, `stream`. What the API serves of the
schemas (tools/feed_schemas.py) is made at the same time. Standard library alone: it needs nothing installed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.feed_schemas import Json, feed_file

DOCS = Path(__file__).resolve().parent.parent / "docs"
SCHEMAS = DOCS / "schemas"
TEMPLATE = DOCS / "events.template.md"
DOCUMENT = DOCS / "events.md"
FEED = Path("interfaces", "http", "feed_schemas.json")
PAYLOAD = "payload"
HEADER = (
    "<!-- Made by tools/make_events.py from docs/events.template.md and docs/schemas/*.json:"
    " change those, then `make events`. -->\n\n"
)
TABLE = re.compile(r"^<!-- table (\w+): (.+) -->$")
VALUES = "<!-- values -->"
KINDS = ("id", "instant", "date", "personal", "text", "int", "object")  # of payload.json; others name values
EXPANDED = 4  # objects nested less deeply stand on several lines: each field has its own


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the document writes it: `name` as stored; `kind`: text, int, bool, id, instant, date,
    personal, object, or `text or personal`, for a list its members'. `values` and `pattern`: what it may be,
    `named` where that has a name in payload.json."""

    name: str
    kind: str
    nullable: bool = False
    is_list: bool = False
    members: tuple[Field, ...] = ()
    values: tuple[str, ...] = ()
    pattern: str | None = None
    example: str | None = None
    named: str | None = None
    note: str = ""


def read_schemas(folder: Path = SCHEMAS) -> dict[str, Json]:
    """Name (a topic, or `payload`) -> schema, by name. ValueError where a file is not JSON."""
    found: dict[str, Json] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.name.removesuffix(".json")] = json.loads(path.read_text(encoding="utf-8"))
        except json.JSONDecodeError as error:
            raise ValueError(f"{path.name} is not JSON: {error}") from error
    return found


def fields_of(schema: Json, definitions: Json) -> tuple[Field, ...]:
    """The fields of a topic's `data`, in their order."""
    return _members(schema["properties"]["data"], definitions)


def _members(schema: Json, definitions: Json) -> tuple[Field, ...]:
    return tuple(_field(name, value, definitions) for name, value in schema["properties"].items())


def _field(name: str, schema: Json, definitions: Json) -> Field:
    options: list[Json] = schema.get("anyOf", [schema])
    choices = [option for option in options if option != {"type": "null"}]
    nullable, note, inner = len(choices) < len(options), schema.get("description", ""), choices[0]
    if is_list := inner.get("type") == "array":
        choices = [inner := inner["items"]]
    if inner.get("type") == "object":
        return Field(name, "object", nullable, is_list, _members(inner, definitions), note=note)
    kind = " or ".join(_kind(choice, definitions) for choice in choices)
    named = _reference(inner)
    if named in KINDS:
        named = None
    if named is not None:
        inner = definitions[named]
    values, pattern = tuple(inner.get("enum", ())), inner.get("pattern")
    examples = inner.get("examples", [None])
    return Field(name, kind, nullable, is_list, (), values, pattern, examples[0], named, note)


def _kind(schema: Json, definitions: Json) -> str:
    reference = _reference(schema)
    if reference in KINDS:
        return reference
    found = definitions[reference]["type"] if reference is not None else schema["type"]
    return {"string": "text", "integer": "int", "boolean": "bool"}[found]


def _reference(schema: Json) -> str | None:
    reference = schema.get("$ref")
    return reference.rpartition("/")[2] if reference else None


def row(topic: str, schema: Json, definitions: Json, columns: list[str]) -> str:
    """One line of a table."""
    about = schema["x-hoso"]
    fields = ", ".join(_written(field) for field in fields_of(schema, definitions))
    cells = {
        "topic": f"{topic} → {about['read_as'].rpartition('.')[2]}" if "read_as" in about else topic,
        "fields": " ".join([fields, *([f"({about['note']})"] if "note" in about else [])]),
        "H": "H" if about.get("holder") else "",
        "act of the API": about.get("act", ""),
        "status": about.get("status", ""),
        "stream": about.get("stream", "") + ("; **H**" if about.get("holder") else ""),
    }
    return "| " + " | ".join(cells[column] for column in columns).replace("|  |", "| |") + " |"


def _written(field: Field) -> str:
    kind = "{" + ", ".join(map(_written, field.members)) + "}" if field.members else field.kind
    text = f"{field.name} {'list of ' if field.is_list else ''}{kind}{'?' if field.nullable else ''}"
    said = [] if field.named else [_values(field.values, field.pattern)]
    note = "; ".join(part for part in [*said, field.note] if part)
    return f"{text} ({note})" if note else text


def _values(values: tuple[str, ...], pattern: str | None) -> str:
    return ", ".join(f"`{value}`" for value in values) or (f"`{pattern}`" if pattern else "")


def named_values(definitions: Json) -> list[str]:
    """The table of what has a name in payload.json: each with its values, or with what is said of it."""
    rows = ["| field | what it may be |", "|---|---|"]
    for definition in definitions.values():
        if "title" in definition:
            values = _values(tuple(definition.get("enum", ())), definition.get("pattern"))
            rows.append(f"| {definition['title']} | {definition.get('description', values)} |")
    return rows


def document(template: str, schemas: Mapping[str, Json]) -> str:
    """The text of docs/events.md. ValueError where a schema does not say in which table it stands."""
    definitions = schemas[PAYLOAD]["$defs"]
    topics = {topic: schema for topic, schema in schemas.items() if topic != PAYLOAD}
    for topic, schema in topics.items():
        if not schema.get("x-hoso", {}).keys() >= {"section", "order"}:
            raise ValueError(f"{topic}.json says no section and order under x-hoso")
    lines: list[str] = []
    for line in template[template.index("\n# ") + 1 :].splitlines():
        if line == VALUES:
            lines += named_values(definitions)
        elif match := TABLE.match(line):
            section, columns = match[1], match[2].split(" | ")
            lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
            own = [topic for topic, schema in topics.items() if schema["x-hoso"]["section"] == section]
            own.sort(key=lambda topic: (topics[topic]["x-hoso"]["order"], topic))
            lines += [row(topic, topics.pop(topic), definitions, columns) for topic in own]
        else:
            lines.append(line)
    if topics:
        raise ValueError(f"the template has no table for the sections of {', '.join(topics)}")
    return HEADER + "\n".join(lines) + "\n"


def written(schema: Json) -> str:
    """A schema in its one form: every field on a line of its own, in the order in which it was written."""
    return _text(schema, 0) + "\n"


def _text(value: Any, depth: int) -> str:
    if (
        depth < EXPANDED
        and isinstance(value, dict)
        and any(isinstance(v, (dict, list)) for v in value.values())
    ):
        inner = ",\n".join(f'{" " * (depth + 1)}"{key}": {_text(v, depth + 1)}' for key, v in value.items())
        return "{\n" + inner + "\n" + " " * depth + "}"
    return json.dumps(value, ensure_ascii=False)


def wanted(docs: Path = DOCS) -> dict[Path, str]:
    """Every file that this tool looks after, as it should be. ValueError names what is wrong in a source."""
    schemas = read_schemas(docs / SCHEMAS.name)
    files = {docs / SCHEMAS.name / f"{name}.json": written(schema) for name, schema in schemas.items()}
    template = (docs / TEMPLATE.name).read_text(encoding="utf-8")
    files[docs / DOCUMENT.name] = document(template, schemas)
    definitions = schemas.pop(PAYLOAD)["$defs"]
    return files | {docs.parent / FEED: feed_file(schemas, definitions)}


def main(arguments: list[str], docs: Path = DOCS) -> int:
    """Write or check; the exit code."""
    try:
        files = wanted(docs)
    except ValueError as error:
        print(f"docs/events.md cannot be made: {error}", file=sys.stderr)
        return 1
    stale = [p for p, text in files.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    names = ", ".join(str(path.relative_to(docs.parent)) for path in stale)
    if "--check" in arguments:
        if stale:
            print(f"Not as the schemas and the template say: {names}. Run: make events", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")
    print(f"Written: {names}." if stale else "docs/events.md and the schemas are as they should be.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
