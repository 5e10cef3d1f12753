/** What an officer may decide about each kind of thing in the queue, and with which words. */
import { post, type Schema } from '../../api/client'

export type Item = Schema<'QueueItem'>
export type Verdict = 'approve' | 'reject'

interface Kind {
  name: string
  /** Approving needs a reason too: how was it checked? */
  reasonToApprove: boolean
  approve: string
  templates: Record<Verdict, string[]>
  send: (id: string, verdict: Verdict, reason: string) => Promise<unknown>
}

export const KINDS: Record<string, Kind> = {
  visit: {
    name: '会见申请',
    reasonToApprove: false,
    approve: '通过',
    templates: {
      approve: [],
      reject: ['该时段会见室临时停用，请改约其他时段', '该人员当日另有安排，请改约其他日期', '本次申请人与上次登记信息不一致，请联系本所核实'],
    },
    send: (visit_id, verdict, reason) => verdict === 'approve'
      ? post('/approve/v1/visits/{visit_id}/approve', { path: { visit_id } })
      : post('/approve/v1/visits/{visit_id}/reject', { path: { visit_id }, body: { reason } }),
  },
  relationship: {
    name: '亲属关系',
    reasonToApprove: false,
    approve: '确认关系',
    templates: {
      approve: [],
      reject: ['证明材料不清晰，请重新拍摄后提交', '材料不能证明亲属关系，请补充户口本或结婚证', '填写的关系与材料不一致，请更正后重新提交'],
    },
    send: (relationship_id, verdict, reason) => verdict === 'approve'
      ? post('/approve/v1/relationships/{relationship_id}/approve', { path: { relationship_id } })
      : post('/approve/v1/relationships/{relationship_id}/reject', { path: { relationship_id }, body: { reason } }),
  },
  manual_check: {
    name: '人工核验',
    reasonToApprove: true,
    approve: '核验通过',
    templates: {
      approve: ['已视频核对本人与证件', '已当面核对本人与证件原件', '已电话核对身份信息'],
      reject: ['多次联系未能接通，请方便时重新申请', '本人与证件不符', '证件已过期，请换证后重新申请'],
    },
    send: (check_id, verdict, reason) => post(
      verdict === 'approve' ? '/approve/v1/manual-checks/{check_id}/approve' : '/approve/v1/manual-checks/{check_id}/reject',
      { path: { check_id }, body: { reason } },
    ),
  },
}

export const CHECK_PURPOSES: Record<string, string> = { face: '人脸核验', phone: '手机号核验', visit: '会见前核验' }

export const keyOf = (item: Item): string => `${item.kind}/${item.id}`

export const decide = (item: Item, verdict: Verdict, reason: string): Promise<unknown> => {
  const kind = KINDS[item.kind]
  if (!kind) throw new Error(`no such kind: ${item.kind}`)
  return kind.send(item.id, verdict, reason)
}
