// The web interface: log in, reload, other tabs, addresses, languages and appearance.
import { DESKTOP, PHONE, account, base, eventually, expect, expectAccessible, hasFocus, logIn, run, send } from "./support.mjs";

const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();

await run({
  "log in and out": async (context) => {
    const { email } = await account(["Water the plants", "Call Bob"]);
    const page = await context.newPage();
    await page.goto(base);
    expect(new URL(page.url()).pathname === "/app/", `/ leads to ${page.url()}`);
    await heading(page, "Log in");
    await expectAccessible(page, "login");
    await page.setViewportSize(PHONE);
    await expectAccessible(page, "login");
    await page.setViewportSize(DESKTOP);

    await logIn(page, email);
    await heading(page, "Tasks");
    await page.getByText("2 tasks").waitFor();
    await page.getByText("Water the plants").waitFor();
    await expectAccessible(page, "tasks");
    await page.setViewportSize(PHONE);
    await expectAccessible(page, "tasks");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width <= PHONE.width, `the tasks are ${width} pixels wide on a phone`);
    await page.setViewportSize(DESKTOP);

    // No token is where a script of another page load would find it.
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    expect(!/ey[A-Za-z0-9_-]+\./.test(stored), `a token is stored: ${stored}`);

    await page.reload();
    await page.getByText("Call Bob").waitFor();

    // Another tab takes over the session without a refresh of its own.
    const other = await context.newPage();
    let refreshes = 0;
    other.on("request", (request) => (refreshes += request.url().endsWith("/auth/refresh") ? 1 : 0));
    await other.goto(`${base}/app/`);
    await other.getByText("Call Bob").waitFor();
    expect(refreshes === 0, `the second tab refreshed ${refreshes} times`);

    await other.getByRole("button", { name: /Account and settings$/ }).click();
    await other.getByRole("menuitem", { name: "Log out" }).click();
    await heading(other, "Log in");
    await heading(page, "Log in");
    await page.reload();
    await heading(page, "Log in");

    // A login in one tab logs in all.
    await logIn(page, email);
    await page.getByText("Call Bob").waitFor();
    await other.getByText("Call Bob").waitFor();
  },

  "wrong password": async (context, { expected }) => {
    expected.push("status of 401");
    const { email } = await account();
    const page = await context.newPage();
    await page.goto(`${base}/app/`);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await page.getByText("Enter something here.").first().waitFor();
    await logIn(page, email, "another secret");
    await page.getByRole("alert").getByText("The name or the password is wrong.").waitFor();
    await logIn(page, email);
    await page.getByText("All done").waitFor();
  },

  "session that ended": async (context, { expected }) => {
    expected.push("status of 401");
    const { email, token } = await account(["Stay here"]);
    const page = await context.newPage();
    await page.goto(`${base}/app/?from=test`);
    await logIn(page, email);
    await page.getByText("Stay here").waitFor();
    await send("POST", "/auth/logout", { scope: "all" }, token);
    await page.reload();
    await heading(page, "Log in");
    await logIn(page, email);
    await page.getByText("Stay here").waitFor();
    expect(page.url() === `${base}/app/?from=test`, `the login leads to ${page.url()}`);
  },

  "session that ends while it is used": async (context, { expected }) => {
    expected.push("status of 401");
    const { email, token } = await account(["Still here"]);
    const page = await context.newPage();
    await page.goto(`${base}/app/nothing`);
    await page.getByRole("link", { name: "Taskward" }).click();
    await logIn(page, email);
    await page.getByText("Still here").waitFor();
    await page.goBack();
    await page.getByText("There is no page with this address.").waitFor();
    await send("POST", "/auth/logout", { scope: "all" }, token);
    await page.getByRole("link", { name: "Go to the tasks" }).click();
    const dialog = page.getByRole("dialog", { name: "Log in again" });
    expect((await dialog.getByLabel("E-mail address or user name").inputValue()) === email, "the name is not filled in");
    // A browser closes a dialog at the second.
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("Escape");
    await logIn(page, email);
    await page.getByText("Still here").waitFor();
    await dialog.waitFor({ state: "hidden" });
  },

  "service that is unavailable": async (context, { expected }) => {
    expected.push("status of 503");
    const { email } = await account(["Patience"]);
    const page = await context.newPage();
    let failures = 0;
    await page.route(/\/tasks\?/, (route) => {
      failures += 1;
      if (failures > 2) return route.continue();
      const body = { type: "about:blank", title: "", status: 503, code: "service_unavailable", detail: "", request_id: "1" };
      return route.fulfill({ status: 503, headers: { "Retry-After": "1" }, contentType: "application/problem+json", body: JSON.stringify(body) });
    });
    await page.goto(`${base}/app/`);
    await logIn(page, email);
    await page.getByText("The service is not available at the moment.").waitFor();
    await page.getByText("Patience").waitFor();
    expect(failures === 3, `the list was requested ${failures} times`);
  },

  "addresses": async (context) => {
    const { email } = await account();
    const page = await context.newPage();
    await page.goto(`${base}/app/nothing/here`);
    await page.getByText("Page not found").first().waitFor();
    await page.getByRole("link", { name: "Go to the tasks" }).click();
    await heading(page, "Log in");
    await logIn(page, email);
    await heading(page, "Tasks");
    await page.goBack();
    await page.getByText("There is no page with this address.").waitFor();
    await page.goto(`${base}/app/login`);
    await heading(page, "Tasks");
  },

  "language and appearance": async (context) => {
    const page = await context.newPage();
    await page.goto(`${base}/app/`);
    const settings = page.getByRole("button", { name: /settings|Einstellungen/ });
    await settings.press("Enter");
    await hasFocus(page.locator("[role=menu] [role^=menuitem]").first());
    await page.keyboard.press("d");
    await page.keyboard.press("Enter");
    await eventually(() => page.evaluate(() => document.documentElement.dataset.theme === "dark"), "dark appearance");
    await hasFocus(settings);
    await settings.click();
    await page.getByRole("menuitemradio", { name: "Deutsch" }).click();
    await heading(page, "Anmelden");
    await page.reload();
    await heading(page, "Anmelden");
    await eventually(() => page.evaluate(() => document.documentElement.lang === "de"), "document in German");
  },
});
