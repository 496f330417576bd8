// A single-page application whose customers sign in with OpenID Connect, by oidc-client-ts.

const { issuer, clientId } = await (await fetch("/settings.json")).json();
const home = `${location.origin}/`;
// Code with PKCE, and a refresh token that is kept for this tab only and exchanged before the access token expires.
const manager = new oidc.UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: home,
  post_logout_redirect_uri: home,
  scope: "openid profile email offline_access",
  automaticSilentRenew: true,
  // The ID token says who it is; userinfo tells the name.
  loadUserInfo: true,
});
const find = (id) => document.getElementById(id);

function show(user) {
  find("sign-in").hidden = Boolean(user);
  find("signed-in").hidden = !user;
  find("greeting").textContent = user ? `Hello, ${user.profile.name ?? user.profile.email}` : "Nobody is signed in";
  find("access-token").textContent = user?.access_token.slice(-12) ?? "";
  const lines = Object.entries(user?.profile ?? {}).flatMap(([name, value]) => [line("dt", name), line("dd", value)]);
  find("claims").replaceChildren(...lines);
}

function line(tag, value) {
  const element = document.createElement(tag);
  element.textContent = typeof value === "object" ? JSON.stringify(value) : value;
  return element;
}

function whenPressed(id, act) {
  find(id).addEventListener("click", () => act().catch(tell));
}

function tell(error) {
  find("problem").textContent = error.error_description ?? error.message;
}

async function arrive() {
  const query = new URLSearchParams(location.search);
  if (!query.has("state")) return manager.getUser();
  // The address with the code is nobody's to keep.
  const answered = location.href;
  history.replaceState(null, "", "/");
  const isBack = query.has("code") || query.has("error");
  return isBack ? manager.signinRedirectCallback(answered) : manager.signoutRedirectCallback(answered).then(() => null);
}

whenPressed("sign-in", () => manager.signinRedirect());
whenPressed("renew", () => manager.signinSilent());
whenPressed("sign-out", () => manager.signoutRedirect());
manager.events.addUserLoaded(show);
manager.events.addUserUnloaded(() => show(null));
manager.events.addSilentRenewError(tell);
arrive().then(show, tell);
