/** What can be done with a ticket: the fields each act needs. The server says which are possible now. */
import type { Schema } from '../../api/client'

export type FieldName = Exclude<keyof Schema<'ActOnTicket'>, 'loss'> | 'loss'
export interface Act { name: string; fields: FieldName[]; optional?: FieldName[]; hint?: string; danger?: boolean; main?: boolean }

export const ACTS: Record<string, Act> = {
  acknowledge: { name: '接单', fields: [], main: true },
  resolve: { name: '已解决', fields: ['method'], main: true },
  answer: { name: '答复并关闭', fields: ['text'], main: true },
  analyse: { name: '提交分析', fields: ['finding', 'text'], hint: '结论为操作问题时，工单转为咨询。', main: true },
  estimate: { name: '估算人日', fields: ['days', 'text'], hint: '一项小改动不超过 1 人日。', main: true },
  sign_off: { name: '签字同意', fields: [], optional: ['text'], hint: '由提交人、分析人以外的人签字。', main: true },
  send_back: { name: '退回分析', fields: ['text'], danger: true },
  refuse: { name: '不予办理', fields: ['text'], danger: true },
  report: { name: '上报结果', fields: ['text'], main: true },
  reply: { name: '答复并关闭', fields: ['text', 'change_record'], main: true },
  complete: { name: '完成', fields: ['days', 'text'], main: true },
  confirm: { name: '确认解决', fields: [], optional: ['text'], main: true },
  submit_report: { name: '提交故障报告', fields: ['cause', 'method', 'loss'], main: true },
  approve_report: { name: '报告通过', fields: [], main: true },
  close: { name: '关闭', fields: ['cause', 'method', 'prevention'], hint: '关闭后整理为案例，请写清楚，不写姓名和号码。', main: true },
  reopen: { name: '退回重办', fields: ['text'], danger: true },
  plan: { name: '提交处理方案', fields: ['text'] },
  contingency: { name: '提交应急方案', fields: ['text'] },
  system_down: { name: '标记系统中断', fields: [], danger: true },
  system_up: { name: '系统已恢复', fields: [] },
  pause: { name: '批准暂停计时', fields: ['text'], hint: '仅限等待甲方配合时使用，理由会留存。' },
  resume: { name: '恢复计时', fields: [] },
  set_severity: { name: '调整级别', fields: ['severity', 'text'], hint: '时限按提交时间重新推算，已有的暂停都保留。降低级别须由主管领导或运维负责人办理，经手人不能自己办理。' },
  ask_lower: { name: '申请降级', fields: ['severity', 'text'], hint: '写明理由，系统通知主管领导和运维负责人；他们调整之前，时限不变。' },
  comment: { name: '留言', fields: ['text'] },
}

/** The next step of the workflow first, the rest behind it; taking note of a breach is done beside its clock. */
export function sorted(names: string[]): { main: string[]; more: string[] } {
  const known = names.filter((one) => one in ACTS)
  return { main: known.filter((one) => ACTS[one]!.main), more: known.filter((one) => !ACTS[one]!.main) }
}
