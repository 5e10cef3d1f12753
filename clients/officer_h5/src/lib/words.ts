/** Codes of the API in the officers' words. */
export const ROLES: Record<string, string> = {
  ward_officer: '大队民警', visit_officer: '会见中心民警', supervisor: '所领导', ops_engineer: '运维工程师', ops_specialist: '技术专家', ops_lead: '运维负责人',
  system_administrator: '系统管理员', security_administrator: '安全管理员', audit_administrator: '审计管理员',
}

export const VISIT_STATUS: Record<string, string> = {
  requested: '待审核', approved: '已批准', rejected: '未通过', in_progress: '会见中', completed: '已完成',
  cancelled: '已取消', no_show: '未到场', terminated: '已中止', expired: '已过期',
}

export const ALERTS: Record<string, string> = {
  extra_person: '画面中人数过多', unknown_person: '出现未经审批的人员', absent: '画面中无人', face_mismatch: '人脸与登记不符',
}

export const RESIDENT_STATUS: Record<string, string> = {
  active: '可以会见', restricted: '暂停会见', transferred: '已转所', released: '已出所',
}

export const RELATIONSHIP_STATUS: Record<string, string> = { pending: '待审核', approved: '已确认', rejected: '未通过', suspended: '已暂停' }

export const RECORDING_STATUS: Record<string, string> = { expected: '正在录制或上传', playable: '可以回放', lost: '录像缺失', erased: '已到期删除' }

export const RECORDING_KINDS: Record<string, string> = { visit: '视频会见', onsite: '现场会见', phone: '亲情电话' }
export const CHANNELS: Record<string, string> = { remote: '视频会见', onsite: '现场会见', phone: '亲情电话' }
export const CALL_RESULTS: Record<string, string> = { answered: '已接通', no_answer: '无人接听', busy: '占线', failed: '未接通' }
export const PERIODS: Record<string, string> = { week: '本周', month: '本月' }
export const DEVICES: Record<string, string> = { pc: '主机', display: '显示器', camera: '摄像头', microphone: '麦克风', speaker: '扬声器', network: '网络' }
export const PHONE_STATUS: Record<string, string> = { pending: '待审核', approved: '可以拨打', rejected: '未通过', blocked: '已停用', removed: '家属已停用' }
export const PHONE_CHECKS: Record<string, string> = { match: '一致', mismatch: '不一致', not_checked: '未能自动核验' }
