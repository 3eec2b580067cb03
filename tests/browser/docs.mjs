// Tests /docs and /redoc of the running product in a browser: node docs.mjs URL. Prints errors only.
// Environment: PACKAGES (directory of playwright-core), SHOTS (directory for screenshots of the pages; optional),
// ONLY (docs or redoc; default both), CHROMIUM (program; default /usr/bin/chromium).
import { createRequire } from "node:module";
import { join } from "node:path";
import { randomBytes } from "node:crypto";

const { chromium } = createRequire(join(process.env.PACKAGES, "/"))("playwright-core");
const base = new URL(process.argv[2]).origin;
// Milliseconds; generous, for a busy machine.
const kTimeout = 90_000;

let errors = 0;
function report(text) {
  errors += 1;
  console.log(text);
}

// Opens a page and reports console messages, requests to other origins, failed requests and violations of its CSP.
async function openPage(context, path) {
  const page = await context.newPage();
  const at = (text) => report(`${path}: ${text}`);
  page.setDefaultTimeout(kTimeout);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) at(`${message.type()} in the console: ${message.text()}`);
  });
  page.on("pageerror", (error) => at(`uncaught error: ${error.stack}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && !url.startsWith(`blob:${base}/`) && new URL(url).origin !== base) at(`request to another origin: ${url}`);
  });
  page.on("requestfailed", (request) => at(`no response to ${request.url()}: ${request.failure().errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) at(`${response.status()} for ${response.request().method()} ${response.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI} ${event.sample} ${event.sourceFile}`);
    });
  });
  const response = await page.goto(base + path, { waitUntil: "load" });
  checkHeaders(path, response.headers());
  return page;
}

function checkHeaders(path, headers) {
  const policy = headers["content-security-policy"] ?? "";
  if (!policy.startsWith("default-src 'none'; script-src 'self'; ")) report(`${path}: unexpected CSP: ${policy}`);
  if (/unsafe|https?:|\*/.test(policy)) report(`${path}: the CSP is too permissive: ${policy}`);
  if (headers["cache-control"] !== "no-cache") report(`${path}: Cache-Control is ${headers["cache-control"]}`);
}

async function screenshot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}

// Every method and path of the contract, as "GET /tasks".
function operationsOf(contract) {
  const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
  const found = [];
  for (const [path, item] of Object.entries(contract.paths))
    for (const method of methods) if (item[method]) found.push(`${method.toUpperCase()} ${path}`);
  return found.sort();
}

function compare(path, shown, published) {
  for (const one of published) if (!shown.includes(one)) report(`${path} does not list ${one}`);
  for (const one of shown) if (!published.includes(one)) report(`${path} lists ${one}, which is not in the contract`);
}

// ---------------------------------------------------------------- Swagger UI

async function listedBySwagger(page, count) {
  const rows = page.locator(".opblock-summary");
  await rows.nth(count - 1).waitFor();
  return rows.evaluateAll((all) =>
    all.map((row) => {
      const path = row.querySelector(".opblock-summary-path, .opblock-summary-path__deprecated").dataset.path;
      return `${row.querySelector(".opblock-summary-method").textContent} ${path}`;
    }),
  );
}

// Sends the body with "Try it out", and returns the status and body of the response that the page shows.
async function tryOut(page, method, path, body) {
  const block = page.locator(`.opblock-${method}`, { has: page.locator(`.opblock-summary [data-path="${path}"]`) });
  await block.locator(".opblock-control-arrow").click();
  await block.locator("textarea.body-param__text").fill(JSON.stringify(body));
  await block.locator("button.execute").click();
  const answer = block.locator(".live-responses-table .response").first();
  const status = (await answer.locator(".response-col_status").textContent()).trim();
  const text = await answer.locator(".response-col_description pre").first().textContent();
  await block.scrollIntoViewIfNeeded();
  await screenshot(page, `swagger${path.replaceAll("/", "-")}`);
  if (!status.startsWith("201") && !status.startsWith("200")) throw new Error(`${method} ${path} in Swagger UI: ${status} ${text}`);
  await block.locator(".opblock-control-arrow").click();
  return { status: Number.parseInt(status, 10), body: JSON.parse(text) };
}

async function authorise(page, token) {
  await page.locator(".auth-wrapper button.authorize").first().click();
  const scheme = page.locator(".modal-ux .auth-container", { has: page.locator("h4", { hasText: "access_token" }) });
  await scheme.locator("input").fill(token);
  await scheme.locator("button.authorize").click();
  await scheme.locator("button", { hasText: "Logout" }).waitFor();
  await screenshot(page, "swagger-authorised");
  await page.locator(".modal-ux button.btn-done").first().click();
}

async function checkSwagger(context, operations) {
  const page = await openPage(context, "/docs");
  compare("/docs", await listedBySwagger(page, operations.length), operations);
  await screenshot(page, "swagger");

  const account = { email: `${randomBytes(8).toString("hex")}@example.org`, password: "a long enough secret" };
  const registered = await tryOut(page, "post", "/auth/register", account);
  if (registered.status !== 201 || registered.body.email !== account.email) report(`registration returned: ${JSON.stringify(registered)}`);
  const pair = await tryOut(page, "post", "/auth/login", account);
  await authorise(page, pair.body.access_token);
  const task = await tryOut(page, "post", "/tasks", { title: "Made in a browser" });
  if (task.status !== 201 || task.body.title !== "Made in a browser") report(`task creation returned: ${JSON.stringify(task)}`);

  // Confirms with the service what the page shows.
  const answer = await context.request.get(`${base}/tasks`, { headers: { Authorization: `Bearer ${pair.body.access_token}` } });
  const { items } = await answer.json();
  if (items.length !== 1 || items[0].id !== task.body.id) report(`the service returned: ${JSON.stringify(items)}`);

  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  if (stored !== '[{},{},""]') report(`/docs stores data in the browser: ${stored}`);
  await page.close();
}

// ---------------------------------------------------------------- ReDoc

async function listedByRedoc(page) {
  await page.locator("#redoc .menu-content").waitFor();
  await page.locator("#redoc .http-verb").first().waitFor();
  return page.locator("#redoc .http-verb").evaluateAll((all) => {
    const shown = all.map((verb) => `${verb.textContent.toUpperCase()} ${verb.nextElementSibling.textContent}`);
    return [...new Set(shown)];
  });
}

async function checkRedoc(context, operations) {
  const page = await openPage(context, "/redoc");
  compare("/redoc", await listedByRedoc(page), operations);
  // With styles applied, the menu is a narrow column next to the text.
  const menu = await page.locator("#redoc .menu-content").boundingBox();
  if (!menu || menu.width > 400 || menu.height < 300) report(`/redoc has no styles: the menu is ${JSON.stringify(menu)}`);
  await page.locator("#redoc input[type=text]").fill("task");
  await page.locator("#redoc [data-role='search:results'] [role=menuitem]").first().waitFor();
  await screenshot(page, "redoc");
  await page.close();
}

// ---------------------------------------------------------------- main

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ],
});
try {
  // Wide enough for ReDoc's three columns. The certificate is self-signed.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1400, height: 900 } });
  const answer = await context.request.get(`${base}/openapi.json`);
  const operations = operationsOf(await answer.json());
  if (operations.length < 30) report(`the contract has only ${operations.length} operations`);
  if (!process.env.ONLY || process.env.ONLY === "redoc") await checkRedoc(context, operations);
  if (!process.env.ONLY || process.env.ONLY === "docs") await checkSwagger(context, operations);
} catch (error) {
  report(error.stack);
} finally {
  await browser.close();
}
process.exitCode = errors === 0 ? 0 : 1;
