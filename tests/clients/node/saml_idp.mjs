// An identity provider of samlify's: reads what it shall do as JSON, and answers a request as a server would.
//
//   {"idp": {...settings}, "sp": metadata}                         its own metadata
//   {..., "query": {...}, "octets": "...", "user": {...}}          its answer to the request in a query

import { readFileSync } from 'node:fs'
import samlify from 'samlify'

const asked = JSON.parse(readFileSync(0, 'utf8'))
samlify.setSchemaValidator({ validate: async () => 'not looked at' })

const attribute = (name) => ({
  name,
  valueTag: `user.${name}`,
  nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
  valueXsiType: 'xs:string',
})
const idp = samlify.IdentityProvider({
  ...asked.idp,
  loginResponseTemplate: {
    context: samlify.SamlLib.defaultLoginResponseTemplate.context.replace(
      '{AuthnStatement}',
      '<saml:AuthnStatement AuthnInstant="{IssueInstant}"><saml:AuthnContext><saml:AuthnContextClassRef>' +
        'urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>' +
        '</saml:AuthnStatement>',
    ),
    attributes: ['mail', 'givenName', 'sn'].map(attribute),
  },
})
if (!asked.query) {
  console.log(JSON.stringify({ metadata: idp.getMetadata() }))
} else {
  const sp = samlify.ServiceProvider({ metadata: asked.sp })
  const request = await idp.parseLoginRequest(sp, 'redirect', { query: asked.query, octetString: asked.octets })
  const now = new Date()
  const later = new Date(now.getTime() + 5 * 60 * 1000)
  const place = sp.entityMeta.getAssertionConsumerService('post')
  const fill = (template) => {
    const id = `_${crypto.randomUUID()}`
    return {
      id,
      context: samlify.SamlLib.replaceTagsByValue(template, {
        ID: id,
        AssertionID: `_${crypto.randomUUID()}`,
        Destination: place,
        SubjectRecipient: place,
        AssertionConsumerServiceURL: place,
        Audience: sp.entityMeta.getEntityID(),
        Issuer: idp.entityMeta.getEntityID(),
        IssueInstant: now.toISOString(),
        StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
        ConditionsNotBefore: now.toISOString(),
        ConditionsNotOnOrAfter: later.toISOString(),
        SubjectConfirmationDataNotOnOrAfter: later.toISOString(),
        NameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
        NameID: asked.user.id,
        InResponseTo: request.extract.request.id,
        attrUserMail: asked.user.mail,
        attrUserGivenName: asked.user.givenName,
        attrUserSn: asked.user.sn,
      }),
    }
  }
  const answer = await idp.createLoginResponse(sp, request, 'post', asked.user, fill, false, asked.query.RelayState)
  console.log(JSON.stringify({ place, response: answer.context }))
}
