"""What a fact about papers says, in one sentence: for `hoso history` and whoever reads a dossier's life."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from interfaces.texts import Language

Said = Callable[[dict[str, Any]], tuple[str, str]]


def _uploaded(data: dict[str, Any]) -> tuple[str, str]:
    return f"{data['component']}: nộp tệp {data['media_type']}", (
        f"{data['component']} came as a file, {data['media_type']}, {data['size']:,} bytes"
    )


def _digitised(data: dict[str, Any]) -> tuple[str, str]:
    forms = {"original": "bản chính", "certified": "bản chứng thực", "copy": "bản sao"}
    return (
        f"{data['component']}: số hóa từ {forms[data['form']]}",
        f"{data['component']} was digitised, of {_an(data['form'])}",
    )


def _reused(data: dict[str, Any]) -> tuple[str, str]:
    return (
        f"{data['component']}: tái sử dụng giấy tờ {data['document']} trong kho",
        f"{data['component']} is the document {data['document']} of the store, a {data['kept_as']}",
    )


def _checked(data: dict[str, Any]) -> tuple[str, str]:
    why = (data["reason"] or {}).get("text")
    found = {"in_order": ("hợp lệ", "in order"), "unusable": ("không dùng được", "unusable")}[data["outcome"]]
    of = f"#{data['provided']}"
    because = f": {why}" if why else ""
    return (
        f"{data['component']} ({of}): {found[0]}{because}",
        f"{data['component']} (fact {of}) was found {found[1]}{because}",
    )


def _looked_up(data: dict[str, Any]) -> tuple[str, str]:
    outcomes = {
        "found": ("tìm thấy", "found"),
        "not_found": ("không có dữ liệu", "nothing found"),
        "unavailable": ("hệ thống gặp sự cố", "the database was down"),
        "inconsistent": ("dữ liệu sai", "the data were wrong"),
    }
    vi, en = outcomes[data["outcome"]]
    of = data["component"] or data["source"]
    return f"{of}: tra cứu {data['source']}, {vi}", f"{of} was looked up in {data['source']}: {en}"


def _asked(data: dict[str, Any]) -> tuple[str, str]:
    papers = ", ".join(data["components"]) or "?"
    grounds = ", ".join(f"{one['component']} ({one['ground']})" for one in data["allowed"])
    return (
        f"Yêu cầu nộp: {papers}" + (f"; được phép vì {grounds}" if grounds else ""),
        f"Asked for: {papers}" + (f"; allowed by {grounds}" if grounds else ""),
    )


def _an(form: str) -> str:
    return {"original": "an original", "certified": "a certified copy", "copy": "a plain copy"}[form]


_SAID: Final[dict[str, Said]] = {
    "dossier.component_uploaded.v1": _uploaded,
    "dossier.component_digitised.v1": _digitised,
    "dossier.component_reused.v1": _reused,
    "dossier.component_checked.v1": _checked,
    "dossier.lookup_recorded.v2": _looked_up,
    "dossier.supplement_requested.v3": _asked,
}


def in_words(entry: dict[str, Any], language: Language) -> str | None:
    """The sentence for an entry of `application.history`; None for a fact that is not about papers."""
    said = _SAID.get(entry["type"])
    return said(_plain(entry["data"]))[0 if language == "vi" else 1] if said else None


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in data.items()}
