import { today } from '../../lib/time'

export const PAID_KINDS: Record<string, string> = {
  server: '云服务器', database: '云数据库', load_balancer: '负载均衡', network: '网络流量', im: '即时通信', audio_video: '音视频服务', sms: '短信', database_steward: '数据库管家',
}
export const HAPPENED: Record<string, string> = { registered: '登记', broken: '报修', repaired: '修复', inspected: '巡检' }
export const PROTECTION: Record<string, string> = { protected: '防护正常', infected: '发现病毒', off: '防护已关闭' }

/** `12月1日`, with the year where it is another one. */
export function dayOf(day: string): string {
  const [year, month, date] = day.split('-').map(Number)
  return `${year === Number(today().slice(0, 4)) ? '' : `${year}年`}${month}月${date}日`
}
export const yuan = (cents: number): string => `${(cents / 100).toLocaleString('zh-CN', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} 元`
export const amount = (value: number): string => value.toLocaleString('zh-CN', { maximumFractionDigits: 2 })
