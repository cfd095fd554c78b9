"""The rules of results and of linked groups in Vietnamese: see `interfaces.rule_texts`."""

from __future__ import annotations

OF_LINKED = {
    "result.issue.only_decided": "Kết quả do cơ quan giải quyết ban hành khi hồ sơ đã được tiếp nhận, "
    "hoặc được đính chính sau khi xử lý xong.",
    "result.not_a_component": "Tệp đã nộp trong thành phần hồ sơ không phải là kết quả của hồ sơ đó.",
    "result.electronic_file": "Kết quả điện tử phải có tệp.",
    "result.validity": "Ngày hết hiệu lực của kết quả phải sau ngày có hiệu lực.",
    "result.replaces_standing": "Kết quả đính chính thay thế một kết quả đã ban hành của chính hồ sơ này "
    "và chưa bị thay thế.",
    "result.replaces_named": "Khi hồ sơ đã xử lý xong, kết quả ban hành thêm phải nêu kết quả sai bị thay "
    "thế.",
    "result.refusal_coded": "Khi thủ tục có danh mục kết quả từ chối thì từ chối phải theo danh mục đó, "
    "và kết quả chấp thuận không được thuộc danh mục đó.",
    "result.check.only_issued": "Chỉ kiểm tra chữ ký của kết quả đã ban hành, ký không muộn hơn lúc kiểm "
    "tra.",
    "result.check.electronic": "Chỉ kết quả điện tử mới có chữ ký số để kiểm tra.",
    "result.signed_for_holder": "Kết quả được ký bằng chứng thư số của cơ quan đang giữ hồ sơ và đang "
    "hoạt động khi ký; trường hợp khác vẫn được ghi nhận kèm quy định này.",
    "result.link.only_standing": "Chỉ kết quả đã ban hành, chưa bị thay thế của hồ sơ đã xử lý xong mới "
    "được đưa vào kho.",
    "result.link.once": "Mỗi kết quả chỉ được đưa vào kho một lần.",
    "result.link.not_invalid": "Kết quả có chữ ký không hợp lệ không được đưa vào kho dữ liệu dùng chung.",
    "result.link.owner_known": "Kết quả được đưa vào kho của chủ hồ sơ, nên phải biết chủ hồ sơ.",
}
