/** Codes of the audit trail in words. An action is a thing and what was done to it, so the two are named apart. */
const THINGS: Record<string, string> = {
  visit: '会见', relationship: '亲属关系', resident: '人员', residents: '人员', relative: '家属', officer: '民警账号', terminal: '会见终端', ward: '大队', site: '戒毒所',
  site_rules: '规则', quota: '会见次数', manual_check: '人工核验', face_check: '人脸核验', face_review: '人脸复核', face_data: '人脸数据', face: '人脸数据', family_phone: '亲情电话', family_phones: '亲情电话',
  phone: '手机号', phone_check_job: '手机号核验', phone_feed: '亲情电话名单', call: '通话记录', calls: '通话记录', recording: '录音录像', recordings: '录音录像', history: '往来记录', figures: '统计', report: '报告',
  pictures: '照片', proofs: '证明材料', queue: '审核列表', alert: '预警', help: '求助', help_call: '求助', consent: '单独同意', identity: '身份信息', onsite: '现场会见数据', onsite_offer: '现场会见数据', onsite_feed: '现场会见数据', onsite_visit: '现场会见',
  template: '开放时间', session_template: '开放时间', timetable: '时段安排', timetable_block: '时段安排', waiting: '候补', waiting_entry: '候补', system: '外部系统', connected_system: '外部系统', session: '登录', ticket: '工单', slot: '时段', playback_grant: '回放', audit: '审计记录',
}
const DEEDS: Record<string, string> = {
  requested: '提交申请', asked: '提交申请', approved: '审核通过', first_approved: '初审通过', rejected: '审核未通过', undecided: '逾期未审核，自动关闭', cancelled: '取消', expired: '过期', excused: '免记未到', no_show: '未到', started: '开始', completed: '完成',
  terminated: '中止', called_off: '未能进行', extended: '延长', flagged: '标记待处理', flag_lifted: '解除标记', flag_settled: '处理标记', flags_decided: '处理标记', muted: '静音', unmuted: '取消静音', observed: '进入旁听', warned: '发出提醒', pass_given: '领取入会凭证',
  resident_told: '告知本人', resident_joined: '本人入会', device_tested: '设备检测', tested: '设备检测', reminded: '提醒', move_asked: '提出改期', moved: '改期', left: '退出', joined: '加入', accepted: '接受', refused: '不同意',
  suspended: '暂停', lifted: '解除暂停', expiry_set: '设置有效期', ended: '结束', found: '查找', unmatched: '信息不符，自动关闭', added: '添加', imported: '导入', listed: '查看名单', read: '查看', searched: '搜索', active: '恢复', restricted: '暂停会见', transferred: '转所', released: '解除或出所',
  erased: '删除', deleted: '到期删除', exported: '导出', recovered: '找回账号', activated: '启用', closed: '停用', rights_set: '分配岗位和范围', sign_in_reset: '重置登录', signed_in: '登录', signed_out: '退出', signed_out_everywhere: '在所有设备上退出',
  key_issued: '签发密钥', key_revoked: '停用密钥', working: '恢复使用', broken: '停用', changed: '修改', adjusted: '调整', blocked: '停用', unblocked: '恢复', removed: '移除', checked: '核验', passed: '通过', could_not_check: '未能核验', pictures_read: '查看照片', frame_read: '查看画面',
  played: '回放', link_renewed: '续期回放', held: '留存', lost: '缺失', verified: '校验', received: '接收', corrected: '更正', delivered: '接收', pulled: '拉取', pushed: '推送', connected: '接入', given: '提交', withdrawn: '撤回', made: '生成', opened: '建立', raised: '发出', answered: '处理', review: '转人工复核', failed: '未通过', pending: '等待',
}
/** What the list can be narrowed to: kinds of the record, as they are stored. */
export const KINDS: Record<string, string> = {
  visit: '会见', relationship: '亲属关系', resident: '人员', officer: '民警账号', terminal: '会见终端', ward: '大队', site: '全所（列表、规则、导入）', manual_check: '人工核验', face_check: '人脸核验', family_phone: '亲情电话', recording: '录音录像', ticket: '工单',
}
const ACTORS: Record<string, string> = { relative: '家属', officer: '民警', system: '系统', terminal: '会见终端' }

export function deed(action: string): string {
  const [thing = '', done = ''] = action.split('.')
  const named = [THINGS[thing], DEEDS[done]].filter(Boolean)
  return named.length ? named.join(' · ') : '其他操作'
}
export const actorName = (kind: string, name: string | null): string => name ?? ACTORS[kind] ?? '外部系统'
