"""What a witness tells its operator of what it kept, in English and Vietnamese. It has no setting of a
language, so both are shown."""

from __future__ import annotations

from application.witness_ports import Misbehaviour

FORKED_EN = (
    "The log signed two different trees of one size. One of them is shown to some and not to others. Both "
    "notes below carry the log's own signature, so this proves it to anybody, without trusting this "
    "witness. Keep it, give it (`hoso witness show --json`) to the inspectorate and to all who trust the "
    "log, and ask its operator in writing which entries differ."
)
FORKED_VI = (
    "Nhật ký đã ký hai cây khác nhau có cùng kích thước: có người được xem cây này, có người được xem cây "
    "kia. Cả hai bản dưới đây đều mang chữ ký của chính nhật ký nên tự nó là bằng chứng với bất kỳ ai, "
    "không cần tin máy chứng kiến này. Hãy giữ lại, gửi (`hoso witness show --json`) cho cơ quan thanh "
    "tra và những ai tin nhật ký, và yêu cầu đơn vị vận hành trả lời bằng văn bản những mục nào khác "
    "nhau."
)
EMPTY_EN = (
    "The log signed an empty tree with a root that an empty tree cannot have. Its program or its key is "
    "in wrong hands: ask its operator, and keep what is below."
)
EMPTY_VI = (
    "Nhật ký đã ký một cây rỗng với giá trị gốc mà cây rỗng không thể có. Phần mềm hoặc khóa của nhật ký "
    "đang ở trong tay người khác: hãy hỏi đơn vị vận hành và giữ lại nội dung dưới đây."
)
NOT_PROVED_EN = (
    "The log signed this checkpoint, and what was sent with it does not show that it goes on from the one "
    "that was cosigned. By itself this proves nothing: anybody can send a signed checkpoint with a broken "
    "proof. Ask the log's operator for the consistency proof between the two sizes; if there is none, the "
    "log has forked and both notes below prove it."
)
NOT_PROVED_VI = (
    "Nhật ký đã ký bản này, nhưng phần gửi kèm không chứng minh được rằng nó nối tiếp bản đã được chứng "
    "kiến. Riêng điều này chưa chứng minh được gì: ai cũng có thể gửi một bản đã ký kèm chứng minh hỏng. "
    "Hãy yêu cầu đơn vị vận hành đưa ra chứng minh nhất quán giữa hai kích thước; nếu không có thì nhật "
    "ký đã rẽ nhánh và hai bản dưới đây là bằng chứng."
)
OF_EVIDENCE = {
    Misbehaviour.OTHER_ROOT: (FORKED_EN, FORKED_VI),
    Misbehaviour.EMPTY_ROOT: (EMPTY_EN, EMPTY_VI),
    Misbehaviour.NOT_PROVED: (NOT_PROVED_EN, NOT_PROVED_VI),
}
PROVES = (Misbehaviour.OTHER_ROOT, Misbehaviour.EMPTY_ROOT)
