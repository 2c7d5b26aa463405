import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { Visit } from './studio-visit.js'

/**
 * A visit for all tests of a group. After each of them its pages are closed, the browser has found nothing wrong, and
 * nobody but the server was asked.
 */
export function visiting(): Pick<Visit, 'address' | 'page'> {
  let visit: Visit
  const pages: Page[] = []

  beforeAll(async () => {
    visit = await Visit.begin()
  })

  afterAll(() => visit?.end())

  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close()
    expect(visit.complaints.splice(0)).toEqual([])
    expect(visit.elsewhere.splice(0)).toEqual([])
  })

  return {
    get address() {
      return visit.address
    },
    async page() {
      const page = await visit.page()
      pages.push(page)
      return page
    },
  }
}
