// A relying party on Auth.js, which reads its instructions from standard input: one request of the browser a line.

import { Auth } from "@auth/core";
import { createInterface } from "node:readline";

const settings = JSON.parse(process.argv[2]);

async function refreshed(token) {
  // As the guide of Auth.js on refresh token rotation has it.
  const response = await fetch(`${settings.issuer}/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${settings.clientId}:${settings.clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: token.refresh_token }),
  });
  const renewed = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(renewed));
  return { ...token, ...renewed };
}

const configuration = {
  basePath: "/auth",
  secret: "of the shop",
  trustHost: true,
  providers: [
    {
      id: "acme",
      name: "Acme",
      type: "oidc",
      issuer: settings.issuer,
      clientId: settings.clientId,
      clientSecret: settings.clientSecret,
      // The profile comes from userinfo.
      idToken: false,
      checks: ["pkce", "state", "nonce"],
      authorization: { params: { scope: "openid profile email offline_access" } },
    },
  ],
  callbacks: {
    async jwt({ token, account, trigger }) {
      if (account) {
        const { access_token, refresh_token, id_token } = account;
        return { ...token, access_token, refresh_token, id_token };
      }
      return trigger === "update" ? refreshed(token) : token;
    },
    session: ({ session, token }) => ({ ...session, held: token }),
  },
  logger: { error: (error) => console.error(error, error?.cause), warn() {}, debug() {} },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { url, ...options } = JSON.parse(line);
  const response = await Auth(new Request(url, options), configuration);
  const headers = [...response.headers];
  console.log(JSON.stringify({ status: response.status, headers, body: await response.text() }));
}
