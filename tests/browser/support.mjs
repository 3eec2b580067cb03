// For the tests of the web interface. Each is a program: node web….mjs URL SPKI, with the SHA-256 of the certificate's public
// key in base64. It prints errors only.
// Environment: PACKAGES (directory of playwright-core and axe-core), MAIL (folder of the mails of the service), CHROMIUM (program;
// default /usr/bin/chromium), SHOTS (folder for screenshots; optional).
import { createRequire } from "node:module";
import { join } from "node:path";
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";

// The days of the tests are those of the browser.
const TIME_ZONE = "Europe/Berlin";
process.env.TZ = TIME_ZONE;

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
      const context = await browser.newContext({ viewport: DESKTOP, locale: "en-GB", timezoneId: TIME_ZONE, reducedMotion: "reduce" });
      context.setDefaultTimeout(60_000);
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
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}

export async function screenshot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}

// Nothing serious or critical by axe-core, in both themes.
export async function expectAccessible(page, name, themes = ["light", "dark"]) {
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForFunction(
      (isDark) => [...document.querySelectorAll("body, h1, label, .empty h2")].every((element) =>
        Number(/\d+/.exec(getComputedStyle(element).color)[0]) > 128 === isDark),
      colorScheme === "dark",
    );
    await page.evaluate(axe.source);
    // The themes differ in their colours only.
    const options = colorScheme === "dark" && themes.length > 1 ? { runOnly: ["color-contrast", "link-in-text-block"] } : {};
    // The browser applies a theme to some elements only frames later: what is wrong must stay wrong.
    let faults;
    for (let attempt = 0; attempt < 10; attempt += 1) {
      faults = await page.evaluate(async (options) => {
        const { violations } = await window.axe.run(options);
        return violations
          .filter(({ impact }) => ["serious", "critical"].includes(impact))
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      }, options);
      if (faults.length === 0) break;
      await page.evaluate(() => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), 250)));
    }
    expect(faults.length === 0, `${name}, ${colorScheme}: ${faults.join("; ")}`);
    await screenshot(page, `${name}-${page.viewportSize().width}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: "reduce" });
}

// On a phone nothing is wider than the window.
export async function expectFits(page, name) {
  await page.setViewportSize(PHONE);
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return "";
    const sticksOut = (element) => element.getBoundingClientRect().right > clientWidth;
    return [...document.body.querySelectorAll("*")].filter(sticksOut).map((element) => element.outerHTML.slice(0, 200)).join("\n");
  });
  expect(wide === "", `${name} is wider than a phone: ${wide}`);
  await page.setViewportSize(DESKTOP);
}

// In both themes, and on a phone.
export async function expectAccessibleEverywhere(page, name) {
  await expectAccessible(page, name);
  await page.setViewportSize(PHONE);
  await expectAccessible(page, name, ["light"]);
  await expectFits(page, name);
}

// Calls a function until it returns something.
export async function eventually(find, what) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no ${what}`);
}

export const hasFocus = (locator) =>
  eventually(() => locator.evaluate((element) => element === document.activeElement), `focus on ${locator}`);

// The newest code that was sent to an address.
export const mailedCode = (address) =>
  eventually(() => {
    for (const name of readdirSync(process.env.MAIL).sort().reverse()) {
      const path = join(process.env.MAIL, name);
      // A mail appears under another name until it is complete.
      const text = name.endsWith(".eml") && existsSync(path) ? readFileSync(path, "utf8") : "";
      const code = /^Subject: (\d+) is your/m.exec(text)?.[1];
      if (code && new RegExp(`^To: .*${address}`, "m").test(text)) return code;
    }
    return null;
  }, `mail with a code for ${address}`);

// The code of an authenticator app (RFC 6238) for a base32 secret, some periods from now.
export function totp(secret, periods = 0) {
  const bits = [...secret.replace(/[\s=]/g, "")].map((digit) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + periods));
  const hash = createHmac("sha1", key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// Gives a page a device for passkeys, with those of another page. Returns how to read what it has then.
export async function authenticator(page, credentials = []) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  for (const credential of credentials) await devtools.send("WebAuthn.addCredential", { authenticatorId, credential });
  return { credentials: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials };
}

// Answers the next request as the service would that refuses it.
export async function refuseOnce(page, method, path, status, code, more = {}) {
  const { headers = {}, ...members } = more;
  let isDone = false;
  await page.route(
    (url) => url.pathname === path,
    (route) => {
      if (isDone || route.request().method() !== method) return route.fallback();
      isDone = true;
      const body = { type: "about:blank", title: "", status, code, detail: "", request_id: "1", ...members };
      return route.fulfill({ status, headers, contentType: "application/problem+json", body: JSON.stringify(body) });
    },
  );
}

// What the keyboard alone reaches: presses Tab until an element has the focus, which must be visible.
export async function tabTo(page, locator) {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) {
      const outline = await locator.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(outline !== "none", `the focus of ${locator} is not visible`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${locator}`);
}
