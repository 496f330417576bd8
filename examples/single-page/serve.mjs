// Serves the page, its script, the library and the two settings. Any web server for files would do.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const { ISSUER, CLIENT_ID, PORT = "3000" } = process.env;
const library = new URL("node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js", import.meta.url);
const files = {
  "/": [new URL("index.html", import.meta.url), "text/html; charset=utf-8"],
  "/app.js": [new URL("app.js", import.meta.url), "text/javascript"],
  "/oidc-client-ts.js": [library, "text/javascript"],
};
const settings = JSON.stringify({ issuer: ISSUER, clientId: CLIENT_ID });

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/settings.json") {
    response.writeHead(200, { "Content-Type": "application/json" }).end(settings);
  } else if (Object.hasOwn(files, pathname)) {
    const [file, type] = files[pathname];
    response.writeHead(200, { "Content-Type": type }).end(await readFile(file));
  } else {
    response.writeHead(404).end();
  }
}

createServer(answer).listen(Number(PORT), "localhost", () => console.log(`Open http://localhost:${PORT}/`));
