/** A year's exceptions from a table: a date and whether it is worked. All that is wrong is named by its line. */
export interface Read { year: number | null; holidays: string[]; workdays: string[]; problems: { line: number; text: string }[] }

const OFF = ['0', '休', '放假', '否', 'false']
const ON = ['1', '班', '上班', '调休上班', '是', 'true']

function dateOf(text: string): string | null {
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text)
  if (!found) return null
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number]
  const made = new Date(Date.UTC(year, month - 1, day))
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day ? made.toISOString().slice(0, 10) : null
}

export function readCalendar(text: string): Read {
  const found: Read = { year: null, holidays: [], workdays: [], problems: [] }
  const seen = new Map<string, number>()
  text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/).forEach((row, index) => {
    const line = index + 1
    const [first = '', second = ''] = row.split(/[,，;\t]/).map((one) => one.trim().replace(/^"|"$/g, ''))
    if (!first && !second) return
    const day = dateOf(first)
    if (!day && line === 1 && !/\d/.test(first)) return // the names of the columns
    const wrong = (why: string): void => void found.problems.push({ line, text: why })
    if (!day) return wrong(`“${first}”不是日期，请写成 2027-01-01 这样。`)
    const off = OFF.includes(second.toLowerCase())
    if (!off && !ON.includes(second.toLowerCase())) return wrong(`第二列请填 0（放假）或 1（上班），现在是“${second}”。`)
    if (seen.has(day)) return wrong(`${day} 与第 ${seen.get(day)} 行重复。`)
    const year = Number(day.slice(0, 4))
    if (found.year !== null && year !== found.year) return wrong(`${day} 不是 ${found.year} 年的日期，请每个年度一个文件。`)
    found.year = year
    seen.set(day, line)
    found[off ? 'holidays' : 'workdays'].push(day)
  })
  if (!seen.size && !found.problems.length) found.problems.push({ line: 1, text: '文件里没有日期。' })
  return found
}

/** Excel writes UTF-8 or, on most machines in China, GBK. */
export async function textOf(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gbk').decode(bytes)
  }
}
