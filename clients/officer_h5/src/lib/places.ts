/** The parts of the page, who may open them, and where they stand in the navigation. */
import type { IconName } from '../components/icons'
import { may, type Role } from './session'

export interface Place { name: string; path: string; title: string; icon: IconName; roles: Role[]; key: string }

const DECIDERS: Role[] = ['ward_officer', 'visit_officer', 'supervisor']
const DESK: Role[] = ['visit_officer', 'supervisor']

const OPS: Role[] = ['ops_engineer', 'ops_specialist', 'ops_lead', 'supervisor']

export const PLACES: Place[] = [
  { name: 'queue', path: '/queue', title: '审核', icon: 'check', roles: DECIDERS, key: '1' },
  { name: 'desk', path: '/desk', title: '值守', icon: 'video', roles: DESK, key: '2' },
  { name: 'timetable', path: '/timetable', title: '时段', icon: 'calendar', roles: DESK, key: '3' },
  { name: 'records', path: '/records', title: '档案', icon: 'folder', roles: DECIDERS, key: '4' },
  { name: 'figures', path: '/figures', title: '统计', icon: 'chart', roles: DECIDERS, key: '5' },
  { name: 'tickets', path: '/tickets', title: '工单', icon: 'flag', roles: OPS, key: '6' },
]

export const myPlaces = (): Place[] => PLACES.filter((one) => may(...one.roles))
/** Under a thumb there is room for four and the account page, which links to the others. */
const UNDER_A_THUMB = 4
export const placesOnPhone = (): Place[] => myPlaces().slice(0, UNDER_A_THUMB)
export const placesBehind = (): Place[] => myPlaces().slice(UNDER_A_THUMB)
export const home = (): string => myPlaces()[0]?.path ?? '/account'
