// Passkeys in a browser with a virtual authenticator, and the same ceremonies, damaged ones included, judged by another
// implementation of WebAuthn: node passkeys.mjs URL SPKI, with the SHA-256 of the certificate's public key in base64, because
// WebAuthn refuses pages whose certificate is not trusted. Prints errors only.
// Environment: PACKAGES (directory of playwright-core and @simplewebauthn/server), CHROMIUM (program; default /usr/bin/chromium).
import { createRequire } from "node:module";
import { join } from "node:path";
import { randomBytes } from "node:crypto";

const require = createRequire(join(process.env.PACKAGES, "/"));
const { chromium } = require("playwright-core");
const { verifyRegistrationResponse, verifyAuthenticationResponse } = require("@simplewebauthn/server");
const base = new URL(process.argv[2]).origin;
const rpId = new URL(base).hostname;

let errors = 0;
function expect(condition, text) {
  if (condition) return;
  errors += 1;
  console.log(text);
}

// Sends a request from the page, and returns the status and the body.
function send(page, method, path, body, token) {
  return page.evaluate(
    async ([method, path, body, token]) => {
      const headers = {};
      if (body !== undefined) headers["Content-Type"] = "application/json";
      if (token) headers.Authorization = `Bearer ${token}`;
      const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, body: text ? JSON.parse(text) : null };
    },
    [method, path, body, token],
  );
}

// The answers of the browser to options, as it serialises them itself.
function create(page, options) {
  return page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return (await navigator.credentials.create({ publicKey })).toJSON();
  }, options);
}
function get(page, options) {
  return page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  }, options);
}

// Functions that damage a credential in place.
const bytes = (text) => Buffer.from(text, "base64url");
function inClientData(change) {
  return ({ response }) => {
    const data = JSON.parse(bytes(response.clientDataJSON));
    change(data);
    response.clientDataJSON = Buffer.from(JSON.stringify(data)).toString("base64url");
  };
}
function inMember(name, change) {
  return ({ response }) => {
    response[name] = change(bytes(response[name])).toString("base64url");
  };
}
// The authenticator data begins with the SHA-256 of the RP id; the flags follow.
function inAuthenticatorData(name, change) {
  return inMember(name, (data) => {
    const start = name === "attestationObject" ? data.indexOf("authData") + "authData".length + 2 : 0;
    change(data.subarray(start + (name === "attestationObject" && data[start - 2] === 0x59 ? 1 : 0)));
    return data;
  });
}
const inAnyCeremony = (authenticatorData) => ({
  "another type": inClientData((data) => (data.type = "webauthn.other")),
  "another origin": inClientData((data) => (data.origin = "https://example.org")),
  "another challenge": inClientData((data) => (data.challenge = randomBytes(32).toString("base64url"))),
  "another RP id": inAuthenticatorData(authenticatorData, (data) => (data[0] ^= 1)),
  "no user presence": inAuthenticatorData(authenticatorData, (data) => (data[32] &= ~1)),
  "no user verification": inAuthenticatorData(authenticatorData, (data) => (data[32] &= ~4)),
  "the end is missing": inMember(authenticatorData, (data) => data.subarray(0, data.length - 20)),
  "another id": (credential) => (credential.id = randomBytes(16).toString("base64url")),
  "another kind": (credential) => (credential.type = "password"),
});
const damagedRegistrations = inAnyCeremony("attestationObject");
const damagedLogins = {
  ...inAnyCeremony("authenticatorData"),
  "another signature": inMember("signature", (data) => (data[data.length - 1] ^= 1, data)),
  "no signature": inMember("signature", () => Buffer.alloc(0)),
  "a greater counter": inAuthenticatorData("authenticatorData", (data) => (data[36] ^= 1)),
};

// Whether the other implementation accepts it.
async function isVerified(verification) {
  try {
    return (await verification).verified;
  } catch {
    return false;
  }
}
const expectation = (challenge) => ({
  expectedChallenge: challenge, expectedOrigin: base, expectedRPID: rpId, requireUserVerification: true,
});
const verifyRegistration = (response, options) => verifyRegistrationResponse({ response, ...expectation(options.challenge) });
const verifyLogin = (response, options, authenticator) =>
  verifyAuthenticationResponse({ response, ...expectation(options.challenge), authenticator });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", `--ignore-certificate-errors-spki-list=${process.argv[3]}`,
  ],
});
try {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(90_000);
  await page.goto(`${base}/docs`, { waitUntil: "load" });
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const authenticator = async (hasUserVerification) => {
    const options = {
      protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification,
      isUserVerified: hasUserVerification, automaticPresenceSimulation: true,
    };
    return (await devtools.send("WebAuthn.addVirtualAuthenticator", { options })).authenticatorId;
  };
  const plain = await authenticator(false);

  const account = { email: `${randomBytes(8).toString("hex")}@example.org`, password: "a long enough secret" };
  expect((await send(page, "POST", "/auth/register", account)).status === 201, "the account was not registered");
  let token = (await send(page, "POST", "/auth/login", account)).body.access_token;

  const begin = async () => (await send(page, "POST", "/auth/passkeys/options", undefined, token)).body;
  const register = (credential) => send(page, "POST", "/auth/passkeys", { name: "Virtual", credential }, token);
  // The options require user verification, but the service does not rely on the browser.
  const unverified = await begin();
  unverified.authenticatorSelection = { userVerification: "discouraged" };
  const denied = await register(await create(page, unverified));
  expect(denied.body.code === "invalid_passkey_registration", `without user verification: ${JSON.stringify(denied)}`);
  await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: plain });

  const authenticatorId = await authenticator(true);
  const setVerified = (isUserVerified) => devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  for (const [what, damage] of Object.entries(damagedRegistrations)) {
    const options = await begin();
    const credential = await create(page, options);
    damage(credential);
    const refused = await register(credential);
    expect(refused.status === 422, `a registration with ${what}: ${JSON.stringify(refused)}`);
    expect(!(await isVerified(verifyRegistration(credential, options))), `the other implementation accepts ${what}`);
  }
  await setVerified(false);
  const creation = await begin();
  expect(await create(page, creation).then(() => false, () => true), "the browser registered without user verification");
  await setVerified(true);

  const credential = await create(page, creation);
  const judged = await verifyRegistration(credential, creation);
  expect(judged.verified, "the other implementation refuses the registration");
  const added = await register(credential);
  expect(added.status === 201, `registration: ${JSON.stringify(added)}`);
  expect((await register(credential)).status === 422, "a challenge was accepted twice");
  token = added.body.access_token;
  const { body: list } = await send(page, "GET", "/auth/passkeys", undefined, token);
  expect(list.items?.length === 1 && list.items[0].name === "Virtual", `the passkeys are: ${JSON.stringify(list)}`);

  const beginLogin = async () => (await send(page, "POST", "/auth/passkeys/login/options")).body;
  const logIn = (assertion) => send(page, "POST", "/auth/passkeys/login", { credential: assertion });
  for (const [what, damage] of Object.entries(damagedLogins)) {
    const options = await beginLogin();
    const assertion = await get(page, options);
    damage(assertion);
    const answer = await logIn(assertion);
    expect([401, 422].includes(answer.status), `a login with ${what}: ${JSON.stringify(answer)}`);
    const isAccepted = await isVerified(verifyLogin(assertion, options, judged.registrationInfo));
    expect(!isAccepted, `the other implementation accepts ${what}`);
  }
  await setVerified(false);
  const request = await beginLogin();
  expect(await get(page, request).then(() => false, () => true), "the browser logged in without user verification");
  request.userVerification = "discouraged";
  const unknown = await logIn(await get(page, request));
  expect(unknown.body.code === "invalid_passkey", `a login without user verification: ${JSON.stringify(unknown)}`);
  await setVerified(true);

  const options = await beginLogin();
  const assertion = await get(page, options);
  expect((await verifyLogin(assertion, options, judged.registrationInfo)).verified, "the other implementation refuses the login");
  const login = await logIn(assertion);
  expect(login.status === 200 && login.body.user.email === account.email, `login: ${JSON.stringify(login)}`);
  expect((await logIn(assertion)).status === 401, "an assertion was accepted twice");

  const first = await send(page, "POST", "/auth/login", account);
  expect(first.body.code === "mfa_required", `the login with a password: ${JSON.stringify(first)}`);
  const { mfa_token } = first.body;
  const factor = await send(page, "POST", "/auth/mfa/passkey-options", { mfa_token });
  const done = await send(page, "POST", "/auth/mfa", { mfa_token, webauthn: await get(page, factor.body) });
  expect(done.status === 200, `the second factor: ${JSON.stringify(done)}`);
} catch (error) {
  expect(false, error.stack);
} finally {
  await browser.close();
}
process.exitCode = errors === 0 ? 0 : 1;
