"""The rules of papers and of the store of electronic documents in Vietnamese: see `interfaces.rule_texts`."""

from __future__ import annotations

OF_PAPERS = {
    "procedure.papers.once": "Mỗi phiên bản thủ tục quy định một giấy tờ một lần cho mỗi trường hợp.",
    "procedure.papers.once_of_owner": "Mỗi phiên bản thủ tục chỉ yêu cầu một lần mỗi loại giấy tờ của chủ hồ "
    "sơ; giấy tờ cùng loại của người khác phải được ghi là của người khác.",
    "component.only_handled": "Chỉ nộp, số hóa, tái sử dụng hoặc kiểm tra giấy tờ khi hồ sơ đang giải quyết.",
    "component.held": "Không yêu cầu nộp lại giấy tờ đã có: đã nộp trong hồ sơ này, còn hiệu lực trong kho "
    "dữ liệu điện tử của chủ hồ sơ, hoặc đã tra cứu được.",
    "component.named": "Thủ tục đã quy định giấy tờ thì yêu cầu bổ sung phải nêu rõ giấy tờ nào.",
    "component.look_up_first": "Giấy tờ có dữ liệu trong cơ sở dữ liệu đã công bố và kết nối chỉ được yêu "
    "cầu sau khi đã tra cứu mà hệ thống gặp sự cố, không có hoặc sai dữ liệu.",
    "component.no_longer": "Không yêu cầu giấy tờ mà thủ tục không còn quy định.",
    "component.complete": "Chỉ tiếp nhận hồ sơ khi mọi giấy tờ bắt buộc đã được cung cấp hoặc đã có.",
    "component.reuse.own": "Chỉ tái sử dụng giấy tờ của chính chủ hồ sơ.",
    "component.reuse.valid": "Chỉ tái sử dụng giấy tờ chưa bị thu hồi và còn hiệu lực trong ngày đó.",
    "component.reuse.kind": "Giấy tờ được tái sử dụng phải đúng loại giấy tờ mà thủ tục yêu cầu.",
    "component.check.provided": "Chỉ kiểm tra giấy tờ đã được cung cấp trong hồ sơ này.",
    "component.check.reason": "Giấy tờ không dùng được thì phải nêu rõ lý do cho người nộp.",
    "component.time_past": "Việc tra cứu hoặc số hóa chỉ được ghi nhận khi đã thực hiện.",
    "component.at_most": "Mỗi giấy tờ chỉ được cung cấp cho một hồ sơ tối đa 20 lần.",
    "component.awaited": "Sau khi hồ sơ được tiếp nhận, người nộp chỉ bổ sung giấy tờ được yêu cầu hoặc giấy "
    "tờ chưa ai cung cấp.",
    "component.looked_up_since": "Việc tra cứu chỉ được tính cho hồ sơ từ ngày hồ sơ được nộp hoặc mở.",
    "component.looked_up_for": "Tệp kết quả tra cứu là điều cơ sở dữ liệu trả lời về một giấy tờ.",
    "store.kept_once": "Mỗi giấy tờ đã cung cấp chỉ được lưu vào kho một lần.",
    "store.owner": "Giấy tờ nằm trong kho của chủ sở hữu và được niêm phong bằng khóa của người đó.",
    "store.file_whole": "Tệp phải có đủ tên, loại, dung lượng và mã nội dung, hoặc để trống cả.",
    "store.validity": "Giấy tờ có hiệu lực đến một ngày sau ngày bắt đầu có hiệu lực.",
    "store.document_known": "Chỉ thu hồi hoặc đọc giấy tờ có trong kho này.",
    "store.withdrawn_once": "Mỗi giấy tờ chỉ bị thu hồi một lần.",
}
