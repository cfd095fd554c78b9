"""A problem's detail in the caller's language: what is wrong, where, and what to do.

English sentences come from where the refusal was raised. The Vietnamese ones are put together from the code's
or the rule's text, the values that the refusal is about, and the advice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from interfaces import advice, rule_advice, texts
from interfaces.doubt_texts import of_doubt

MAX_VALUES = 8
_VALUE = re.compile(
    r"[0-9]+ MiB\b|\b(?:body|query|path|header)/[\w/.-]+|'[^']{1,64}'|[^\s,;:'()]*[0-9][^\s,;'()]*"
)
_LABELS = {
    "field": ("trường", "field"),
    "allowed": ("được phép", "allowed"),
    "form": ("mẫu", "form"),
    "status": ("trạng thái", "status"),
    "doubts": ("nghi vấn", "doubts"),
    "procedure": ("thủ tục", "procedure"),
    "due": ("ngày hẹn trả", "due"),
    "until": ("đến", "until"),
}
_WRONG = {  # of pydantic's errors; the rest reads as the last
    "missing": "thiếu trường bắt buộc",
    "extra_forbidden": "trường này không có trong yêu cầu",
    "json_invalid": "không phải JSON",
    "literal_error": "phải là một trong: {expected}",
    "string_type": "phải là văn bản",
    "string_too_short": "quá ngắn, ít nhất {min_length} ký tự",
    "string_too_long": "quá dài, nhiều nhất {max_length} ký tự",
    "string_pattern_mismatch": "không đúng mẫu {pattern}",
    "too_long": "quá nhiều mục, nhiều nhất {max_length}",
    "too_short": "quá ít mục, ít nhất {min_length}",
    "uuid_parsing": "không phải mã UUID",
    "uuid_type": "không phải mã UUID",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "bool_type": "phải là true hoặc false",
    "greater_than_equal": "phải từ {ge} trở lên",
    "less_than_equal": "phải không quá {le}",
    "timezone_aware": "thời điểm thiếu múi giờ",
}
_NOT_VALID = "giá trị không hợp lệ"


def of_problem(code: str, message: str | None, lang: texts.Language) -> str:
    """The detail of a refusal that is no rule's. `message`: its English sentence, if it has one."""
    if lang == "en":
        if message:
            return texts.sentence(message)
        return f"{texts.sentence(texts.of_code(code, lang))} {texts.sentence(advice.of_code(code, False))}"
    what = texts.of_code(code, lang)
    if code == "invalid_request" and message:
        return f"{texts.sentence(message)} {texts.sentence(advice.of_code(code, True))}"
    where = values_in(message or "")
    named = f"{what} ({', '.join(where)})" if where else what
    return f"{texts.sentence(named)} {texts.sentence(advice.of_code(code, True))}"


def of_rule(rule_id: str, details: Mapping[str, Any], lang: texts.Language) -> str:
    """The detail of a refusal by a rule, with what it was judged on."""
    vietnamese = lang == "vi"
    known = [
        f"{_LABELS.get(name, (name, name))[0 if vietnamese else 1]}: {_in_words(name, value, vietnamese)}"
        for name, value in details.items()
        if value is not None
    ]
    where = f" [{'; '.join(known[:MAX_VALUES])}]" if known else ""
    todo = rule_advice.of_rule(rule_id, vietnamese, details)
    return f"{texts.of_rule(rule_id, lang)}{where} {texts.sentence(todo)}"


def of_error(kind: str, message: str, context: Mapping[str, Any], lang: texts.Language) -> str:
    """What is wrong with one field of a request."""
    if lang == "en":
        return message
    try:
        return _WRONG.get(kind, _NOT_VALID).format(**context)
    except (KeyError, IndexError):
        return _NOT_VALID


def values_in(message: str) -> list[str]:
    """What an English sentence names that needs no translation: fields, codes, ids, times, quoted words; not
    addresses, which the advice names."""
    found = (match.rstrip(".:`") for match in _VALUE.findall(message))
    return list(dict.fromkeys(value for value in found if value and value[0] != "/"))[:MAX_VALUES]


def _in_words(name: str, value: Any, vietnamese: bool) -> str:
    """Doubts as people read them; everything else as it is."""
    return _shown([of_doubt(reason, vietnamese) for reason in value] if name == "doubts" else value)


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (tuple, list)) else str(value)
