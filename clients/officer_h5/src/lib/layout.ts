import { ref } from 'vue'

const query = matchMedia('(min-width: 960px)')
/** The desk's PC: master and detail side by side. */
export const wide = ref(query.matches)
query.addEventListener('change', (event) => { wide.value = event.matches })
