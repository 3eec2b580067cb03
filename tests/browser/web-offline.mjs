// The web interface: without a connection. Environment, besides that of support.mjs: APP (folder of the files that are served).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PASSWORD, PHONE, account, base, eventually, expect, expectAccessible, logIn, run, send } from "./support.mjs";

const row = (page, title) => page.getByRole("listitem").filter({ has: page.getByText(title, { exact: true }) });

// An account with these tasks, in a browser that has the app.
async function prepared(context, titles) {
  const { email, token } = await account(titles);
  const page = await context.newPage();
  await page.goto(`${base}/app/`);
  await logIn(page, email);
  for (const title of titles) await page.getByText(title, { exact: true }).waitFor();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    }
  });
  return { email, token, page };
}

async function opened(context, title) {
  const page = await context.newPage();
  await page.goto(`${base}/app/`);
  await page.getByText(title, { exact: true }).waitFor();
  return page;
}

async function add(page, title) {
  await page.getByLabel("Add a task").fill(title);
  await page.keyboard.press("Enter");
  await page.getByText(title, { exact: true }).waitFor();
}

async function rename(page, from, to) {
  await row(page, from).hover();
  await row(page, from).getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Edit title" }).click();
  await page.keyboard.type(to);
  await page.keyboard.press("Enter");
  await page.getByText(to, { exact: true }).waitFor();
}

async function remove(page, title) {
  await row(page, title).hover();
  await row(page, title).getByRole("button", { name: "Actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await row(page, title).waitFor({ state: "hidden" });
}

const complete = async (page, title) => {
  await page.getByRole("checkbox", { name: `Complete: ${title}` }).click();
  await row(page, title).waitFor({ state: "hidden" });
};

// All of the account's tasks as "title status version", those in the trash with a dash.
async function content(token) {
  const read = async (query) => (await send("GET", `/tasks?limit=100${query}`, undefined, token)).items;
  const shown = ({ title, status, version }) => `${title} ${status} ${version}`;
  return [...(await read("")).map(shown), ...(await read("&trash=true")).map((task) => `- ${shown(task)}`)].sort();
}

async function expectContent(token, wanted) {
  const text = wanted.sort().join("\n");
  let present = "";
  await eventually(async () => {
    present = (await content(token)).join("\n");
    return present === text;
  }, "expected tasks").catch(({ message }) => expect(false, `${message}: the service has\n${present}\ninstead of\n${text}`));
}

// A tab that is killed runs no code at its end.
async function kill(page) {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  void session.send("Page.crash").catch(() => undefined);
  await crashed;
  await page.close();
}

await run({
  "twenty changes with a killed tab in between": async (context, { expected }) => {
    expected.push("ERR_INTERNET_DISCONNECTED");
    const { token, page } = await prepared(context, ["One", "Two", "Three", "Four"]);
    await context.setOffline(true);
    await page.reload();
    await page.getByText("Three", { exact: true }).waitFor();
    await page.getByText("Without a connection. These are the tasks of this device.").waitFor();

    // Ten changes, among them tasks that are created, changed and deleted here.
    await add(page, "New 1");
    await add(page, "New 2");
    await add(page, "New 3");
    await rename(page, "One", "One, changed");
    await complete(page, "Two");
    await rename(page, "New 1", "New 1, changed");
    await remove(page, "New 2");
    await complete(page, "New 3");
    await remove(page, "Three");
    await rename(page, "One, changed", "One, changed twice");
    await page.getByText("10 changes wait to be sent.").waitFor();
    await expectAccessible(page, "offline");
    await page.setViewportSize(PHONE);
    await expectAccessible(page, "offline");
    await kill(page);

    // Ten more in another tab, which is killed while it sends the first.
    const second = await opened(context, "One, changed twice");
    await second.getByText("10 changes wait to be sent.").waitFor();
    await rename(second, "New 1, changed", "New 1, changed twice");
    for (const title of ["New 4", "New 5", "New 6", "New 7"]) await add(second, title);
    await rename(second, "New 4", "New 4, changed");
    await remove(second, "New 5");
    await complete(second, "Four");
    await complete(second, "New 6");
    await complete(second, "One, changed twice");
    await second.getByText("20 changes wait to be sent.").waitFor();

    // The service carries the first change out, but its answer is lost with the tab.
    let reached;
    const isReached = new Promise((resolve) => (reached = resolve));
    const keys = new Map();
    context.on("request", (request) => {
      const key = request.headers()["idempotency-key"];
      if (key) keys.set(key, (keys.get(key) ?? 0) + 1);
    });
    await second.route("**/tasks", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      await route.fetch();
      reached();
      return undefined;
    });
    await context.setOffline(false);
    await isReached;
    await kill(second);

    // Two tabs open at once: one sends.
    const [third, fourth] = await Promise.all([context.newPage(), context.newPage()]);
    await Promise.all([third.goto(`${base}/app/`), fourth.goto(`${base}/app/`)]);
    await expectContent(token, [
      "One, changed twice done 4", "Two done 2", "Four done 2",
      "New 1, changed twice todo 3", "New 3 done 2", "New 4, changed todo 2", "New 6 done 2", "New 7 todo 1",
      "- New 2 todo 2", "- New 5 todo 2", "- Three todo 2",
    ]);
    for (const tab of [third, fourth]) {
      await tab.getByText("New 7", { exact: true }).waitFor();
      await tab.getByText("3 tasks", { exact: true }).waitFor();
      await tab.locator('[title="Not sent yet"]').first().waitFor({ state: "hidden" });
    }
    expect(keys.size === 7, `${keys.size} tasks were created`);
    expect([...keys.values()].filter((count) => count > 1).length === 1, `the keys were sent ${[...keys.values()]} times`);
  },

  "answer that is older than the changes of another tab": async (context, { expected }) => {
    expected.push("ERR_INTERNET_DISCONNECTED");
    const { token, page } = await prepared(context, ["Stays", "Complete", "Delete"]);
    // This tab has the answer before it hears of the changes.
    const late = await context.newPage();
    await late.addInitScript(() => {
      const held = [];
      window.hearAll = () => held.splice(0).map((tell) => tell()).length;
      const inherited = Object.getOwnPropertyDescriptor(BroadcastChannel.prototype, "onmessage");
      Object.defineProperty(BroadcastChannel.prototype, "onmessage", {
        set(hear) {
          const holds = this.name.startsWith("taskward-tasks-");
          inherited.set.call(this, holds ? (event) => held.push(() => hear.call(this, event)) : hear);
        },
      });
    });
    let release;
    const isReleased = new Promise((resolve) => (release = resolve));
    const isAsked = new Promise((resolve) => {
      void late.route(/\/tasks\?/, async (route) => {
        const response = await route.fetch();
        resolve();
        await isReleased;
        await route.fulfill({ response });
      });
    });
    await late.goto(`${base}/app/`);
    await isAsked;
    await complete(page, "Complete");
    await remove(page, "Delete");
    await expectContent(token, ["Stays todo 1", "Complete done 2", "- Delete todo 2"]);
    await page.locator('[title="Not sent yet"]').first().waitFor({ state: "hidden" });
    release();
    // What it has kept of the answer is in the database.
    await late.waitForFunction(async () => {
      const [{ name }] = await indexedDB.databases();
      const opened = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
      const tasks = await new Promise((resolve) => {
        opened.transaction("tasks").objectStore("tasks").getAll().onsuccess = ({ target }) => resolve(target.result);
      });
      opened.close();
      return tasks.some(({ title }) => title === "Delete");
    });
    await late.waitForFunction(() => window.hearAll() === 0);
    await late.getByText("1 task", { exact: true }).waitFor();
    await context.setOffline(true);
    const again = await opened(context, "Stays");
    await again.getByText("1 task", { exact: true }).waitFor();

    // A tab of the version before writes a task into the database, and sends its id.
    await page.evaluate(async () => {
      const [{ name }] = await indexedDB.databases();
      const opened = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
      const transaction = opened.transaction("tasks", "readwrite");
      const store = transaction.objectStore("tasks");
      const tasks = await new Promise((resolve) => (store.getAll().onsuccess = ({ target }) => resolve(target.result)));
      const task = tasks.find(({ title }) => title === "Stays");
      store.put({ ...task, title: "Stays, changed", version: task.version + 1 });
      await new Promise((resolve) => (transaction.oncomplete = resolve));
      opened.close();
      new BroadcastChannel(name.replace("taskward-", "taskward-tasks-")).postMessage({ renamed: null, ids: [task.id], gone: [] });
    });
    for (const tab of [page, again]) await tab.getByText("Stays, changed", { exact: true }).waitFor();
  },

  "answers that are lost": async (context, { expected }) => {
    expected.push("ERR_FAILED", "status of 412", "status of 404");
    const { token, page } = await prepared(context, ["Change", "Delete", "Complete"]);
    // Each change is carried out once, but only the repetition is answered.
    const lost = new Set();
    await page.route(/\/tasks(\/[^/?]+)?$/, async (route) => {
      const { method, url } = { method: route.request().method(), url: route.request().url() };
      if (method === "GET" || lost.has(method + url)) return route.continue();
      lost.add(method + url);
      await route.fetch();
      return route.abort();
    });
    await add(page, "Create");
    await rename(page, "Change", "Changed");
    await remove(page, "Delete");
    await complete(page, "Complete");
    await expectContent(token, ["Create todo 1", "Changed todo 2", "Complete done 2", "- Delete todo 2"]);
    await page.locator('[title="Not sent yet"]').first().waitFor({ state: "hidden" });
    expect(!(await page.getByRole("dialog").isVisible()), "a lost answer is reported as a conflict");
    await page.getByText("2 tasks", { exact: true }).waitFor();
    expect(lost.size === 4, `${lost.size} answers were lost`);
  },

  "changes that conflict, and those that are refused": async (context, { expected }) => {
    expected.push("ERR_INTERNET_DISCONNECTED", "status of 404", "status of 412");
    const { token, page } = await prepared(context, ["Mine", "Gone"]);
    const { items } = await send("GET", "/tasks", undefined, token);
    const [mine, gone] = ["Mine", "Gone"].map((title) => items.find((task) => task.title === title));
    await context.setOffline(true);
    await rename(page, "Mine", "Mine, offline");
    await rename(page, "Gone", "Gone, offline");
    await send("PATCH", `/tasks/${mine.id}`, { title: "Elsewhere" }, token);
    await send("DELETE", `/tasks/${gone.id}`, undefined, token);
    await context.setOffline(false);
    const conflict = page.getByRole("dialog", { name: "Changed in two places" });
    await conflict.getByText("Elsewhere", { exact: true }).waitFor();
    await conflict.getByRole("button", { name: "Keep all of theirs" }).click();
    await conflict.getByRole("button", { name: "Save the choice" }).click();
    const refused = page.getByRole("dialog", { name: "Not saved" });
    await refused.getByText("Change of: Gone").waitFor();
    await refused.getByText("The task was deleted elsewhere.").waitFor();
    await expectAccessible(page, "refused-offline");
    // It stays until it is decided, also after a restart.
    await page.reload();
    await page.getByText("1 change was not saved").waitFor();
    await refused.getByRole("button", { name: "Discard" }).click();
    await refused.waitFor({ state: "hidden" });
    await page.getByText("1 task", { exact: true }).waitFor();
    await expectContent(token, ["Elsewhere todo 2", "- Gone todo 2"]);
  },

  "session that ends while changes wait": async (context, { expected }) => {
    expected.push("ERR_INTERNET_DISCONNECTED", "status of 401");
    const { email, token, page } = await prepared(context, ["Before"]);
    await context.setOffline(true);
    await add(page, "Written offline");
    await send("POST", "/auth/logout", { scope: "all" }, token);
    await kill(page);
    await context.setOffline(false);
    const next = await context.newPage();
    await next.goto(`${base}/app/`);
    await next.getByRole("heading", { name: "Log in" }).waitFor();
    // What was seen is erased, what was written is kept for its owner.
    await next.waitForFunction(async () => {
      const [{ name }] = await indexedDB.databases();
      return new Promise((resolve) => {
        indexedDB.open(name).onsuccess = ({ target: { result: database } }) => {
          const stores = database.transaction(["tasks", "outbox"]);
          stores.objectStore("tasks").count().onsuccess = ({ target: { result: tasks } }) => {
            stores.objectStore("outbox").count().onsuccess = ({ target: { result: entries } }) => {
              database.close();
              resolve(tasks === 0 && entries === 1);
            };
          };
        };
      });
    });
    await logIn(next, email);
    await next.getByText("Written offline", { exact: true }).waitFor();
    const { access_token: own } = await send("POST", "/auth/login", { email, password: PASSWORD });
    await expectContent(own, ["Before todo 1", "Written offline todo 1"]);
  },

  "log out with unsent changes": async (context, { expected }) => {
    expected.push("ERR_INTERNET_DISCONNECTED", "status of 503");
    const { token, page } = await prepared(context, ["Private"]);
    const databases = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    await eventually(async () => (await databases()).length === 1, "tasks on the device");
    await page.route("**/tasks", (route) => (route.request().method() === "POST" ? route.abort("internetdisconnected") : route.continue()));
    await add(page, "Unsent");
    await page.getByRole("button", { name: /settings$/ }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    const dialog = page.getByRole("dialog", { name: "Unsent changes" });
    await dialog.getByText("1 change was not sent yet.").waitFor();
    await expectAccessible(page, "unsent");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Unsent", { exact: true }).waitFor();
    await page.getByRole("button", { name: /settings$/ }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await dialog.getByRole("button", { name: "Log out and delete them" }).click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    await eventually(async () => (await databases()).length === 0, "device without tasks after the log-out");
    await expectContent(token, ["Private todo 1"]);
  },

  "keys that the service has forgotten": async (context, { expected }) => {
    expected.push("status of 503");
    const { token, page } = await prepared(context, ["Known"]);
    await page.route("**/tasks", (route) => (route.request().method() === "POST" ? route.fulfill({ status: 503, headers: { "Retry-After": "600" }, body: "{}" }) : route.continue()));
    await add(page, "Sent long ago");
    await page.getByText("1 change waits to be sent.").waitFor();
    // As if the first attempt had been two days ago.
    await page.evaluate(async () => {
      const [{ name }] = await indexedDB.databases();
      await new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onerror = reject;
        request.onsuccess = () => {
          const store = request.result.transaction("outbox", "readwrite").objectStore("outbox");
          store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
            cursor.update({ ...cursor.value, attemptedAt: Date.now() - 2 * 86_400_000 }).onsuccess = () => {
              request.result.close();
              resolve();
            };
          };
        };
      });
    });
    await page.unroute("**/tasks");
    await page.reload();
    const dialog = page.getByRole("dialog", { name: "Not saved" });
    await dialog.getByText("This was sent more than a day ago").waitFor();
    await expectContent(token, ["Known todo 1"]);
    await dialog.getByRole("button", { name: "Send again" }).click();
    await expectContent(token, ["Known todo 1", "Sent long ago todo 1"]);
  },

  "a new version of the app": async (context) => {
    const { page } = await prepared(context, ["Here"]);
    await page.reload();
    await page.getByText("Here", { exact: true }).waitFor();
    const fromWorker = await page.evaluate(() => performance.getEntriesByType("navigation")[0].workerStart > 0);
    expect(fromWorker, "the page does not come from the service worker");
    // Another version is delivered. The open page goes on, and says so.
    const file = join(process.env.APP, "sw.js");
    const worker = readFileSync(file, "utf8");
    const next = worker.replace(/"[0-9a-f]{16}"/, '"0000000000000000"');
    expect(next !== worker, "the worker has no version");
    const deliver = (text) => {
      writeFileSync(`${file}.gz`, gzipSync(text));
      writeFileSync(file, text);
    };
    deliver(next);
    try {
      await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
      await page.getByText("A new version of Taskward is ready.").first().waitFor();
      const versions = await page.evaluate(() => caches.keys());
      expect(versions.length === 2 && versions.includes("taskward-0000000000000000"), `the caches are ${versions}`);
      await page.getByRole("button", { name: "Reload" }).click();
      await page.getByText("Here", { exact: true }).waitFor();
    } finally {
      deliver(worker);
    }
  },
});
