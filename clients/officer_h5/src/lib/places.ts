/** The parts of the page, who may open them, and where they stand in the navigation. */
import type { IconName } from '../components/icons'
import { may, type Role } from './session'

export interface Place { name: string; path: string; title: string; icon: IconName; roles: Role[]; key: string }

const DECIDERS: Role[] = ['ward_officer', 'visit_officer', 'supervisor']
const DESK: Role[] = ['visit_officer', 'supervisor']

const OPS: Role[] = ['ops_engineer', 'ops_specialist', 'ops_lead', 'supervisor']
/** Who writes into the registers and inspects; the supervisor of the customer reads. */
export const KEEPERS: Role[] = ['ops_engineer', 'ops_specialist', 'ops_lead']

export const PLACES: Place[] = [
  { name: 'queue', path: '/queue', title: '审核', icon: 'check', roles: DECIDERS, key: '1' },
  { name: 'desk', path: '/desk', title: '值守', icon: 'video', roles: DESK, key: '2' },
  { name: 'timetable', path: '/timetable', title: '时段', icon: 'calendar', roles: DESK, key: '3' },
  { name: 'records', path: '/records', title: '档案', icon: 'folder', roles: DECIDERS, key: '4' },
  { name: 'figures', path: '/figures', title: '统计', icon: 'chart', roles: DECIDERS, key: '5' },
  { name: 'tickets', path: '/tickets', title: '工单', icon: 'flag', roles: OPS, key: '6' },
  { name: 'operations', path: '/operations', title: '运维', icon: 'pulse', roles: OPS, key: '' },
  { name: 'people', path: '/people', title: '人员', icon: 'people', roles: [...DECIDERS, 'system_administrator'], key: '7' },
  { name: 'officers', path: '/officers', title: '民警', icon: 'shield', roles: ['system_administrator', 'security_administrator'], key: '8' },
  { name: 'places', path: '/places', title: '终端', icon: 'door', roles: [...DESK, 'ops_engineer', 'ops_lead', 'system_administrator'], key: '9' },
  { name: 'rules', path: '/rules', title: '规则', icon: 'rules', roles: ['supervisor', 'system_administrator'], key: '0' },
  { name: 'audit', path: '/audit', title: '审计', icon: 'trail', roles: ['supervisor', 'audit_administrator'], key: '' },
]

export const myPlaces = (): Place[] => PLACES.filter((one) => may(...one.roles))
/** Under a thumb there is room for four and the account page, which links to the others. */
const UNDER_A_THUMB = 4
export const placesOnPhone = (): Place[] => myPlaces().slice(0, UNDER_A_THUMB)
export const placesBehind = (): Place[] => myPlaces().slice(UNDER_A_THUMB)
/** Where a page is reached from that the navigation itself does not show. */
export function wayBack(name: string, onPhone: boolean): Pick<Place, 'path' | 'title'> | null {
  if (name.startsWith('operations-')) return PLACES.find((one) => one.name === 'operations')!
  const behind = name === 'problems' || (onPhone && placesBehind().some((one) => one.name === name))
  return behind ? { path: '/account', title: '我的' } : null
}
export const home = (): string => myPlaces()[0]?.path ?? '/account'
