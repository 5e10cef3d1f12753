/** A policy in plain words. */
import type { Schema } from '../../api/client'

export type Policy = Schema<'PolicyData'>
export type Clock = Schema<'ClockPolicyBody'>
export type ClockName = keyof Policy['clocks'] & string
export const LEVELS = ['I', 'II', 'III', 'IV'] as const

export const CLOCKS: { name: string; title: string; text: string }[] = [
  { name: 'response', title: '响应', text: '提交后，工程师接手' },
  { name: 'plan', title: '处理方案', text: '提交后，给出处理方案' },
  { name: 'resolution', title: '解决', text: '提交后，解决并确认' },
  { name: 'contingency', title: '应急方案', text: '系统中断仍未恢复时，从提交算起给出应急方案' },
  { name: 'report', title: '故障报告', text: '解决后，提交并通过故障报告' },
]

export function minutes(value: number): string {
  if (value % 60) return value < 60 ? `${value} 分钟` : `${Math.floor(value / 60)} 小时 ${value % 60} 分钟`
  return value > 4320 && value % 1440 === 0 ? `${value / 1440} 天` : `${value / 60} 小时`
}

const listed = (values: number[]): string => values.map(minutes).join('、')

export function dueOf(clock: Clock): string {
  const due = LEVELS.map((level) => clock.due[level]!)
  return new Set(due).size === 1 ? minutes(due[0]!) : LEVELS.map((level, index) => `${level}级 ${minutes(due[index]!)}`).join('，')
}

export function remindersOf(clock: Clock): string {
  const parts = (clock.parts ?? []).map((one) => `${Math.round(one * 100)}%`).join('、')
  const before = listed([...(clock.before ?? [])].sort((a, b) => b - a))
  return [parts && `时间过去 ${parts} 时`, before && `到期前 ${before}`].filter(Boolean).join('，')
}

export const climbsOf = (clock: Clock): string =>
  `超时即通知技术专家，再过 ${minutes(clock.climbs[0]!)}通知运维负责人，${minutes(clock.climbs[1]!)}通知甲方负责人；之后每 ${minutes(clock.repeat)}提醒一次，直到有人确认知悉`
