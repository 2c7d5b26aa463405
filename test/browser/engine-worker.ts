import { answers } from './answers.js'

/** What the page's security policy has forbidden, and what Node would have brought. */
const forbidden: string[] = []
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  forbidden.push(`${violatedDirective}: ${blockedURI}`),
)
const ofNode = ['process', 'Buffer', 'global', 'require', 'setImmediate'].filter((name) => name in globalThis)

addEventListener('message', async ({ data }) => {
  try {
    const given = await answers(data)
    postMessage({ given, forbidden, ofNode, page: 'document' in globalThis })
  } catch (error) {
    postMessage({ failed: String(error) })
  }
})
