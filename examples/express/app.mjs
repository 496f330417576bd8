// A web application whose customers sign in with OpenID Connect, by Express and openid-client.

import express from "express";
import session from "express-session";
import * as client from "openid-client";
import { randomBytes } from "node:crypto";
import { ended, page, refusal } from "./pages.mjs";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT = "3000" } = process.env;
const HOME = `http://localhost:${PORT}/`;
const CALLBACK = `${HOME}callback`;
// So many tabs of one browser may be on their way to the issuer.
const MOST_BEGUN = 8;

// Only an issuer on this machine may do without TLS.
const isLocal = new URL(ISSUER).protocol === "http:";
const configuration = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, {
  execute: isLocal ? [client.allowInsecureRequests] : [],
});

const app = express();
app.use(
  session({
    name: "express-sample",
    secret: process.env.SESSION_SECRET || randomBytes(32).toString("hex"),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: "lax" },
  }),
);

app.get("/", (request, response) => {
  response.send(page(request.session.signedIn));
});

app.post("/sign-in", async (request, response) => {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  // Each tab may begin one.
  request.session.begun = [...(request.session.begun ?? []), checks].slice(-MOST_BEGUN);
  const address = client.buildAuthorizationUrl(configuration, {
    redirect_uri: CALLBACK,
    scope: "openid profile email offline_access",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  response.redirect(303, address.href);
});

app.get("/callback", async (request, response) => {
  const answer = new URL(request.originalUrl, HOME);
  const begun = request.session.begun ?? [];
  const checks = begun.find(({ expectedState }) => expectedState === answer.searchParams.get("state"));
  if (!checks) {
    // Nothing is known of this sign-in: it has ended already, took too long, or began in another browser.
    return request.session.signedIn ? response.redirect(303, "/") : response.status(400).send(ended());
  }
  const tokens = await client.authorizationCodeGrant(configuration, answer, { ...checks, idTokenExpected: true });
  // A signed-in session has another name than the one that somebody may have been handed before. What a sign-in in
  // another tab needs to end goes along.
  await new Promise((done, failed) => request.session.regenerate((error) => (error ? failed(error) : done())));
  // The ID token says who it is; userinfo tells the name.
  const claims = tokens.claims();
  const person = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
  request.session.begun = begun.filter((each) => each !== checks);
  request.session.signedIn = { claims, person, ...held(tokens) };
  response.redirect(303, "/");
});

app.post("/renew", signedIn, async (request, response) => {
  const { signedIn } = request.session;
  const tokens = await client.refreshTokenGrant(configuration, signedIn.refreshToken);
  // Each refresh token is good once: keep the new one.
  request.session.signedIn = { ...signedIn, ...held(tokens) };
  response.redirect(303, "/");
});

app.post("/userinfo", signedIn, async (request, response) => {
  const { signedIn } = request.session;
  const told = await client.fetchUserInfo(configuration, signedIn.accessToken, signedIn.claims.sub);
  response.send(page(signedIn, told));
});

// Ends this application's session, then the one at the issuer, which sends the browser back.
app.post("/sign-out", signedIn, (request, response, failed) => {
  const address = client.buildEndSessionUrl(configuration, {
    id_token_hint: request.session.signedIn.idToken,
    post_logout_redirect_uri: HOME,
  });
  request.session.destroy((error) => (error ? failed(error) : response.redirect(303, address.href)));
});

app.use((error, request, response, next) => {
  response.status(400).send(refusal(error.error_description ?? error.message));
});

function held(tokens) {
  return { accessToken: tokens.access_token, refreshToken: tokens.refresh_token, idToken: tokens.id_token };
}

function signedIn(request, response, next) {
  if (request.session.signedIn) next();
  else response.redirect(303, "/");
}

app.listen(Number(PORT), "localhost", () => console.log(`Open ${HOME}`));
