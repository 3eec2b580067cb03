// The web interface: tasks, with a connection.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DESKTOP, PHONE, account, base, eventually as soon, expect, expectAccessible, hasFocus, logIn, run, screenshot, send } from "./support.mjs";

// Opens the list in a new page of an account with these tasks.
async function opened(context, tasks = [], address = "/app/") {
  const { email, token } = await account();
  const created = [];
  for (let first = 0; first < tasks.length; first += 100) {
    created.push(...(await send("POST", "/tasks/batch", { create: tasks.slice(first, first + 100) }, token)).created);
  }
  const page = await context.newPage();
  await page.goto(base + address);
  await logIn(page, email);
  await page.getByLabel("Add a task").waitFor();
  if (tasks.length > 0) await page.locator(".task").first().waitFor();
  return { page, email, token, created };
}

const row = (page, title) => page.getByRole("listitem").filter({ has: page.getByText(title, { exact: true }) });
const titles = (page) => page.locator(".task-title").allTextContents();
const menu = async (page, title, item) => {
  await row(page, title).hover();
  await row(page, title).getByRole("button", { name: "Actions" }).click();
  // In the evening "Later" is tomorrow, too.
  const name = new RegExp(`^${item}`);
  await page.getByRole("menuitem", { name }).or(page.getByRole("menuitemradio", { name })).first().click();
};
// Scrolls until the last row is there, and returns how many rows were in the document at once.
const scrollToEnd = (page, last) =>
  page.evaluate(async (place) => {
    let rows = 0;
    for (const end = performance.now() + 60_000; performance.now() < end; ) {
      window.scrollTo(0, document.documentElement.scrollHeight);
      await new Promise((resolve) => requestAnimationFrame(resolve));
      rows = Math.max(rows, document.querySelectorAll("[data-row]").length);
      if (document.querySelector(`[aria-posinset="${place}"]`)) return rows;
    }
    return Infinity;
  }, last);
// Waits until the service has what the test expects.
async function eventually(token, path, condition, text) {
  let answer;
  await soon(async () => {
    answer = await send("GET", path, undefined, token).catch((error) => error);
    return condition(answer);
  }, text).catch(({ message }) => expect(false, `${message}: ${answer instanceof Error ? answer.message : JSON.stringify(answer)}`));
  return answer;
}
const problem = (status, code, headers = {}) => ({
  status,
  headers,
  contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", title: "", status, code, detail: "", request_id: "1" }),
});

await run({
  "ten thousand tasks": async (context) => {
    const { email, token } = await account();
    const start = Date.UTC(2026, 0, 1);
    const file = Array.from({ length: 10_000 }, (_, index) => ({
      title: `Number ${index + 1}`, created_at: new Date(start + index * 1000).toISOString(), tags: [`tag${index % 7}`],
    }));
    await send("POST", "/tasks/import", file, token);
    const page = await context.newPage();
    await page.goto(`${base}/app/`);
    await logIn(page, email);
    await page.getByText("10,000 tasks").waitFor();
    await page.getByText("Number 10000", { exact: true }).waitFor();
    const most = await scrollToEnd(page, 10_000);
    expect(most > 0 && most <= 60, `${most} rows are in the document`);
    await page.getByText("Number 1", { exact: true }).waitFor();
    const place = await row(page, "Number 1").evaluate((item) => [item.ariaSetSize, item.ariaPosInSet].join());
    expect(place === "10000,10000", `the last row is ${place}`);
    await screenshot(page, "tasks-10000");

    // A search of all is quick, and leads to one.
    await page.keyboard.press("/");
    await page.keyboard.type("number 4711");
    await page.getByText("1 task", { exact: true }).waitFor();
    await page.getByText("Number 4711", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("10,000 tasks").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText("9,999 tasks").waitFor();
  },

  "quick add": async (context) => {
    const { page, token } = await opened(context);
    const input = page.getByLabel("Add a task");
    await page.keyboard.press("q");
    await page.keyboard.type("Buy milk !high #home in 3 days 18:00 every week");
    const chips = page.getByRole("list", { name: "Understood" });
    for (const text of ["High", "#home", "18:00"]) await chips.getByText(text).first().waitFor();
    await page.getByText("Tasks cannot repeat: “every week” stays in the title.").waitFor();
    await expectAccessible(page, "quick-add");
    await page.keyboard.press("Enter");
    await page.getByText("Buy milk every week", { exact: true }).waitFor();
    expect((await input.inputValue()) === "", "the line is not empty after it was added");
    const { items: [task] } = await eventually(token, "/tasks", ({ items }) => items?.length === 1, "the task was not created");
    const due = new Date();
    due.setDate(due.getDate() + 3);
    // In the time zone of the browser.
    const local = new Date(task.due_at).toLocaleString("sv", { timeZone: "Europe/Berlin" });
    expect(local.endsWith("18:00:00"), `the task is due ${local}`);
    expect(task.priority === "high" && task.tags.join() === "home", `the task is ${JSON.stringify(task)}`);

    // A word can be kept in the title.
    await input.fill("Watch Friday #film");
    await page.getByRole("button", { name: "Keep “Friday” in the title" }).click();
    await page.keyboard.press("Enter");
    await page.getByText("Watch Friday", { exact: true }).waitFor();
    await eventually(token, "/tasks?q=watch", ({ items }) => items?.[0]?.due_at === null && items[0].tags[0] === "film", "the word was read");

    await input.fill("#home");
    await page.keyboard.press("Enter");
    await page.getByText("The task needs a title.").waitFor();
    await input.fill("x".repeat(201));
    await page.keyboard.press("Enter");
    await page.getByText("The title has 201 characters; 200 are possible.").waitFor();
  },

  "filters, search and sort": async (context) => {
    const day = 86_400_000;
    const today = new Date(new Date().setHours(12, 0, 0, 0)).getTime();
    const { page } = await opened(context, [
      { title: "Alpha report", priority: "high", tags: ["work"], due_at: new Date(today - 2 * day).toISOString() },
      { title: "Beta garden", priority: "low", tags: ["home", "garden"], due_at: new Date(today).toISOString() },
      { title: "Gamma garden", tags: ["garden"], due_at: new Date(today + 3 * day).toISOString() },
      { title: "Delta", status: "done" },
    ]);
    const shows = async (...wanted) => {
      await page.waitForFunction(
        (list) => JSON.stringify([...document.querySelectorAll(".task-title")].map((title) => title.textContent)) === list,
        JSON.stringify(wanted),
      ).catch(async () => expect(false, `the list shows ${await titles(page)} instead of ${wanted}`));
    };
    await shows("Gamma garden", "Beta garden", "Alpha report");
    await page.getByRole("button", { name: "Done", exact: true }).click();
    await shows("Delta");
    await page.getByRole("button", { name: "All", exact: true }).click();
    await page.getByText("4 tasks").waitFor();
    await page.getByRole("button", { name: "Open", exact: true }).click();

    await page.getByRole("button", { name: "Tag", exact: true }).click();
    await page.getByRole("menuitemcheckbox", { name: "garden" }).click();
    await page.getByRole("menuitemcheckbox", { name: "home" }).click();
    await page.keyboard.press("Escape");
    await shows("Beta garden");
    expect(new URL(page.url()).searchParams.get("tag") === "garden,home", `the address is ${page.url()}`);
    await page.reload();
    await shows("Beta garden");
    await page.getByRole("button", { name: "Remove the filter #home" }).click();
    await shows("Gamma garden", "Beta garden");
    await page.getByRole("button", { name: "Remove the filter #garden" }).click();

    for (const [due, wanted] of [["Overdue", ["Alpha report"]], ["Today", ["Beta garden"]], ["Next 7 days", ["Gamma garden", "Beta garden"]]]) {
      await page.getByRole("button", { name: "Due", exact: true }).click();
      await page.getByRole("menuitemradio", { name: due }).click();
      await shows(...wanted);
    }
    await page.getByRole("button", { name: "Remove the filter Next 7 days" }).click();
    await page.getByRole("button", { name: "Priority", exact: true }).click();
    await hasFocus(page.locator("[role=menu] [role^=menuitem]").first());
    await page.getByRole("menuitemcheckbox", { name: "High" }).press("Enter");
    await page.getByRole("menuitemcheckbox", { name: "Low" }).press("Enter");
    await page.keyboard.press("Escape");
    await shows("Beta garden", "Alpha report");
    await page.getByRole("button", { name: "Sort", exact: true }).click();
    await page.getByRole("menuitemradio", { name: "Due date" }).click();
    await shows("Alpha report", "Beta garden");

    // Only the answer to what was typed last is shown; requests before it are aborted.
    await page.goto(`${base}/app/`);
    await shows("Gamma garden", "Beta garden", "Alpha report");
    const isFirst = (request) => /[?&]q=gard(&|$)/.test(request.url());
    const aborted = page.waitForEvent("requestfailed", isFirst);
    await page.route(/[?&]q=gard(&|$)/, () => undefined);
    const sent = page.waitForRequest(isFirst);
    await page.getByLabel("Search tasks").fill("gard");
    await sent;
    await page.getByLabel("Search tasks").fill("garden gam");
    await shows("Gamma garden");
    await aborted;
    await page.getByLabel("Search tasks").fill("nothing at all");
    await page.getByText("No task matches these filters.").waitFor();
    await page.getByRole("button", { name: "Reset the filters" }).click();
    await shows("Gamma garden", "Beta garden", "Alpha report");
  },

  "change tasks": async (context, { expected }) => {
    expected.push("status of 404");
    const { page, token, created } = await opened(context, [
      { title: "First" }, { title: "Second", tags: ["old"] },
      { title: "Third", description: "Some **bold** text\n\n[good](https://example.org) [bad](javascript:alert(1)) <img src=x onerror=alert(1)>" },
    ]);
    const [first, second, third] = created;

    await row(page, "First").getByRole("checkbox", { name: "Complete: First" }).click();
    await page.getByText("2 tasks").waitFor();
    const done = await eventually(token, `/tasks/${first.id}`, ({ status }) => status === "done", "First was not completed");
    expect(done.version === 2, `First has the version ${done.version}`);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("3 tasks").waitFor();
    await eventually(token, `/tasks/${first.id}`, ({ status, version }) => status === "todo" && version === 3, "First is not open again");

    await menu(page, "Second", "Edit title");
    await page.keyboard.type("Renamed");
    await page.keyboard.press("Enter");
    await page.getByText("Renamed", { exact: true }).waitFor();
    await eventually(token, `/tasks/${second.id}`, ({ title }) => title === "Renamed", "Second was not renamed");
    await menu(page, "Renamed", "Tomorrow");
    await row(page, "Renamed").getByText("tomorrow", { exact: true }).first().waitFor();
    await menu(page, "Renamed", "Urgent");
    await eventually(token, `/tasks/${second.id}`, ({ priority, due_at }) => priority === "urgent" && due_at !== null, "Second was not changed");
    await menu(page, "Renamed", "Pick a date…");
    await page.getByLabel("Due date").fill("2031-05-06");
    await page.getByLabel("Time").fill("07:08");
    await page.getByRole("button", { name: "Save" }).click();
    await eventually(token, `/tasks/${second.id}`, ({ due_at }) => due_at === "2031-05-06T05:08:00.000Z", "Second is not due then");

    // The details.
    await page.getByText("Third", { exact: true }).click();
    const panel = page.getByRole("dialog", { name: "Task" });
    await panel.locator("strong").getByText("bold").waitFor();
    await panel.getByText('<img src=x onerror=alert(1)>').waitFor();
    const links = await panel.locator(".markdown a").evaluateAll((all) => all.map((link) => [link.href, link.rel].join(" ")));
    expect(links.join() === "https://example.org/ noopener noreferrer nofollow", `the links are ${links}`);
    await expectAccessible(page, "task");
    await page.setViewportSize(PHONE);
    await expectAccessible(page, "task");
    await page.setViewportSize(DESKTOP);
    await panel.getByLabel("Title").fill("Third, again");
    await panel.getByLabel("Title").press("Enter");
    await panel.getByLabel("Status").selectOption("In progress");
    await panel.getByLabel("Priority").selectOption("Low");
    await panel.getByLabel("Due date").fill("2031-01-02");
    await panel.getByLabel("Tags").fill("new tag");
    await panel.getByLabel("Tags").press("Enter");
    await panel.getByText("#new tag").waitFor();
    await panel.getByRole("button", { name: "Plain text" }).click();
    await panel.getByText("Some **bold** text").waitFor();
    await panel.getByRole("button", { name: "Edit the description" }).click();
    await panel.getByLabel("Description").fill("Shorter");
    await page.keyboard.press("Control+Enter");
    await panel.getByText("Shorter").waitFor();
    const changed = await eventually(token, `/tasks/${third.id}`, ({ description }) => description === "Shorter", "the description was not saved");
    expect(
      changed.title === "Third, again" && changed.status === "in_progress" && changed.priority === "low" &&
        changed.tags.join() === "new tag" && changed.due_at === "2031-01-01T23:00:00.000Z",
      `the task is ${JSON.stringify(changed)}`,
    );
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "hidden" });
    // A link to the details opens them.
    await page.goto(`${base}/app/?task=${first.id}`);
    await panel.getByLabel("Title").waitFor();
    await page.goto(`${base}/app/?task=${first.id.replace(/^..../, "0000")}`);
    await panel.getByText("This task does not exist any more.").waitFor();
  },

  "delete, trash and restore": async (context) => {
    const { page, token, created: [first, second] } = await opened(context, [{ title: "Keep" }, { title: "Throw away" }]);
    await menu(page, "Keep", "Delete");
    await page.getByText("In the trash: Keep").first().waitFor();
    await page.getByText("1 task", { exact: true }).waitFor();
    await eventually(token, "/tasks?trash=true", ({ items }) => items?.length === 1, "Keep was not deleted");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("2 tasks").waitFor();
    await eventually(token, `/tasks/${first.id}`, ({ version }) => version === 3, "Keep was not restored");

    await menu(page, "Keep", "Delete");
    await menu(page, "Throw away", "Delete");
    await page.getByText("All done").waitFor();
    await eventually(token, "/tasks?trash=true", ({ items }) => items?.length === 2, "the tasks were not deleted");
    await page.getByRole("link", { name: "Trash" }).click();
    await page.getByRole("button", { name: "Restore: Keep" }).waitFor();
    await expectAccessible(page, "trash");
    await page.getByRole("button", { name: "Restore: Keep" }).click();
    await row(page, "Keep").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Delete permanently: Throw away" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete permanently" }).click();
    await page.getByText("The trash is empty").waitFor();
    await eventually(token, "/tasks?trash=true", ({ items }) => items?.length === 0, `${second.id} is still in the trash`);
    await page.getByRole("link", { name: "Tasks" }).click();
    await page.getByText("Keep", { exact: true }).waitFor();
    await page.getByText("1 task", { exact: true }).waitFor();
  },

  "several tasks at once": async (context) => {
    const { page, token, created } = await opened(context, Array.from({ length: 130 }, (_, index) => ({ title: `Task ${index + 1}` })));
    const requests = [];
    page.on("request", (request) => request.method() === "POST" && requests.push(request));
    await page.getByRole("checkbox", { name: "Select: Task 130" }).click();
    await page.getByRole("checkbox", { name: "Select: Task 121" }).click({ modifiers: ["Shift"] });
    const bar = page.getByRole("region", { name: "Actions for the selection" });
    await bar.getByText("10 selected").waitFor();
    await expectAccessible(page, "selection");
    await bar.getByRole("button", { name: "Priority" }).click();
    await page.getByRole("menuitem", { name: "High" }).click();
    await eventually(token, "/tasks?priority=high&count=true", ({ total }) => total === 10, "the priority was not changed");
    expect(requests.length === 1 && requests[0].url().endsWith("/tasks/batch"), `sent: ${requests.map((request) => request.url())}`);
    const { update } = requests[0].postDataJSON();
    expect(update.every(({ version }) => version === 1) && requests[0].headers()["idempotency-key"], "the batch has no versions or no key");

    // More than one batch has.
    await scrollToEnd(page, 130);
    await page.getByRole("checkbox", { name: "Select: Task 1", exact: true }).click();
    await bar.getByRole("button", { name: "Select all loaded" }).click();
    await bar.getByText("130 selected").waitFor();
    await bar.getByRole("button", { name: "Complete" }).click();
    await page.getByText("All done").waitFor();
    await eventually(token, "/tasks?status=done&count=true", ({ total }) => total === 130, "not all were completed");
    await page.keyboard.press("u");
    await page.getByText("130 tasks", { exact: true }).waitFor();
    await eventually(token, "/tasks?status=todo&count=true", ({ total }) => total === 130, "not all are open again");

    // One that was changed elsewhere does not hold back the others.
    await page.reload();
    await page.getByText("Task 130", { exact: true }).waitFor();
    const changedElsewhere = created.find(({ title }) => title === "Task 129");
    await send("PATCH", `/tasks/${changedElsewhere.id}`, { description: "elsewhere" }, token);
    for (const number of [130, 129, 128]) await page.getByRole("checkbox", { name: `Select: Task ${number}` }).click();
    await bar.getByRole("button", { name: "Delete" }).click();
    await eventually(token, "/tasks?trash=true&count=true", ({ total }) => total === 3, "the selection was not deleted");
  },

  "import and export": async (context) => {
    const { page, token } = await opened(context, [{ title: "Before", tags: ["a"] }]);
    const folder = await mkdtemp(join(tmpdir(), "taskward-"));
    try {
      await writeFile(join(folder, "tasks.csv"), "title,due_at\nGood one,\n,\nBad one,nonsense\n");
      await writeFile(join(folder, "tasks.txt"), "x");
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Import…" }).click();
      const dialog = page.getByRole("dialog", { name: "Import tasks" });
      await dialog.getByLabel("File").setInputFiles(join(folder, "tasks.txt"));
      await dialog.getByRole("button", { name: "Import" }).click();
      await dialog.getByText("Choose a file that ends with").waitFor();
      await dialog.getByLabel("File").setInputFiles(join(folder, "tasks.csv"));
      await dialog.getByRole("button", { name: "Import" }).click();
      await dialog.getByText("1 task was imported.").waitFor();
      await dialog.getByText("2 lines were refused").waitFor();
      await dialog.getByRole("cell", { name: "title is required" }).waitFor();
      await expectAccessible(page, "import");
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await page.getByText("Good one", { exact: true }).waitFor();
      for (const [name, ending, text] of [["JSON", "json", '"title":"Before"'], ["CSV", "csv", "Good one"], ["iCalendar", "ics", "SUMMARY:Before"]]) {
        await page.getByRole("button", { name: "More" }).click();
        const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: `Export as ${name}` }).click()]);
        expect(file.suggestedFilename() === `tasks.${ending}`, `the export is named ${file.suggestedFilename()}`);
        const content = await readFile(await file.path(), "utf8");
        expect(content.includes(text), `the export as ${name} is ${content}`);
      }
      expect((await send("GET", "/tasks?count=true", undefined, token)).total === 2, "the import was carried out twice");
    } finally {
      await rm(folder, { recursive: true });
    }
  },

  "conflict": async (context, { expected }) => {
    expected.push("status of 412");
    const { page, token, created: [task, other] } = await opened(context, [{ title: "Both", description: "Old" }, { title: "Apart" }]);
    // Changes of different fields go together.
    await send("PATCH", `/tasks/${other.id}`, { description: "elsewhere" }, token);
    await menu(page, "Apart", "High");
    await eventually(token, `/tasks/${other.id}`, ({ priority, description }) => priority === "high" && description === "elsewhere", "the changes were not joined");

    await send("PATCH", `/tasks/${task.id}`, { title: "Theirs", description: "New", priority: "low" }, token);
    await menu(page, "Both", "Edit title");
    await page.keyboard.type("Mine");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Changed in two places" });
    await dialog.getByText("Mine", { exact: true }).waitFor();
    for (const text of ["Theirs", "Old", "New", "Low"]) await dialog.getByText(text, { exact: true }).first().waitFor();
    expect(await dialog.getByRole("button", { name: "Save the choice" }).isDisabled(), "the conflict was decided by itself");
    await expectAccessible(page, "conflict");
    await page.setViewportSize(PHONE);
    await expectAccessible(page, "conflict");
    await page.setViewportSize(DESKTOP);
    await dialog.getByRole("group", { name: "Title" }).getByRole("radio", { name: /Yours/ }).check();
    await dialog.getByRole("button", { name: "Save the choice" }).click();
    const result = await eventually(token, `/tasks/${task.id}`, ({ title }) => title === "Mine", "the choice was not saved");
    expect(result.description === "New" && result.priority === "low" && result.version === 3, `the task is ${JSON.stringify(result)}`);
    await page.getByText("Mine", { exact: true }).waitFor();

    await send("PATCH", `/tasks/${task.id}`, { title: "Theirs again" }, token);
    await menu(page, "Mine", "Delete");
    const decision = page.getByRole("dialog", { name: "Not saved" });
    await decision.getByRole("button", { name: "Keep the task" }).click();
    await page.getByText("Theirs again", { exact: true }).waitFor();
    expect((await send("GET", `/tasks/${task.id}`, undefined, token)).version === 4, "the task was changed");
  },

  "service that is unavailable, and a slow one": async (context, { expected }) => {
    expected.push("status of 503", "status of 422");
    const { page, token, created: [task] } = await opened(context, [{ title: "Patience" }]);
    let attempts = 0;
    await page.route(`**/tasks/${task.id}`, (route) => {
      attempts += 1;
      return attempts <= 2 ? route.fulfill(problem(503, "service_unavailable", { "Retry-After": "1" })) : route.continue();
    });
    await menu(page, "Patience", "High");
    await page.getByText("1 change waits to be sent.").waitFor();
    const saved = await eventually(token, `/tasks/${task.id}`, ({ priority }) => priority === "high", "the change was not sent again");
    expect(saved.version === 2, `the change was carried out ${saved.version - 1} times`);
    await page.getByText("1 change waits to be sent.").waitFor({ state: "hidden" });

    // What is slow is shown at once.
    let release;
    const released = new Promise((resolve) => (release = resolve));
    await page.route("**/tasks", async (route) => {
      await released;
      await route.continue();
    });
    await page.getByLabel("Add a task").fill("Slowly");
    await page.keyboard.press("Enter");
    await row(page, "Slowly").getByTitle("Not sent yet").waitFor();
    await page.keyboard.type("And another");
    await page.keyboard.press("Enter");
    await row(page, "And another").waitFor();
    expect((await send("GET", "/tasks?count=true", undefined, token)).total === 1, "the slow request was not held back");
    release();
    await eventually(token, "/tasks?count=true", ({ total }) => total === 3, "the tasks were not created");
    await row(page, "Slowly").getByTitle("Not sent yet").waitFor({ state: "hidden" });
    await page.unroute("**/tasks");

    // What is refused is shown with its reason.
    await page.route("**/tasks", (route) => route.fulfill(problem(422, "quota_exceeded")));
    await page.getByLabel("Add a task").fill("Too many");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Not saved" });
    await dialog.getByText("New task: Too many").waitFor();
    await dialog.getByText("You have the maximum number of tasks.").waitFor();
    await expectAccessible(page, "refused");
    await page.unroute("**/tasks");
    await dialog.getByRole("button", { name: "Send again" }).click();
    await eventually(token, "/tasks?q=many", ({ items }) => items?.length === 1, "the task was not created after all");
    await dialog.waitFor({ state: "hidden" });
  },

  "task that is typed before those of this device are read": async (context) => {
    await context.addInitScript(() => {
      const open = IDBFactory.prototype.open;
      IDBFactory.prototype.open = function (...names) {
        const request = open.apply(this, names);
        request.addEventListener = (type, listen) =>
          EventTarget.prototype.addEventListener.call(request, type, (event) =>
            type === "success" ? setTimeout(() => listen.call(request, event), 2000) : listen.call(request, event));
        return request;
      };
    });
    const { page, token } = await opened(context);
    await page.getByLabel("Add a task").fill("Early");
    await page.keyboard.press("Enter");
    await eventually(token, "/tasks", ({ items }) => items?.length === 1, "the task was not created");
    await row(page, "Early").waitFor();
  },

  "session that ends meanwhile": async (context, { expected }) => {
    expected.push("status of 401");
    const { page, email, token } = await opened(context);
    await send("POST", "/auth/logout", { scope: "all" }, token);
    await page.getByLabel("Add a task").fill("Typed before the login");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Log in again" }).waitFor();
    await logIn(page, email);
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const { access_token: next } = await send("POST", "/auth/login", { email, password: "a long enough secret" });
    await eventually(next, "/tasks", ({ items }) => items?.length === 1, "the change was not sent after the login");
  },

  "two tabs": async (context) => {
    const { page, token, created: [task] } = await opened(context, [{ title: "Shared" }]);
    const other = await context.newPage();
    await other.goto(`${base}/app/`);
    await other.getByText("Shared", { exact: true }).waitFor();
    await menu(page, "Shared", "Edit title");
    await page.keyboard.type("Seen by both");
    await page.keyboard.press("Enter");
    await other.getByText("Seen by both", { exact: true }).waitFor();
    await other.getByRole("checkbox", { name: "Complete: Seen by both" }).click();
    await page.getByText("All done").waitFor();
    const done = await eventually(token, `/tasks/${task.id}`, ({ status }) => status === "done", "the task was not completed");
    expect(done.version === 3, `the task has the version ${done.version}`);
    await page.getByLabel("Add a task").fill("A new one");
    await page.keyboard.press("Enter");
    await other.getByText("A new one", { exact: true }).waitFor();
    await eventually(token, "/tasks?status=todo", ({ items }) => items?.length === 1, "the new task was not created once");
    expect((await other.locator(".task").count()) === 1, "the other tab shows the new task twice");
  },

  "keyboard alone": async (context) => {
    const { page, token } = await opened(context, [{ title: "Three" }, { title: "Two" }, { title: "One" }]);
    const focused = () => page.evaluate(() => document.activeElement?.closest("[data-row]")?.querySelector(".task-title")?.textContent);
    const isOn = async (title) =>
      page.waitForFunction((wanted) => document.activeElement?.closest("[data-row]")?.querySelector(".task-title")?.textContent === wanted, title)
        .catch(async () => expect(false, `the focus is on ${await focused()} instead of ${title}`));
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await expectAccessible(page, "keys");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.keyboard.press("n");
    await page.keyboard.type("x j # u ? / stay letters");
    await page.keyboard.press("Enter");
    await page.getByText("x j # u ? / stay letters", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("j");
    await isOn("x j # u ? / stay letters");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    expect(outline === "solid", `the focus is shown as ${outline}`);
    await page.keyboard.press("j");
    await isOn("One");
    await page.keyboard.press("ArrowDown");
    await isOn("Two");
    await page.keyboard.press("k");
    await isOn("One");
    await page.keyboard.press("e");
    await page.keyboard.type("One, edited");
    await page.keyboard.press("Enter");
    await isOn("One, edited");
    await page.keyboard.press("x");
    await isOn("Two");
    await page.keyboard.press("#");
    await isOn("Three");
    await page.keyboard.press("u");
    await page.getByText("Two", { exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Task" }).getByLabel("Title").waitFor();
    await page.keyboard.press("Escape");
    await isOn("Three");
    await page.keyboard.press("v");
    await page.getByText("1 selected").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("1 selected").waitFor({ state: "hidden" });
    await page.keyboard.press("Home");
    await isOn("x j # u ? / stay letters");
    await page.keyboard.press("Delete");
    await isOn("Two");
    await page.keyboard.press("/");
    await page.keyboard.type("three");
    await page.getByText("1 task", { exact: true }).waitFor();
    await eventually(token, "/tasks?count=true&status=todo", ({ total }) => total === 2, "the changes were not sent");
  },

  "phone": async (context) => {
    const { page, token } = await opened(context, [
      { title: "A task with a long title that does not fit into the width of a phone at all", tags: ["home", "work", "more"], priority: "high", due_at: "2026-01-01T10:00:00Z" },
      { title: "Short" },
    ]);
    await page.setViewportSize(PHONE);
    await page.getByLabel("Add a task").fill("Buy milk !high #home tomorrow 18:00");
    const scrollWidth = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(scrollWidth <= PHONE.width, `the list is ${scrollWidth} pixels wide`);
    await expectAccessible(page, "tasks-phone");
    await page.getByLabel("Add a task").fill("");
    await page.getByText("Short", { exact: true }).click();
    await page.getByRole("dialog", { name: "Task" }).getByRole("button", { name: "Complete" }).click();
    await page.getByText("1 task", { exact: true }).waitFor();
    await eventually(token, "/tasks?status=done", ({ items }) => items?.length === 1, "the task was not completed");
    await page.locator(".task").getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Select" }).click();
    await page.getByText("1 selected").waitFor();
    await expectAccessible(page, "selection-phone");
  },

  "in German": async (context) => {
    const { page, token } = await opened(context, [{ title: "Eine" }]);
    await page.evaluate(() => localStorage.setItem("taskward.language", "de"));
    await page.reload();
    await page.getByText("1 Aufgabe", { exact: true }).waitFor();
    await page.getByLabel("Aufgabe hinzufügen").fill("Blumen gießen !hoch #haus übermorgen um 18 Uhr jeden Freitag");
    await page.getByText("Aufgaben können sich nicht wiederholen").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Blumen gießen jeden Freitag", { exact: true }).waitFor();
    const { items: [task] } = await eventually(token, "/tasks", ({ items }) => items?.length === 2, "the task was not created");
    expect(task.priority === "high" && task.due_at !== null, `the task is ${JSON.stringify(task)}`);
    await expectAccessible(page, "tasks-german");
  },
});
