// OpenID providers as other people wrote one (oidc-provider). Whoever arrives is the person that the browser names, and
// says yes to everything; where it names nobody, they say no. Writes where the providers are once they answer:
//
//   basic    by client secret in a header, or by a key pair; signs with ES256
//   post     by client secret in the form; signs with RS256
//   signed   by what is signed with the client secret, which is never sent
//   another  a server that says it is the first one

import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const people = JSON.parse(process.argv[2])

const settings = {
  features: { devInteractions: { enabled: false }, registration: { enabled: true } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'works_in'] },
  scopes: ['openid', 'email', 'profile'],
  cookies: { keys: ['of the tests'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: (use) => {
      const { told_by_userinfo: instead, ...claims } = people[id]
      return { sub: id, ...claims, ...(use === 'userinfo' ? instead : {}) }
    },
  }),
  async loadExistingGrant(ctx) {
    const { provider, session, client } = ctx.oidc
    const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  },
}

const answering = (server) => new Promise((resolve) => server.listen(0, 'localhost', () => resolve(server.address().port)))

const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

async function provide(methods, { issuer, ...more } = {}) {
  const server = createServer()
  const url = `http://localhost:${await answering(server)}`
  const provider = new Provider(issuer ?? url, { ...settings, clientAuthMethods: methods, ...more })
  const answer = provider.callback()
  server.on('request', async (request, response) => {
    if (!request.url.startsWith('/interaction/')) return answer(request, response)
    const person = request.headers['x-person']
    const result = person ? { login: { accountId: person } } : { error: 'access_denied' }
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
  })
  return url
}

const basic = await provide(['client_secret_basic', 'private_key_jwt'], {
  jwks: { keys: [{ ...ecKey, kid: 'ec', use: 'sig', alg: 'ES256' }] },
})
const post = await provide(['client_secret_post'])
const signed = await provide(['client_secret_jwt'])
const another = await provide(['client_secret_basic'], { issuer: basic })
console.log(JSON.stringify({ basic, post, signed, another }))
process.stdin.on('end', () => process.exit()).resume()
