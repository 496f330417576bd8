// A web application on express-openid-connect, as its documentation shows it. Its settings are the first argument (JSON).
import express from "express";
import openid from "express-openid-connect";

const { issuer, clientId, clientSecret, port } = JSON.parse(process.argv[2]);
const app = express();
app.use(
  openid.auth({
    issuerBaseURL: issuer,
    baseURL: `http://localhost:${port}`,
    clientID: clientId,
    clientSecret,
    secret: "a secret of the shop, thirty-two characters",
    authRequired: false,
    idpLogout: true,
    authorizationParams: { response_type: "code", scope: "openid profile email offline_access" },
  }),
);
app.get("/", async (request, response) => {
  const { oidc } = request;
  if (!oidc.isAuthenticated()) return response.json({ isSignedIn: false });
  const { accessToken, idTokenClaims, refreshToken } = oidc;
  response.json({ isSignedIn: true, claims: idTokenClaims, person: await oidc.fetchUserInfo(), accessToken, refreshToken });
});
app.get("/renew", openid.requiresAuth(), async (request, response) => {
  await request.oidc.accessToken.refresh();
  response.redirect(303, "/");
});
app.use((error, request, response, next) => response.status(500).send(String(error.stack ?? error)));
app.listen(port, "localhost", () => console.log("ready"));
