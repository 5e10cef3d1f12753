import { createRouter, createWebHashHistory } from 'vue-router'
import { readAnew } from './lib/anew'
import { home, PLACES } from './lib/places'
import { may, session, type Role } from './lib/session'

declare module 'vue-router' {
  interface RouteMeta { title: string; roles?: Role[]; open?: boolean; bare?: boolean }
}

const rolesOf = (name: string): Role[] => PLACES.find((one) => one.name === name)?.roles ?? []

export const router = createRouter({
  history: createWebHashHistory(),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/', redirect: () => (session.me ? home() : '/sign-in') },
    { path: '/sign-in', component: () => import('./pages/sign_in/SignInPage.vue'), meta: { title: '登录', open: true, bare: true } },
    { path: '/queue/:kind?/:id?', name: 'queue', component: () => import('./pages/queue/QueuePage.vue'), meta: { title: '审核', roles: rolesOf('queue') } },
    { path: '/desk/:visit?', name: 'desk', component: () => import('./pages/desk/DeskPage.vue'), meta: { title: '值守', roles: rolesOf('desk') } },
    { path: '/timetable/:view?/:day?', name: 'timetable', component: () => import('./pages/timetable/TimetablePage.vue'), meta: { title: '时段', roles: rolesOf('timetable') } },
    { path: '/terminal', name: 'terminal', component: () => import('./pages/terminal/TerminalPage.vue'), meta: { title: '会见终端', open: true, bare: true } },
    { path: '/records/resident/:resident', name: 'records-resident', component: () => import('./pages/records/ResidentPage.vue'), meta: { title: '往来记录', roles: rolesOf('records') } },
    { path: '/records/:recording?', name: 'records', component: () => import('./pages/records/RecordsPage.vue'), meta: { title: '档案', roles: rolesOf('records') } },
    { path: '/figures', name: 'figures', component: () => import('./pages/figures/FiguresPage.vue'), meta: { title: '统计', roles: rolesOf('figures') } },
    { path: '/tickets/:id?', name: 'tickets', component: () => import('./pages/tickets/TicketsPage.vue'), meta: { title: '工单', roles: rolesOf('tickets') } },
    { path: '/duty', name: 'operations-duty', component: () => import('./pages/duty/DutyPage.vue'), meta: { title: '值班', roles: rolesOf('tickets') } },
    { path: '/reports/:id?', name: 'operations-reports', component: () => import('./pages/reports/ReportsPage.vue'), meta: { title: '运维报告', roles: rolesOf('tickets') } },
    { path: '/operations', name: 'operations', component: () => import('./pages/operations/OperationsPage.vue'), meta: { title: '运维', roles: rolesOf('operations') } },
    { path: '/inspections', name: 'operations-inspections', component: () => import('./pages/inspections/InspectionsPage.vue'), meta: { title: '巡检', roles: rolesOf('operations') } },
    { path: '/inspections/:id', name: 'operations-inspection', component: () => import('./pages/inspections/InspectionPage.vue'), meta: { title: '巡检', roles: rolesOf('operations') } },
    { path: '/registers/:part?', name: 'operations-registers', component: () => import('./pages/registers/RegistersPage.vue'), meta: { title: '台账', roles: rolesOf('operations') } },
    { path: '/knowledge', name: 'operations-knowledge', component: () => import('./pages/knowledge/KnowledgePage.vue'), meta: { title: '知识库', roles: rolesOf('operations') } },
    { path: '/knowledge/:id', name: 'operations-case', component: () => import('./pages/knowledge/CasePage.vue'), meta: { title: '案例', roles: rolesOf('operations') } },
    { path: '/promises', name: 'operations-promises', component: () => import('./pages/promises/PromisesPage.vue'), meta: { title: '服务承诺', roles: rolesOf('operations') } },
    { path: '/calendar', name: 'operations-calendar', component: () => import('./pages/promises/CalendarPage.vue'), meta: { title: '工作日历', roles: rolesOf('operations') } },
    { path: '/status', name: 'operations-status', component: () => import('./pages/status/StatusPage.vue'), meta: { title: '系统状态', roles: rolesOf('operations') } },
    { path: '/problems/:id?', name: 'problems', component: () => import('./pages/problems/ProblemsPage.vue'), meta: { title: '报告问题' } },
    { path: '/people/:resident', name: 'people-record', component: () => import('./pages/people/PersonPage.vue'), meta: { title: '人员', roles: ['ward_officer', 'visit_officer', 'supervisor'] } },
    { path: '/people', name: 'people', component: () => import('./pages/people/PeoplePage.vue'), meta: { title: '人员', roles: rolesOf('people') } },
    { path: '/officers', name: 'officers', component: () => import('./pages/administration/OfficersPage.vue'), meta: { title: '民警', roles: rolesOf('officers') } },
    { path: '/places/:part?', name: 'places', component: () => import('./pages/administration/PlacesPage.vue'), meta: { title: '终端', roles: rolesOf('places') } },
    { path: '/rules', name: 'rules', component: () => import('./pages/rules/RulesPage.vue'), meta: { title: '规则', roles: rolesOf('rules') } },
    { path: '/audit', name: 'audit', component: () => import('./pages/audit/AuditPage.vue'), meta: { title: '审计', roles: rolesOf('audit') } },
    { path: '/account', name: 'account', component: () => import('./pages/account/AccountPage.vue'), meta: { title: '我的' } },
    { path: '/:rest(.*)', component: () => import('./pages/NotFoundPage.vue'), meta: { title: '没有这个页面' } },
  ],
})

router.beforeEach((to) => {
  if (to.meta.open) return to.path === '/sign-in' && session.me ? home() : true
  if (!session.me) return { path: '/sign-in', query: { to: to.fullPath } }
  if (to.meta.roles && !may(...to.meta.roles)) return home()
  return true
})

let reading = false
router.onError((_error, to) => {
  if (reading) return
  reading = true
  void readAnew(to.fullPath)
})
