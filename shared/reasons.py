"""Every reason the product gives: stable code → kind, exact Chinese text that says what to do next."""

REASONS: dict[str, str] = {
    # requests
    "body_unreadable": "提交的内容无法读取，请返回上一页重新填写。",
    "field_invalid": "填写有误：{problem}。请改正后重新提交。",
    "not_signed_in": "登录已失效，请重新登录。",
    "session_expired": "登录已超时，请重新登录，已填写的内容不会丢失。",
    "not_allowed": "您的岗位没有这项权限，如有需要请联系本所管理员。",
    "not_found": "没有找到这条记录，请返回列表刷新后再试。",
    "method_not_allowed": "不支持这种操作方式。",
    "too_large": "提交的内容过大，请精简后重试。",
    "internal": "系统出现意外，我们已记录并会尽快处理，请稍后再试。",
    "key_reused": "这个提交编号已用于另一项内容，请刷新页面后重新提交。",
    "changed_meanwhile": "这条记录刚刚被其他人处理过，请刷新后查看最新结果。",
    "try_later": "服务暂时繁忙，您的资料已保存，请稍后再试。",
}
