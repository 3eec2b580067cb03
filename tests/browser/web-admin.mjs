// The administration in the web interface. ADMIN names an administrator without a second factor, who must set one up.
import {
  PASSWORD, account, authenticator, base, eventually, expect, expectAccessibleEverywhere, expectFits, logIn, mailedCode, refuseOnce, run, send, tabTo,
  totp,
} from "./support.mjs";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

const heading = (page, name) => page.getByRole("heading", { name, level: 1, exact: true }).waitFor();
const section = (page, name) => page.locator("section.panel").filter({ has: page.getByRole("heading", { name, exact: true }) });
const button = (scope, name) => scope.getByRole("button", { name, exact: true });
const dialog = (page, name) => page.getByRole("dialog", { name });
const said = (page, text) => page.locator(".toast").getByText(text).first().waitFor();
const demandStepUp = (page, method, path) => refuseOnce(page, method, path, 403, "reauthentication_required");
const confirmed = async (page, name) => {
  await button(page, name).click();
  await button(dialog(page, name), name).click();
};

await run({
  "administration": async (context, { expected }) => {
    expected.push("status of 403", "status of 401", "status of 404", "status of 409", "status of 422", "status of 503");
    const page = await context.newPage();
    await authenticator(page);

    // The administrator must have a second factor, and comes to the dashboard after that.
    await page.goto(`${base}/app/admin`);
    await logIn(page, process.env.ADMIN);
    const enrolment = dialog(page, "Set up a second factor");
    await enrolment.waitFor();
    await expectAccessibleEverywhere(page, "enrolment");
    await button(enrolment, "Use an authenticator app").click();
    await enrolment.getByRole("img").waitFor();
    await button(enrolment, "Choose another one").click();
    await button(enrolment, "Create a passkey").click();
    await button(enrolment.locator("form"), "Create the passkey").click();
    await button(enrolment, "I have saved them").click();
    await page.getByText("Live sessions").waitFor();
    await heading(page, "Administration");

    await section(page, "Over time").locator("canvas").nth(1).waitFor();
    // The drawing has the colours of the theme.
    const colours = () => page.locator("canvas").first().evaluate((canvas) => canvas.toDataURL());
    const light = await colours();
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await eventually(async () => (await colours()) !== light, "dark drawing");
    await page.emulateMedia({ colorScheme: null, reducedMotion: "reduce" });
    await expectAccessibleEverywhere(page, "dashboard");
    await section(page, "Over time").getByText("Show as a table").first().click();
    const today = await page.getByRole("row").nth(1).innerText();
    expect(/\d+\s+\d+$/.test(today) && !/^.*\s0\s+\d+$/.test(today), `the numbers of today are: ${today}`);
    await page.getByLabel("Period").selectOption("7 days");
    await eventually(async () => (await page.getByRole("row").count()) === 8, "seven days");

    // Users: search, filters, and their pages.
    const tag = randomBytes(4).toString("hex");
    const people = await Promise.all(["guest", "user", "user"].map(async (role, number) => ({ role, email: `${tag}-${number}@example.org` })));
    await page.getByRole("link", { name: "Users", exact: true }).click();
    await page.getByLabel("Search by address, user name or name").waitFor();
    await expectAccessibleEverywhere(page, "users");
    for (const { email, role } of people) {
      await button(page, "New account").click();
      if (role === "guest") await expectAccessibleEverywhere(page, "new-user");
      const form = dialog(page, "New account");
      await form.getByLabel("E-mail address").fill(people[0].email);
      if (email !== people[0].email) {
        await page.keyboard.press("Enter");
        await form.getByText("An account with this address already exists.").last().waitFor();
        await form.getByLabel("E-mail address").fill(email);
      }
      await form.getByLabel("Password (optional)").fill(PASSWORD);
      await form.getByLabel("Role").selectOption({ label: role === "guest" ? "Guest" : "User" });
      await button(form, "Create the account").click();
      await page.getByRole("heading", { name: email, level: 2 }).waitFor();
      await page.locator(".back").click();
    }
    const list = page.locator(".entries.linked > li");
    await page.getByLabel("Search by address, user name or name").fill(tag);
    await page.locator("main").getByText("3 accounts").waitFor();
    await button(page, "Guest").click();
    await page.locator("main").getByText("1 account", { exact: true }).waitFor();
    await list.getByText("Guest").waitFor();
    expect(page.url().endsWith(`/app/admin/users?q=${tag}&role=guest`), `the filter is not in the address: ${page.url()}`);
    await page.reload();
    await page.locator("main").getByText("1 account", { exact: true }).waitFor();
    await button(page, "Guest").click();
    await button(page, "Locked").click();
    await page.getByText("No account matches").waitFor();
    for (let attempt = 0; attempt < 5; attempt += 1)
      await send("POST", "/auth/login", { email: people[1].email, password: "wrong" }).catch(() => undefined);
    await page.reload();
    await list.getByText("Locked").waitFor();

    // One account, with the keyboard alone.
    await tabTo(page, page.getByRole("link", { name: people[1].email }));
    await page.keyboard.press("Enter");
    await page.getByText("Locked after failed logins").waitFor();
    await expectAccessibleEverywhere(page, "user");
    await button(page, "Unlock").click();
    await page.getByText("Locked after failed logins").waitFor({ state: "detached" });
    const pair = await send("POST", "/auth/login", { email: people[1].email, password: PASSWORD });
    await page.getByLabel("Role").selectOption("Guest");
    await said(page, "Saved.");
    await eventually(async () => (await send("GET", "/auth/me", undefined, pair.access_token)).role === "guest", "change of the role");
    await demandStepUp(page, "PATCH", new URL(page.url()).pathname.replace("/app", ""));
    // A choice made while the page still draws the saved role is not taken.
    const question = dialog(page, "Confirm that it is you");
    await eventually(async () => {
      await page.getByLabel("Role").selectOption("User");
      return question.waitFor({ timeout: 3000 }).then(() => true, () => false);
    }, "question who it is");
    await button(question, "Use a passkey").click();
    await eventually(async () => (await send("GET", "/auth/me", undefined, pair.access_token)).role === "user", "change of the role");

    await button(page, "Edit").click();
    await expectAccessibleEverywhere(page, "edit-user");
    await dialog(page, "Edit").getByLabel("User name").fill(`user-${tag}`);
    await dialog(page, "Edit").getByLabel(/^Name/).fill("Grace");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Grace", level: 2 }).waitFor();

    const { secret } = await send("POST", "/auth/totp", undefined, pair.access_token);
    const factor = await send("POST", "/auth/totp/confirm", { code: totp(secret) }, pair.access_token);
    const { token } = await send("POST", "/auth/tokens", { name: "Of Grace", scopes: ["tasks:read"] }, factor.access_token);
    await page.reload();
    await page.getByText("Of Grace").waitFor();
    await confirmed(page, "Revoke all tokens");
    await said(page, "1 token was revoked.");
    expect(await send("GET", "/tasks", undefined, token).then(() => false, () => true), "the revoked token is accepted");
    await confirmed(page, "Remove the factors");
    await said(page, "The second factors were removed.");
    await send("POST", "/auth/login", { email: people[1].email, password: PASSWORD });
    await page.reload();
    await confirmed(page, "End all sessions");
    await said(page, /sessions? (was|were) ended/);
    await confirmed(page, "Send a reset code");
    await mailedCode(people[1].email);
    await confirmed(page, "Deactivate");
    await button(page, "Activate").click();
    await button(page, "Deactivate").waitFor();

    // What happened to it is in the audit record.
    await page.getByRole("link", { name: "What happened to this account" }).click();
    const records = page.locator(".record");
    await records.first().waitFor();
    await page.getByText("The record is sealed.").waitFor();
    await expectAccessibleEverywhere(page, "audit");
    await page.getByLabel("Action", { exact: true }).selectOption({ label: "All of “mfa”" });
    await eventually(async () => (await records.count()) === 1, "one record");
    await records.locator("summary").click();
    await records.getByText("mfa.reset").waitFor();
    await expectAccessibleEverywhere(page, "audit-record");
    await eventually(async () => {
      await button(records, "Prove this record").click();
      const proof = dialog(page, "Proof of the record");
      await proof.or(page.getByText("This record is not sealed yet.")).first().waitFor();
      return proof.isVisible();
    }, "proof");
    await expectAccessibleEverywhere(page, "proof");
    const [download] = await Promise.all([page.waitForEvent("download"), button(dialog(page, "Proof of the record"), "Download").click()]);
    expect("audit_path" in JSON.parse(await readFile(await download.path(), "utf8")), "the file is not a proof");
    await page.keyboard.press("Escape");
    await button(page, "Remove mfa.").click();
    await button(page, "Failed").click();
    await page.getByRole("link", { name: "Remove all filters" }).click();
    expect(new URL(page.url()).search === "", `the filters are still in the address: ${page.url()}`);
    await page.getByText("More filters").click();
    await page.getByLabel("Address", { exact: true }).fill("192.0.2.0/24");
    await button(page, "Search").click();
    await page.getByText("No record matches").waitFor();
    await page.getByLabel("Address", { exact: true }).fill("");
    await page.getByLabel("From", { exact: true }).fill("2020-01-01T00:00");
    await page.getByLabel("Object (id)").fill("nonsense");
    await button(page, "Search").click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("link", { name: "Remove all filters" }).click();
    await records.nth(49).waitFor();
    await button(page, "Failed").click();
    await records.first().waitFor();
    const [file] = await Promise.all([page.waitForEvent("download"), button(page, "Export").click()]);
    const lines = (await readFile(await file.path(), "utf8")).trim().split("\n");
    expect(lines.length > 0 && lines.every((line) => JSON.parse(line).outcome === "failure"), `the export is: ${lines[0]}`);

    await page.getByRole("link", { name: "Mail", exact: true }).click();
    await page.getByText("No mail in the queue").or(page.locator(".entries > li").first()).first().waitFor();
    await expectAccessibleEverywhere(page, "mail");

    // A mail that could not be delivered, as the service lists it.
    const mail = { id: "01900000-0000-7000-8000-000000000000", kind: "login_code", state: "dead", recipient: null, created_at: "2026-01-01T00:00:00Z", attempts: 9, next_try_at: null, last_error: "550 no such mailbox" };
    await page.route(/\/admin\/mail\?/, (route) => route.fulfill({ json: { items: [mail], limit: 50 } }), { times: 1 });
    await button(page, "Reload").click();
    await page.getByText("550 no such mailbox").waitFor();
    await expectAccessibleEverywhere(page, "dead-mail");
    await button(page, "Send again").click();
    await page.getByRole("alert").getByText("This does not exist any more.").waitFor();

    await page.goto(`${base}/app/admin/users?q=${tag}-2`);
    await list.getByRole("link").click();
    await confirmed(page, "Delete this account");
    await said(page, "The account was deleted.");
    expect(await send("POST", "/auth/login", { email: people[2].email, password: PASSWORD }).then(() => false, () => true), "the account still exists");

    // The last administrator stays one.
    await page.goto(`${base}/app/admin/users?q=${process.env.ADMIN}`);
    await list.getByRole("link").click();
    await page.getByLabel("Role").selectOption("User");
    await page.getByRole("alert").getByText("This is the last active administrator.").waitFor();

    // A service that is unavailable is waited for.
    await refuseOnce(page, "GET", "/admin/users", 503, "service_unavailable", { headers: { "Retry-After": "1" } });
    await page.getByRole("link", { name: "Users", exact: true }).first().click();
    await page.getByText("The service is not available at the moment. The next attempt is in a few seconds.").waitFor();
    await list.first().waitFor();

    await page.evaluate(() => localStorage.setItem("taskward.language", "de"));
    for (const [path, text] of [["", "Aktive Sitzungen"], ["/users", "Neues Konto"], ["/audit", "Weitere Filter"], ["/mail", "Neu laden"]]) {
      await page.goto(`${base}/app/admin${path}`);
      await page.locator("main").getByText(text).first().waitFor();
      await expectFits(page, `admin${path.replace("/", "-")}-de`);
    }
  },

  "not for others": async (context) => {
    const { email } = await account();
    const page = await context.newPage();
    await page.goto(`${base}/app/admin/users`);
    await logIn(page, email);
    await page.getByText("This page is for administrators.").waitFor();
    expect(!(await page.getByRole("link", { name: "Administration" }).isVisible()), "the navigation leads to the administration");
    await expectAccessibleEverywhere(page, "no-access");
  },
});
