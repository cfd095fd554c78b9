"""The API's reference as plain HTML, rendered from the OpenAPI document: no script, no network."""

from __future__ import annotations

from html import escape
from typing import Any

from interfaces.http.page_texts import PAGE
from interfaces.texts import Language

Json = dict[str, Any]
DEEPEST = 4


def render(document: Json, lang: Language) -> str:
    """Every operation with its parameters, body and answers, by tag."""
    sections: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["other"])[0]
            sections.setdefault(tag, []).append(_operation(document, path, method, operation, lang))
    parts = [f"<p>{_prose(document['info'].get('description', ''))}</p>"]
    parts.append(f'<p><a href="/openapi.json">/openapi.json</a>: {escape(PAGE["document"][lang])}</p>')
    for tag, operations in sections.items():
        parts.append(f'<section aria-labelledby="tag-{tag}"><h2 id="tag-{tag}">{escape(tag)}</h2>')
        parts += [*operations, "</section>"]
    return "".join(parts)


def _operation(document: Json, path: str, method: str, operation: Json, lang: Language) -> str:
    who = PAGE["token" if operation.get("security") else "public"][lang]
    summary = escape(operation.get("summary", ""))
    title = f"<code>{method.upper()} {escape(path)}</code> {summary} <small>({escape(who)})</small>"
    parts = [f"<details><summary>{title}</summary>"]
    if text := operation.get("description"):
        parts.append(f"<p>{_prose(text)}</p>")
    if parameters := operation.get("parameters"):
        parts.append(f"<h4>{escape(PAGE['parameters'][lang])}</h4><ul>")
        parts += [_parameter(document, parameter, lang) for parameter in parameters]
        parts.append("</ul>")
    for media in operation.get("requestBody", {}).get("content", {}).values():
        parts.append(f"<h4>{escape(PAGE['body'][lang])}</h4>{_fields(document, media['schema'], lang, 0)}")
    parts.append(f"<h4>{escape(PAGE['answers'][lang])}</h4><ul>")
    for status, answer in operation.get("responses", {}).items():
        parts.append(f"<li><code>{escape(status)}</code> {escape(answer.get('description', ''))}</li>")
    return "".join([*parts, "</ul></details>"])


def _parameter(document: Json, parameter: Json, lang: Language) -> str:
    needed = f", <strong>{escape(PAGE['required'][lang])}</strong>" if parameter.get("required") else ""
    kind = escape(_kind(document, parameter.get("schema", {})))
    text = escape(parameter.get("description", ""))
    return f"<li><code>{escape(parameter['name'])}</code> ({parameter['in']}, {kind}{needed}) {text}</li>"


def _fields(document: Json, schema: Json, lang: Language, depth: int) -> str:
    """The fields of an object's schema, those within them too."""
    found = _resolved(document, schema)
    properties: Json = found.get("properties", {})
    if not properties or depth == DEEPEST:
        return ""
    parts = ["<ul>"]
    for name, field in properties.items():
        needed = (
            f", <strong>{escape(PAGE['required'][lang])}</strong>"
            if name in found.get("required", ())
            else ""
        )
        kind, text = escape(_kind(document, field)), escape(field.get("description", ""))
        inner = _resolved(document, field)
        within = _fields(document, inner.get("items", inner), lang, depth + 1)
        parts.append(f"<li><code>{escape(name)}</code> ({kind}{needed}) {text}{within}</li>")
    return "".join([*parts, "</ul>"])


def _resolved(document: Json, schema: Json) -> Json:
    """Follow references, and take the first that is not null of several."""
    for _ in range(DEEPEST):
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        elif options := [s for s in schema.get("anyOf", ()) if s.get("type") != "null"]:
            schema = options[0]
        else:
            break
    return schema


def _kind(document: Json, schema: Json) -> str:
    found = _resolved(document, schema)
    if choices := found.get("enum"):
        return " | ".join(str(choice) for choice in choices)
    kind = str(found.get("format") or found.get("type") or "object")
    longest = found.get("maxLength") or found.get("maxItems")
    return f"{kind}, ≤ {longest}" if longest else kind


def _prose(text: str) -> str:
    """Words between backticks as code, the rest escaped."""
    pieces = escape(text, quote=False).split("`")
    return "".join(f"<code>{piece}</code>" if n % 2 else piece for n, piece in enumerate(pieces))
