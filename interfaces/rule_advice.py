"""What to do about a refusal by a rule, in Vietnamese and English: by the rule's whole id, else by the
longest beginning of it that is named here (`component.check`, then `component`).

`{procedure}` and the like are filled from what the rule was judged on; where that does not name it, the
address stays general.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

READ_AGAIN: Final = (
    "Hãy đọc lại đợt bàn giao rồi làm bước còn thiếu",
    "Read the handover again and do the step that is missing",
)
CORRECT: Final = ("Hãy sửa yêu cầu rồi gửi lại", "Correct the request and send it again")

_DECIDE: Final = "(GET /v1/procedure-doubts, hoso procedures decide)"
_PAPERS: Final = "GET /v1/procedures/{procedure}/papers"
_UNUSABLE: Final = "check-component, outcome: unusable"
_STORE: Final = "GET /v1/citizens/ID/documents"

OF_RULES: Final[dict[str, tuple[str, str]]] = {
    "dossier": (
        "Hãy đọc lại hồ sơ và chọn việc được phép ở trạng thái hiện tại",
        "Read the dossier again and choose what its status allows",
    ),
    "handover": READ_AGAIN,
    "erase": (
        "Hãy xem điều gì còn cản trở bằng hoso erase check",
        "See what stands in the way with hoso erase check",
    ),
    "erase.already": (
        "Hãy định danh lại người đó nếu họ nộp hồ sơ mới",
        "Identify the person again where they file anew",
    ),
    "hold": ("Hãy xem hoso holds list", "See hoso holds list"),
    "retention": ("Hãy xem hoso retention show", "See hoso retention show"),
    "value": (
        "Hãy sửa trường được nêu rồi gửi lại",
        "Correct the field that is named and send it again",
    ),
    "accept.limit_decided": (
        f"Hãy đề nghị người quản lý danh mục thủ tục quyết định {_DECIDE}, rồi tiếp nhận lại",
        f"Ask whoever keeps the catalogue to decide it {_DECIDE}, then accept again",
    ),
    "procedure": (
        "Hãy chọn theo thủ tục tại /v1/procedures rồi gửi lại",
        "Choose what the procedure lists at /v1/procedures and send it again",
    ),
    "log": (
        "Hãy xem nhật ký đang mở và các khóa của nó tại GET /tlog/key",
        "See which log is open and by which keys at GET /tlog/key",
    ),
    "log.key.not_the_last": (
        "Hãy thêm khóa mới trước (hoso tlog rotate-key), rồi thu hồi khóa này",
        "Add a new key first (hoso tlog rotate-key), then withdraw this one",
    ),
    "procedure.decide": (
        "Hãy xem thời hạn nào còn nghi vấn tại GET /v1/procedure-doubts (hoso procedures doubts)",
        "See which limits are still in doubt at GET /v1/procedure-doubts (hoso procedures doubts)",
    ),
    "procedure.decide.basis": (
        "Hãy nêu điều khoản hoặc quyết định làm căn cứ trong basis",
        "Name the provision or decision in basis",
    ),
    "component": (
        f"Hãy xem giấy tờ nào còn cần tại {_PAPERS}; giấy tờ đã có thì tái sử dụng",
        f"See which papers are still needed at {_PAPERS}, and re-use what is held",
    ),
    "component.held": (
        f"Hãy tái sử dụng giấy tờ đã có (reuse-component); nếu không dùng được, hãy ghi {_UNUSABLE} trước",
        f"Re-use what is held (reuse-component); where it is no use, say so first with {_UNUSABLE}",
    ),
    "component.named": (
        f"Hãy nêu mã giấy tờ cần bổ sung trong components, theo {_PAPERS}",
        f"Name the papers in components, as {_PAPERS} lists them",
    ),
    "component.check": (
        "Hãy xem trong GET /v1/dossiers/CODE/history giấy tờ nào đã được cung cấp, ở phiên bản nào",
        "See in GET /v1/dossiers/CODE/history which papers were provided, and at which version",
    ),
    "component.check.reason": (
        "Hãy nêu trong reason vì sao giấy tờ không dùng được",
        "Say in reason why the paper is unusable",
    ),
    "store.withdrawn_once": (
        f"Hãy xem lại tại {_STORE}: giấy tờ này đã bị thu hồi, không cần làm gì thêm",
        f"Look at {_STORE}: the document counts no longer, and nothing is left to do",
    ),
}


class _Known(dict[str, Any]):
    """Values of the refusal; a name that it lacks stays a name."""

    def __missing__(self, name: str) -> str:
        return name.upper()


def of_rule(rule_id: str, vietnamese: bool, details: Mapping[str, Any] | None = None) -> str:
    """What to do about a refusal by this rule, judged on these details."""
    name = rule_id
    while name not in OF_RULES and "." in name:
        name = name.rpartition(".")[0]
    said = OF_RULES.get(name, CORRECT)[0 if vietnamese else 1]
    return said.format_map(_Known({k: v for k, v in (details or {}).items() if v is not None}))
