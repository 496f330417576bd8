// An application that signs its customers in with openid-client, as its documentation shows it.
//
// Asked by its configuration (JSON, the first argument), it prints the address to open as one line of JSON, reads the
// address the browser came back to from standard input, and prints what it then holds.
import { createInterface } from "node:readline/promises";
import * as client from "openid-client";

const { issuer, clientId, clientSecret, privateKey, redirectUri, signedOutUri, scope } = JSON.parse(process.argv[2]);
const authentication =
  privateKey &&
  client.PrivateKeyJwt({
    key: await crypto.subtle.importKey("jwk", privateKey, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]),
    kid: privateKey.kid,
  });
const configuration = await client.discovery(new URL(issuer), clientId, clientSecret, authentication, {
  execute: [client.allowInsecureRequests],
});
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
const authorizationUrl = client.buildAuthorizationUrl(configuration, {
  redirect_uri: redirectUri,
  scope,
  state,
  nonce,
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: "S256",
});
console.log(JSON.stringify({ authorizationUrl: authorizationUrl.href }));

const lines = createInterface({ input: process.stdin });
const callback = await new Promise((resolve) => lines.once("line", resolve));
lines.close();
const tokens = await client.authorizationCodeGrant(configuration, new URL(callback), {
  pkceCodeVerifier: verifier,
  expectedState: state,
  expectedNonce: nonce,
  idTokenExpected: true,
});
const claims = tokens.claims();
const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token);
const userinfo = await client.fetchUserInfo(configuration, refreshed.access_token, claims.sub);
const introspection = await client.tokenIntrospection(configuration, refreshed.access_token);
const endSessionUrl = client.buildEndSessionUrl(configuration, {
  post_logout_redirect_uri: signedOutUri,
  id_token_hint: refreshed.id_token ?? tokens.id_token,
  state: "bye",
});
await client.tokenRevocation(configuration, refreshed.refresh_token);
const afterRevocation = await client
  .refreshTokenGrant(configuration, refreshed.refresh_token)
  .then(() => "still valid", (error) => error.error);
console.log(
  JSON.stringify({ claims, userinfo, introspection, rotated: refreshed.refresh_token !== tokens.refresh_token, endSessionUrl: endSessionUrl.href, afterRevocation }),
);
