// The pages of the account in the web interface.
import {
  PASSWORD, account, authenticator, base, eventually, expect, expectAccessibleEverywhere, expectFits, logIn, mailedCode, refuseOnce, run, send,
  tabTo, totp,
} from "./support.mjs";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

const heading = (page, name) => page.getByRole("heading", { name, level: 1, exact: true }).waitFor();
const section = (page, name) => page.locator("section.panel").filter({ has: page.getByRole("heading", { name, exact: true }) });
const button = (scope, name) => scope.getByRole("button", { name, exact: true });
const dialog = (page, name) => page.getByRole("dialog", { name });
const said = (page, text) => page.locator(".toast").getByText(text).first().waitFor();
// The dialog of a recent authentication, as the service demands it for the next request.
const demandStepUp = (page, method, path) => refuseOnce(page, method, path, 403, "reauthentication_required");

await run({
  "profile and settings": async (context, { expected }) => {
    expected.push("status of 409", "status of 401", "status of 403", "status of 503", "status of 422");
    const { email: taken, token: other } = await account();
    const username = randomBytes(6).toString("hex");
    await send("PATCH", "/auth/me", { username }, other);
    const { email, token } = await account();
    const page = await context.newPage();
    await page.goto(`${base}/app/`);
    await logIn(page, email);
    // With the keyboard alone.
    await tabTo(page, page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name: "Account" }));
    await page.keyboard.press("Enter");
    await heading(page, "Account");
    await expectAccessibleEverywhere(page, "account");
    await tabTo(page, page.getByLabel("Name", { exact: true }));
    await page.keyboard.type("Ada");
    await page.keyboard.press("Tab");
    await page.keyboard.type(username);
    await page.keyboard.press("Enter");
    await page.getByText("This user name is taken.").waitFor();

    // The session ends meanwhile: what was typed stays, and the request is sent after the login.
    await send("POST", "/auth/logout", { scope: "all" }, token);
    const { access_token: second } = await send("POST", "/auth/login", { email, password: PASSWORD });
    const free = `${username}-2`;
    await page.getByLabel("User name").fill(free);
    await page.keyboard.press("Enter");
    await dialog(page, "Log in again").waitFor();
    await expectAccessibleEverywhere(page, "login-again");
    await logIn(page, email);
    await said(page, "Saved.");
    const me = await send("GET", "/auth/me", undefined, second);
    expect(me.name === "Ada" && me.username === free, `the profile is: ${JSON.stringify(me)}`);
    await page.getByRole("button", { name: /^Ada / }).waitFor();

    // A service that is unavailable says so, and the next attempt succeeds.
    await refuseOnce(page, "PATCH", "/auth/me", 503, "service_unavailable", { headers: { "Retry-After": "1" } });
    await page.getByLabel("Name", { exact: true }).fill("Ada L.");
    await button(page, "Save").click();
    await page.getByRole("alert").getByText("The service is not available at the moment.").waitFor();
    await button(page, "Save").click();
    await page.getByRole("button", { name: /^Ada L\./ }).waitFor();

    // Another address needs a recent authentication, and a code.
    const address = `new-${email}`;
    await button(section(page, "E-mail address"), "Change the address").click();
    await page.getByLabel("New e-mail address").fill(taken);
    await demandStepUp(page, "PATCH", "/auth/me");
    await page.keyboard.press("Enter");
    const again = dialog(page, "Confirm that it is you");
    await again.getByLabel("Password", { exact: true }).fill("wrong");
    await page.keyboard.press("Enter");
    await again.getByText("This is not your password.").waitFor();
    await expectAccessibleEverywhere(page, "step-up");
    await again.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await again.waitFor({ state: "detached" });
    await dialog(page, "Change the address").getByText(`A code is on its way to ${taken}.`).waitFor();
    await page.keyboard.press("Escape");
    await button(section(page, "E-mail address"), "Change the address").click();
    await page.getByLabel("New e-mail address").fill(address);
    await page.keyboard.press("Enter");
    await page.getByLabel("Code from the e-mail").fill(await mailedCode(address));
    await said(page, "The address was changed.");
    await section(page, "E-mail address").getByText(address).waitFor();
    await section(page, "E-mail address").getByText("Confirmed", { exact: true }).waitFor();

    await page.getByLabel("Appearance").selectOption("Dark");
    await eventually(() => page.evaluate(() => document.documentElement.dataset.theme === "dark"), "dark appearance");
    await page.getByLabel("Language").selectOption("Deutsch");
    await heading(page, "Konto");
    await page.getByLabel("Darstellung").selectOption({ index: 0 });
    for (const [path, text] of [["", "Profil"], ["/security", "Passkeys"], ["/sessions", "Dieser Browser"], ["/tokens", "Keine Zugriffstoken"], ["/activity", "Anmeldung"]]) {
      await page.goto(`${base}/app/account${path}`);
      await page.locator("main").getByText(text, { exact: true }).first().waitFor();
      await expectFits(page, `account${path.replace("/", "-")}-de`);
    }
  },

  "password, second factors and passkeys": async (context, { expected }) => {
    expected.push("status of 401", "status of 403", "status of 422");
    const { email } = await account();
    const page = await context.newPage();
    const device = await authenticator(page);
    await page.goto(`${base}/app/account/security`);
    await logIn(page, email);
    await heading(page, "Account");
    await expectAccessibleEverywhere(page, "security");

    await button(section(page, "Password"), "Change the password").click();
    const form = dialog(page, "Change the password");
    await expectAccessibleEverywhere(page, "password");
    await form.getByLabel("Current password").fill("wrong");
    await form.getByLabel("New password").fill("a different secret");
    await page.keyboard.press("Enter");
    await form.getByText("This is not your password.").waitFor();
    await form.getByLabel("Current password").fill(PASSWORD);
    await form.getByLabel("New password").fill("short");
    await page.keyboard.press("Enter");
    await form.getByText("This is too short.").waitFor();
    await form.getByLabel("New password").fill("a different secret");
    await page.keyboard.press("Enter");
    await said(page, "The password was changed.");

    // An authenticator app, with the secret as it is entered by hand.
    await demandStepUp(page, "POST", "/auth/totp");
    await button(section(page, "Authenticator app"), "Set up an app").click();
    const again = dialog(page, "Confirm that it is you");
    await again.getByLabel("Password", { exact: true }).fill("a different secret");
    await page.keyboard.press("Enter");
    const setup = dialog(page, "Set up an app");
    await setup.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    await eventually(() => setup.locator("img").evaluate((image) => image.complete && image.naturalWidth > 0), "QR code");
    await expectAccessibleEverywhere(page, "totp");
    await setup.getByText("Enter the secret by hand").click();
    const secret = await setup.locator(".secret").innerText();
    await setup.getByLabel("Code of the authenticator app").fill(totp(secret, 1000));
    await setup.getByText("The code is wrong or was already used.").waitFor();
    await setup.getByLabel("Code of the authenticator app").pressSequentially(totp(secret));
    const codes = dialog(page, "Recovery codes");
    await codes.getByRole("listitem").nth(9).waitFor();
    await expectAccessibleEverywhere(page, "recovery-codes");
    const shown = await codes.getByRole("listitem").allInnerTexts();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await button(codes, "Copy").click();
    await said(page, "Copied.");
    await eventually(async () => (await page.evaluate(() => navigator.clipboard.readText())) === shown.join("\n"), "copy of the codes");
    const [download] = await Promise.all([page.waitForEvent("download"), button(codes, "Download").click()]);
    expect((await readFile(await download.path(), "utf8")) === `${shown.join("\n")}\n`, "the file does not have the codes");
    await button(codes, "I have saved them").click();
    await section(page, "Recovery codes").getByText(/^10 codes are left/).waitFor();

    // The second factor is demanded for new codes.
    await demandStepUp(page, "POST", "/auth/recovery-codes");
    await button(section(page, "Recovery codes"), "Create new codes").click();
    await button(dialog(page, "Create new codes"), "Create new codes").click();
    await again.getByLabel("Code of the authenticator app").waitFor();
    await button(again, "Use a recovery code").click();
    await again.getByLabel("Recovery code").fill(shown[0]);
    await page.keyboard.press("Enter");
    await eventually(async () => (await codes.getByRole("listitem").allInnerTexts())[0] !== shown[0], "new codes");
    await button(codes, "I have saved them").click();

    await button(section(page, "Passkeys"), "Add a passkey").click();
    await expectAccessibleEverywhere(page, "new-passkey");
    await page.getByLabel("Name of the passkey").fill("Laptop");
    await page.keyboard.press("Enter");
    await said(page, "The passkey was added.");
    expect((await device.credentials()).length === 1, "the device has no passkey");
    await button(section(page, "Passkeys"), "Add a passkey").click();
    await button(page, "Create the passkey").click();
    await page.getByText("This device already has a passkey for your account.").waitFor();
    await page.keyboard.press("Escape");

    await button(page, "Rename Laptop").click();
    await page.getByLabel("Name", { exact: true }).fill("Work laptop");
    await page.keyboard.press("Enter");
    await section(page, "Passkeys").getByText("Work laptop").waitFor();
    await expectAccessibleEverywhere(page, "security-full");

    await demandStepUp(page, "DELETE", "/auth/totp");
    await button(section(page, "Authenticator app"), "Remove the app").click();
    await button(dialog(page, "Remove the app"), "Remove the app").click();
    await button(again, "Use a passkey").click();
    await said(page, "The authenticator app was removed.");
    await button(page, "Delete Work laptop").click();
    await button(dialog(page, "Delete the passkey"), "Delete").click();
    await section(page, "Passkeys").getByText("Work laptop").waitFor({ state: "detached" });
    await section(page, "Recovery codes").waitFor({ state: "detached" });
  },

  "sessions, tokens and activity": async (context, { expected }) => {
    expected.push("status of 403", "status of 422");
    const { email } = await account();
    for (let sessions = 0; sessions < 2; sessions += 1) await send("POST", "/auth/login", { email, password: PASSWORD });
    const page = await context.newPage();
    await page.goto(`${base}/app/account/sessions`);
    await logIn(page, email);
    const ends = page.getByRole("button", { name: /^Log out node/ });
    await eventually(async () => (await ends.count()) === 3, "three other sessions");
    await expectAccessibleEverywhere(page, "sessions");
    await ends.first().click();
    await button(dialog(page, "Log out"), "Log out").click();
    await eventually(async () => (await ends.count()) === 2, "two other sessions");
    await button(page, "Log out all others").click();
    await button(dialog(page, "Log out all others"), "Log out all others").click();
    await eventually(async () => (await ends.count()) === 0, "no other session");
    await page.getByText("This browser").waitFor();

    await page.getByRole("link", { name: "Access tokens" }).click();
    await page.getByText("No access tokens").waitFor();
    await button(page, "New token").click();
    await expectAccessibleEverywhere(page, "new-token");
    await button(page, "Create the token").click();
    await page.getByText("Enter something here.").waitFor();
    expect(!(await page.getByLabel("Read accounts and the audit record").isVisible()), "a user is offered scopes of administrators");
    await page.getByLabel("Name", { exact: true }).fill("Backup");
    await page.getByLabel("Valid for").selectOption("7 days");
    await demandStepUp(page, "POST", "/auth/tokens");
    await page.keyboard.press("Escape");
    await button(page, "New token").click();
    await page.getByLabel("Name", { exact: true }).fill("Backup");
    await page.getByLabel("Create, change and delete tasks").check();
    await button(page, "Create the token").click();
    const again = dialog(page, "Confirm that it is you");
    await again.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    const created = dialog(page, "Your new token");
    const secret = await created.locator(".secret").innerText();
    await expectAccessibleEverywhere(page, "token");
    await send("POST", "/tasks", { title: "By a token" }, secret);
    await button(created, "Done").click();
    await button(page, "Rename Backup").click();
    await page.getByLabel("Name", { exact: true }).fill("Nightly");
    await page.keyboard.press("Enter");
    await page.getByText("Nightly").first().waitFor();
    await expectAccessibleEverywhere(page, "tokens");
    await button(page, "Revoke Nightly").click();
    await button(dialog(page, "Revoke the token"), "Revoke the token").click();
    await page.getByText(/^revoked/).waitFor();
    const refused = await send("GET", "/tasks", undefined, secret).then(() => false, () => true);
    expect(refused, "the revoked token is accepted");

    await page.getByRole("link", { name: "Activity" }).click();
    await page.getByText("Access token created").waitFor();
    await expectAccessibleEverywhere(page, "activity");
  },

  "pages of the activity": async (context) => {
    const { email, token } = await account();
    for (let number = 0; number < 60; number += 1) await send("PATCH", "/auth/me", { name: `Name ${number}` }, token);
    const page = await context.newPage();
    await page.goto(`${base}/app/account/activity`);
    await logIn(page, email);
    await page.getByText("Profile changed").first().waitFor();
    // The next page is loaded as the end comes into view.
    await page.mouse.move(600, 400);
    await page.mouse.wheel(0, 100_000);
    await page.getByText("Account registered").waitFor();
  },

  "delete the account": async (context, { expected }) => {
    expected.push("status of 401");
    const { email } = await account();
    const page = await context.newPage();
    await page.goto(`${base}/app/account`);
    await logIn(page, email);
    const other = await context.newPage();
    await other.goto(`${base}/app/account`);
    await heading(other, "Account");
    await button(page, "Delete the account").click();
    const ask = dialog(page, "Delete the account");
    await ask.getByLabel("Password", { exact: true }).fill("wrong");
    await page.keyboard.press("Enter");
    await ask.getByText("This is not your password.").waitFor();
    await expectAccessibleEverywhere(page, "delete-account");
    await button(ask, "Use a code by e-mail").click();
    await ask.getByLabel("Code from the e-mail").fill(await mailedCode(email));
    await heading(page, "Log in");
    await heading(other, "Log in");
    const gone = await send("POST", "/auth/login", { email, password: PASSWORD }).then(() => false, () => true);
    expect(gone, "the account still exists");
  },
});
