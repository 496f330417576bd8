// The pages of the sample. What comes from outside is written as text.

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const text = (value) => {
  const words = typeof value === "object" ? JSON.stringify(value) : String(value);
  return words.replace(/[&<>"']/g, (sign) => SIGNS[sign]);
};
const button = (path, words) => `<form method="post" action="${path}"><button>${words}</button></form>`;

function document(body) {
  return `<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width">
<title>Express sample</title>
<style>body { font: 1rem/1.5 system-ui; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
form { display: inline } dt { font-weight: 600 } dd { overflow-wrap: anywhere }</style>
${body}
</html>`;
}

export function page(signedIn, told) {
  if (!signedIn) return document(`<h1>Nobody is signed in</h1>\n${button("/sign-in", "Sign in")}`);
  const { claims, person, accessToken } = signedIn;
  const listed = Object.entries(told ?? claims).map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`);
  return document(`<h1>Hello, ${text(person.name ?? person.email)}</h1>
${button("/userinfo", "Ask userinfo")} ${button("/renew", "Renew")} ${button("/sign-out", "Sign out")}
<h2>${told ? "Userinfo tells" : "The ID token says"}</h2>
<dl>${listed.join("")}</dl>
<p>The access token ends in <code id="access-token">${text(accessToken.slice(-12))}</code>.</p>`);
}

export function ended() {
  return document(`<h1>This sign-in has ended</h1>
<p>It took too long, or began in another browser. Sign in again.</p>
${button("/sign-in", "Sign in again")}`);
}

export function refusal(reason) {
  return document(`<h1>That did not work</h1>\n<p>${text(reason)}</p>\n<p><a href="/">Begin again</a></p>`);
}
