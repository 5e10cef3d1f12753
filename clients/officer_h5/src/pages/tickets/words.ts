/** Codes of tickets in the words of those who work with them. */
export const KINDS: Record<string, string> = { incident: '故障', defect: '系统缺陷', consult: '咨询', change: '小改动' }
export const STATUSES: Record<string, string> = {
  open: '待接单', acknowledged: '处理中', analysed: '待签字', approved: '已签字', resolved: '待确认', confirmed: '待关闭',
  reported: '待答复', closed: '已关闭', refused: '已退回',
}
export const CLOCKS: Record<string, string> = { response: '响应', plan: '处理方案', resolution: '解决', contingency: '应急方案', report: '故障报告' }
export const FINDINGS: Record<string, string> = { technical: '技术问题', business: '业务问题', operation: '操作问题' }
export const LEVELS = ['工程师', '技术专家', '运维负责人', '甲方负责人'] as const
export const SEVERITIES: Record<string, string> = { I: 'I级 · 全部中断', II: 'II级 · 部分中断', III: 'III级 · 功能受限', IV: 'IV级 · 轻微' }

/** Lines of the log: what people did, and what the clocks said. */
export const EVENTS: Record<string, string> = {
  opened: '提交', severity_set: '调整级别', ask_lower: '申请降级', converted: '转为咨询', system_down: '系统中断', system_up: '系统恢复', acknowledged: '接单',
  plan_submitted: '提交处理方案', contingency_submitted: '提交应急方案', paused: '批准暂停', resumed: '恢复计时', resolved: '解决', reopened: '退回重办',
  report_approved: '报告通过', submit_report: '提交故障报告', seen: '已知悉超时', closed: '关闭', comment: '留言', analyse: '分析', sign_off: '签字同意',
  send_back: '退回分析', report: '上报', confirm: '确认解决', estimate: '估算人日', complete: '完成', hand_over: '值班交接', attached: '上传附件',
  warning: '时限提醒', breach: '超时升级', reminder: '再次提醒',
}
