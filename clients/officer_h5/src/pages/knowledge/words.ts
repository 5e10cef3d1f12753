import type { Schema } from '../../api/client'

export type Case = Schema<'CaseAnswer'>
export const CASE_STATUS: Record<Case['status'], { text: string; tone: string }> = {
  draft: { text: '待审核', tone: 'warn' }, shown: { text: '可检索', tone: 'good' }, dropped: { text: '不采用', tone: '' },
}
export const TEXTS = [
  { name: 'symptom', label: '现象' }, { name: 'cause', label: '原因' }, { name: 'method', label: '处理方法' }, { name: 'prevention', label: '预防措施' },
] as const
