// For the tests of the web interface. Each is a program: node web….mjs URL SPKI, with the SHA-256 of the certificate's public
// key in base64. It prints errors only.
// Environment: PACKAGES (directory of playwright-core and axe-core), CHROMIUM (program; default /usr/bin/chromium), SHOTS (folder
// for screenshots; optional).
import { createRequire } from "node:module";
import { join } from "node:path";
import { randomBytes } from "node:crypto";

const require = createRequire(join(process.env.PACKAGES, "/"));
const { chromium } = require("playwright-core");
const axe = require("axe-core");

export const base = new URL(process.argv[2]).origin;
export const PASSWORD = "a long enough secret";
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

let errors = 0;
export function expect(condition, text) {
  if (condition) return;
  errors += 1;
  console.log(text);
}

// Runs the parts of a test by their names, each in a context of its own: what a browser knows of one is unknown to the next.
export async function run(parts) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", `--ignore-certificate-errors-spki-list=${process.argv[3]}`,
    ],
  });
  try {
    for (const [name, part] of Object.entries(parts)) {
      const context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", timezoneId: "Europe/Berlin", reducedMotion: "reduce" });
      context.setDefaultTimeout(20_000);
      const watch = watched(context, name);
      try {
        await part(context, watch);
      } catch (error) {
        expect(false, `${name}: ${error.stack}`);
        for (const [number, page] of context.pages().entries()) await screenshot(page, `failed-${name}-${number}`);
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
  process.exitCode = errors === 0 ? 0 : 1;
}

// Every error in the console, uncaught exception and violation of the policy is an error of the test. `expected` are texts of
// console errors that are meant to occur, such as the status of an answer.
function watched(context, name) {
  const expected = [];
  context.on("page", (page) => {
    page.on("pageerror", (error) => expect(false, `${name}: ${error.stack}`));
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      if (expected.some((text) => message.text().includes(text))) return;
      expect(false, `${name}: the console says: ${message.text()} (${message.location().url})`);
    });
  });
  return { expected };
}

export async function send(method, path, body, token) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(base + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

// A new account with a session of the test itself.
export async function account(titles = []) {
  const email = `${randomBytes(8).toString("hex")}@example.org`;
  await send("POST", "/auth/register", { email, password: PASSWORD });
  const { access_token: token } = await send("POST", "/auth/login", { email, password: PASSWORD });
  if (titles.length > 0) await send("POST", "/tasks/batch", { create: titles.map((title) => ({ title })) }, token);
  return { email, token };
}

// Logs in on the page that shows the login.
export async function logIn(page, email, password = PASSWORD) {
  await page.getByLabel("E-mail address or user name").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

export async function screenshot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}

// Nothing serious or critical by axe-core, in both themes.
export async function expectAccessible(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run());
    for (const { id, impact, nodes } of violations) {
      if (!["serious", "critical"].includes(impact)) continue;
      expect(false, `${name}, ${colorScheme}: ${id}: ${nodes.map(({ html }) => html).join(" ")}`);
    }
    await screenshot(page, `${name}-${page.viewportSize().width}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: "reduce" });
}
