// Logins, registration and forgotten passwords in the web interface.
import {
  DESKTOP, PASSWORD, PHONE, account, authenticator, base, expect, expectAccessibleEverywhere, expectFits, hasFocus, logIn, mailedCode, refuseOnce, run,
  send, tabTo, totp,
} from "./support.mjs";
import { randomBytes } from "node:crypto";

const newAddress = () => `${randomBytes(8).toString("hex")}@example.org`;
const heading = (page, name) => page.getByRole("heading", { name, level: 1, exact: true }).waitFor();
const button = (page, name) => page.getByRole("button", { name, exact: true });
const field = (page, name) => page.getByLabel(name, { exact: true });
async function logOut(page) {
  await page.getByRole("button", { name: /Account and settings$/ }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await heading(page, "Log in");
}

await run({
  "register with the keyboard": async (context, { expected }) => {
    expected.push("status of 422", "status of 409");
    const { email: taken } = await account();
    const page = await context.newPage();
    await page.goto(`${base}/app/account?from=test`);
    await heading(page, "Log in");
    await expectAccessibleEverywhere(page, "login");
    await tabTo(page, page.getByRole("link", { name: "Create an account" }));
    await page.keyboard.press("Enter");
    await heading(page, "Create an account");
    await expectAccessibleEverywhere(page, "register");
    await hasFocus(field(page, "E-mail address"));

    await page.keyboard.press("Enter");
    await page.getByText("Enter an e-mail address or a user name.").waitFor();
    await page.keyboard.type(taken);
    await tabTo(page, field(page, "Password"));
    await page.keyboard.type("secret");
    await page.keyboard.press("Enter");
    await page.getByText("This is too short.").waitFor();
    await field(page, "Password").fill("");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByText("An account with this address already exists.").waitFor();
    const email = newAddress();
    await field(page, "E-mail address").fill(email);
    await page.keyboard.press("Enter");
    await heading(page, "Account");
    expect(page.url() === `${base}/app/account?from=test`, `the registration leads to ${page.url()}`);
    await page.goto(`${base}/app/register`);
    await heading(page, "Tasks");
  },

  "closed registration": async (context, { expected }) => {
    expected.push("status of 403");
    const page = await context.newPage();
    await refuseOnce(page, "POST", "/auth/register", 403, "registration_closed");
    await page.goto(`${base}/app/register`);
    await field(page, "E-mail address").fill(newAddress());
    await field(page, "Password").fill(PASSWORD);
    await button(page, "Create the account").click();
    await page.getByText("Registration is closed").waitFor();
    await page.getByRole("link", { name: "Log in" }).click();
    await heading(page, "Log in");
  },

  "code by e-mail": async (context, { expected }) => {
    expected.push("status of 401", "status of 429");
    const email = newAddress();
    const page = await context.newPage();
    await page.setViewportSize(PHONE);
    await page.goto(`${base}/app/`);
    await button(page, "Log in with a code by e-mail").click();
    await page.getByText("Enter your e-mail address: the code is sent to it.").waitFor();
    await field(page, "E-mail address or user name").fill(email);
    await button(page, "Log in with a code by e-mail").click();
    await page.getByText(`A code is on its way to ${email}.`).first().waitFor();
    const input = page.getByLabel("Code from the e-mail");
    expect((await input.getAttribute("autocomplete")) === "one-time-code", "the browser does not fill in codes");
    await page.setViewportSize(DESKTOP);
    await expectAccessibleEverywhere(page, "login-code");
    await button(page, "Log in").click();
    await page.getByText("The code has at least six digits.").waitFor();
    const code = await mailedCode(email);
    // Typed; it is sent without a button.
    await input.pressSequentially(code === "000000" ? "000001" : "000000");
    await page.getByRole("alert").getByText("The code is wrong, used or expired.").waitFor();
    // Pasted, with a space.
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.evaluate((text) => navigator.clipboard.writeText(text), `${code.slice(0, 3)} ${code.slice(3)}`);
    await input.press("Control+V");
    await heading(page, "Tasks");

    // A second code within a minute is refused, which is said, and when it is possible again.
    await logOut(page);
    await field(page, "E-mail address or user name").fill(email);
    await button(page, "Log in with a code by e-mail").click();
    await page.getByRole("alert").getByText(/Too many requests\. Try again in \d+ seconds?\./).waitFor();
    await button(page, "Log in another way").click();
    expect((await field(page, "E-mail address or user name").inputValue()) === email, "the address was lost");
  },

  "second factor": async (context, { expected }) => {
    expected.push("status of 403", "status of 401");
    const { email, token } = await account(["After two factors"]);
    const { secret } = await send("POST", "/auth/totp", undefined, token);
    const used = totp(secret);
    const { recovery_codes } = await send("POST", "/auth/totp/confirm", { code: used }, token);
    const page = await context.newPage();
    await page.goto(`${base}/app/`);
    await logIn(page, email);
    const code = page.getByLabel("Code of the authenticator app");
    await code.waitFor();
    await hasFocus(code);
    await expectAccessibleEverywhere(page, "login-factor");
    await page.keyboard.type(used);
    await page.getByRole("alert").getByText("The code is wrong or was already used.").waitFor();
    await page.keyboard.type(totp(secret, 1));
    await page.getByText("After two factors").waitFor();

    await logOut(page);
    await logIn(page, email);
    await button(page, "Use a recovery code").click();
    await page.getByLabel("Recovery code").fill(recovery_codes[0].toLowerCase());
    await page.keyboard.press("Enter");
    await page.getByText("After two factors").waitFor();
  },

  "passkeys": async (context, { expected }) => {
    expected.push("status of 403", "status of 401");
    const { email } = await account(["With a passkey"]);
    const first = await context.newPage();
    let device = await authenticator(first);
    await first.goto(`${base}/app/account/security`);
    await logIn(first, email);
    await button(first, "Add a passkey").click();
    await first.getByLabel("Name of the passkey").fill("Virtual");
    await button(first, "Create the passkey").click();
    await first.getByRole("dialog", { name: "Recovery codes" }).getByRole("button", { name: "I have saved them" }).click();
    const credentials = await device.credentials();
    expect(credentials.length === 1, "the device has no passkey");
    await first.close();
    await context.clearCookies();

    // By the button, and as a second factor. The device would answer the field of the name at once.
    const page = await context.newPage();
    device = await authenticator(page, credentials);
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });
    await page.goto(`${base}/app/login`);
    await button(page, "Log in with a passkey").click();
    await page.getByText("With a passkey", { exact: true }).waitFor();
    await logOut(page);
    await logIn(page, email);
    await button(page, "Use a passkey").click();
    await page.getByText("With a passkey", { exact: true }).waitFor();
    await logOut(page);
    const used = await device.credentials();
    await page.close();

    // In the field of the name.
    const third = await context.newPage();
    await authenticator(third, used);
    const login = third.waitForResponse("**/auth/passkeys/login");
    await third.goto(`${base}/app/`);
    expect((await login).ok(), "the passkey was not accepted");
    await third.getByText("With a passkey", { exact: true }).waitFor();
  },

  "forgotten password": async (context) => {
    const { email } = await account(["Remember me"]);
    const page = await context.newPage();
    await page.goto(`${base}/app/`);
    await field(page, "E-mail address or user name").fill(email);
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    await heading(page, "Set a new password");
    await expectAccessibleEverywhere(page, "forgot");
    expect((await field(page, "E-mail address").inputValue()) === email, "the address was lost");
    await button(page, "Send the code").click();
    await page.getByLabel("Code from the e-mail").fill(await mailedCode(email));
    await expectAccessibleEverywhere(page, "forgot-code");
    await button(page, "Set the password").click();
    await page.getByText("Enter something here.").waitFor();
    await field(page, "New password").fill("quite another secret");
    await button(page, "Set the password").click();
    await page.getByText("Remember me").waitFor();
    await logOut(page);
    await logIn(page, email, "quite another secret");
    await page.getByText("Remember me").waitFor();
  },

  "locked name, and a service that is unavailable": async (context, { expected }) => {
    expected.push("status of 423", "status of 503", "status of 401");
    const { email } = await account();
    const page = await context.newPage();
    await page.goto(`${base}/app/`);
    await refuseOnce(page, "POST", "/auth/login", 503, "service_unavailable", { headers: { "Retry-After": "2" } });
    await logIn(page, email);
    await page.getByRole("alert").getByText("The service is not available at the moment. Try again in 2 seconds.").waitFor();
    for (let attempt = 0; attempt < 5; attempt += 1)
      await send("POST", "/auth/login", { email, password: "wrong" }).catch(() => undefined);
    await logIn(page, email);
    await page.getByRole("alert").getByText(/This name is locked .* Try again at \d\d:\d\d\./).waitFor();
  },

  "in German": async (context) => {
    const page = await context.newPage();
    await page.addInitScript(() => localStorage.setItem("taskward.language", "de"));
    for (const [path, title] of [["login", "Anmelden"], ["register", "Konto anlegen"], ["forgot", "Neues Passwort setzen"]]) {
      await page.goto(`${base}/app/${path}`);
      await heading(page, title);
      await expectFits(page, `${path}-de`);
    }
  },
});
