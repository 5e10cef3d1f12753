import { createApp } from 'vue'
import { Button, PullRefresh, Skeleton, SwipeCell, Switch } from 'vant'
import 'vant/es/button/style'
import 'vant/es/pull-refresh/style'
import 'vant/es/skeleton/style'
import 'vant/es/swipe-cell/style'
import 'vant/es/switch/style'
import App from './App.vue'
import { resume } from './lib/session'
import { keepTheme } from './lib/theme'
import { router } from './router'
import './styles/base.css'

keepTheme()
const app = createApp(App)
for (const part of [Button, PullRefresh, Skeleton, SwipeCell, Switch]) app.use(part)
void resume().then(() => {
  app.use(router)
  app.mount('#app')
})
