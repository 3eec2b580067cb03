// How quick add reads a line. Run by node --test, with APP_PACKAGES: the folder of the packages of the web interface.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./units.mjs";

const { readLine } = await load("src/tasks/quick-add.ts");
// A Wednesday.
const now = new Date(2026, 3, 15, 10, 30);
const read = (text, more = {}) => readLine(text, { now, dayFirst: true, firstWeekday: 1, ...more });
const local = (date) =>
  date && `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()} ${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;

const dues = {
  "Call Bob tomorrow 18:00": ["Call Bob", "2026-4-16 18:00"],
  "tomorrow call Bob at 6pm": ["call Bob", "2026-4-16 18:00"],
  "Call Bob 6:30 PM": ["Call Bob", "2026-4-15 18:30"],
  "Call Bob 9:00": ["Call Bob", "2026-4-16 9:00"],
  "Bob anrufen morgen um 18 Uhr": ["Bob anrufen", "2026-4-16 18:00"],
  "Bob anrufen übermorgen": ["Bob anrufen", "2026-4-17 0:00"],
  "Pay the rent today": ["Pay the rent", "2026-4-15 0:00"],
  "Miete heute": ["Miete", "2026-4-15 0:00"],
  "Report in 3 days": ["Report", "2026-4-18 0:00"],
  "Bericht in 3 Tagen": ["Bericht", "2026-4-18 0:00"],
  "Bericht in einer Woche": ["Bericht", "2026-4-22 0:00"],
  "Report in two weeks": ["Report", "2026-4-29 0:00"],
  "Tea in 5 min": ["Tea", "2026-4-15 10:35"],
  "Report in 1 month": ["Report", "2026-5-15 0:00"],
  "Report friday": ["Report", "2026-4-17 0:00"],
  "Report on Wed": ["Report", "2026-4-22 0:00"],
  "Report next week": ["Report", "2026-4-20 0:00"],
  "Bericht nächste Woche": ["Bericht", "2026-4-20 0:00"],
  "Bericht am Freitag": ["Bericht", "2026-4-17 0:00"],
  "Bericht Fr. 8:15": ["Bericht", "2026-4-17 8:15"],
  "Report 2026-12-24": ["Report", "2026-12-24 0:00"],
  "Report 2026-12-24T18:30": ["Report", "2026-12-24 18:30"],
  "Report 24.12.": ["Report", "2026-12-24 0:00"],
  "Report 1.2.": ["Report", "2027-2-1 0:00"],
  "Report 1.2.27": ["Report", "2027-2-1 0:00"],
  "Report 3/5": ["Report", "2026-5-3 0:00"],
  "Report 24 Dec": ["Report", "2026-12-24 0:00"],
  "Report Dec 24th": ["Report", "2026-12-24 0:00"],
  "Bericht 24. Dezember 2027": ["Bericht", "2027-12-24 0:00"],
  "Report by 1st of May": ["Report", "2026-5-1 0:00"],
};
for (const [line, [title, due]] of Object.entries(dues)) {
  test(line, () => {
    const task = read(line);
    assert.equal(task.title, title);
    assert.equal(local(task.due), due);
  });
}

test("the order of day and month follows the locale", () => {
  assert.equal(local(read("Report 3/5", { dayFirst: false }).due), "2027-3-5 0:00");
});

test("priorities and tags", () => {
  const task = read('Buy milk !high #home #"two words" #grün tomorrow');
  assert.equal(task.title, "Buy milk");
  assert.equal(task.priority, "high");
  assert.deepEqual(task.tags, ["home", "two words", "grün"]);
  assert.deepEqual(task.found.map(({ kind }) => kind), ["priority", "tag", "tag", "tag", "date"]);
  for (const [word, priority] of [["!dringend", "urgent"], ["p3", "normal"], ["!niedrig", "low"], ["!1", "urgent"], ["!!", "high"]])
    assert.equal(read(`x ${word}`).priority, priority, word);
});

test("what is not understood stays in the title", () => {
  for (const line of [
    "Answer !everything", "Fix #42 soon", "Wow! Look", "Mail a@b.example about 25:99", "31.2. does not exist",
    "mayor of Monrovia", "a/b 13/13", "C# and F#", "Do it so we may go", "99 bottles",
  ]) {
    const task = read(line);
    assert.equal(task.title, line);
    assert.deepEqual(task.found, []);
  }
});

test("only the first date and time are read", () => {
  const task = read("Move the meeting from monday to tuesday");
  assert.equal(task.title, "Move the meeting from to tuesday");
  assert.equal(local(task.due), "2026-4-20 0:00");
});

test("repetitions stay in the title, with their day and time", () => {
  for (const [line, words] of [
    ["Water plants every monday 9:00", "every monday 9:00"], ["Backup daily at 6pm", "daily at 6pm"],
    ["Müll jeden Freitag", "jeden Freitag"], ["Pay every 3 months", "every 3 months"], ["Lüften täglich", "täglich"],
  ]) {
    const task = read(line);
    assert.equal(task.title, line);
    assert.equal(task.repeats, words);
    assert.equal(task.due, null);
  }
  const task = read("Water plants every monday #home 2026-05-01");
  assert.equal(task.title, "Water plants every monday");
  assert.deepEqual(task.tags, ["home"]);
  assert.equal(local(task.due), "2026-5-1 0:00");
});

test("words can be excluded", () => {
  const task = read("Watch Friday the film", { ignored: new Set(["friday"]) });
  assert.equal(task.title, "Watch Friday the film");
  assert.equal(task.due, null);
});

test("punctuation keeps its word", () => {
  assert.equal(read("Call Bob tomorrow, then Eve").title, "Call Bob, then Eve");
});

test("blanks before punctuation stay", () => {
  assert.equal(read("really ? yes !high").title, "really ? yes");
});
