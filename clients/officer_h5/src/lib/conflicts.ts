import { ref } from 'vue'

/** Rises when the server refused a change because the record is another one by now: what is shown is old, and is read again. */
export const conflicts = ref(0)
