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
    "linked.rules_in_order": "Quy tắc của một nhóm liên thông thay thế quy tắc trước từ một ngày sau đó.",
    "linked.rules_whole": "Một nhóm liên thông có các bước, mỗi bước một lần, chỉ sau các bước đứng "
    "trước; thời hạn có số lượng và đơn vị, thời hạn khi phải xác minh không ngắn hơn, các thời gian đều "
    "lớn hơn 0.",
    "linked.declared_once": "Một nhóm liên thông chỉ được khai một lần.",
    "linked.known": "Không thể thao tác trên nhóm liên thông chưa được khai.",
    "linked.steps_of_kind": "Tờ khai có đủ các bước của nhóm, trừ bước tự chọn không đề nghị, mỗi bước "
    "một lần.",
    "linked.step_procedure": "Mỗi bước phải biết được giải quyết theo thủ tục nào: theo quy tắc hoặc theo "
    "tờ khai.",
    "linked.step_once": "Mỗi bước của một tờ khai chỉ bắt đầu một lần.",
    "linked.step_waits": "Một bước bắt đầu khi các bước mà nó cần đã xong và kết quả được chuyển đã có "
    "trong kho.",
    "linked.step_blocked": "Bước cần một bước đã bị từ chối thì không bắt đầu.",
    "linked.passed_on": "Chỉ chuyển kết quả của một bước cho bước sau nó, mỗi tài liệu một lần.",
    "linked.return_to_issuer": "Sai sót được trả lại bước đã chuyển kết quả, một lần cho đến khi được "
    "đính chính.",
    "linked.verification_once": "Nhóm liên thông có thời hạn chung chỉ được xác minh một lần.",
}
