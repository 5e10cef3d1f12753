/** What an officer may decide about each kind of thing in the queue, and with which words. */
import { post, type Schema } from '../../api/client'

export type Item = Schema<'QueueItem'>
export type Outcome = Schema<'Outcome'>
export type Verdict = 'approve' | 'reject'

interface Kind {
  name: string
  approve: string
  reject: string
  /** Approving needs a reason too: how was it checked, why may it go ahead? */
  reasonToApprove: boolean
  approveTemplates: string[]
}

export const KINDS: Record<Item['kind'], Kind> = {
  visit: { name: '会见申请', approve: '通过', reject: '拒绝', reasonToApprove: false, approveTemplates: [] },
  relationship: { name: '亲属关系', approve: '确认关系', reject: '拒绝', reasonToApprove: false, approveTemplates: [] },
  manual_check: {
    name: '人工核验', approve: '核验通过', reject: '未通过', reasonToApprove: true,
    approveTemplates: ['已视频核对本人与证件', '已当面核对本人与证件原件', '已电话核对身份信息'],
  },
  flagged_visit: {
    name: '受影响的会见', approve: '照常进行', reject: '取消会见', reasonToApprove: true,
    approveTemplates: ['已与家属和大队确认，照常进行', '已安排其他会见位'],
  },
  family_phone: {
    name: '亲情电话', approve: '允许拨打', reject: '拒绝', reasonToApprove: false,
    approveTemplates: ['已核对机主身份证和入网凭证原件', '已电话回拨并核对机主本人'],
  },
  face_review: {
    name: '人脸复核', approve: '确认本人', reject: '不是本人', reasonToApprove: true,
    approveTemplates: ['已人工比对，确认是本人', '因年龄变化差异较大，经核对确认是本人'],
  },
}

const FLAGS: Record<string, string> = {
  resident_released: '人员已出所', resident_transferred: '人员已转所', terminal_broken: '会见终端故障', slot_blocked: '时段已停用',
  date_blocked: '当日已停止会见', relationship_ended: '亲属关系已失效', consent_withdrawn: '家属撤回了同意',
  companion_left: '同行家属不再参加',
}

/** A cause that is newer than this page is still told, in general words. */
export const flagName = (code: string): string => FLAGS[code] ?? '情况有变化'

/** A number that no machine could check is approved with the words of how it was checked by hand. */
export const needsReason = (item: Item): boolean => KINDS[item.kind].reasonToApprove || item.needs_basis

export const keyOf = (item: Pick<Item, 'kind' | 'id'>): string => `${item.kind}/${item.id}`

export const decide = (item: Item, verdict: Verdict, reason: string): Promise<unknown> =>
  post('/approve/v1/queue/{kind}/{item_id}/decision', {
    path: { kind: item.kind, item_id: item.id }, body: { approve: verdict === 'approve', reason: reason || null },
  })

/** As many as the server takes at once. */
export const AT_ONCE = 50

export async function decideMany(items: Item[], verdict: Verdict, reason: string): Promise<Outcome[]> {
  const found = await post('/approve/v1/queue/decisions', {
    body: { decisions: items.map(({ kind, id }) => ({ kind, id, approve: verdict === 'approve', reason: reason || null })) },
  })
  return found.outcomes
}
