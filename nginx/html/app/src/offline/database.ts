import { type DBSchema, type IDBPDatabase, deleteDB, openDB } from "idb";
import type { Task } from "../tasks/task";
import type { Draft, Entry } from "./entries";

interface Content extends DBSchema {
  /** Tasks as the service last returned them. */
  tasks: { key: string; value: Task };
  /** Changes that the service has not confirmed, in their order. */
  outbox: { key: number; value: Draft | Entry };
}
export type Database = IDBPDatabase<Content>;

// One for each account.
const PREFIX = "taskward-";

export function open(account: string): Promise<Database> {
  return openDB<Content>(PREFIX + account, 1, {
    upgrade(database) {
      database.createObjectStore("tasks", { keyPath: "id" });
      database.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
    },
  });
}

export const readEntries = async (database: Database): Promise<Entry[]> => (await database.getAll("outbox")) as Entry[];

export function erase(account: string): Promise<void> {
  return deleteDB(PREFIX + account);
}

/** Erases what accounts have here that are not logged in. What they have not sent is kept until they are. */
export async function eraseOthers(account: string | null): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith(PREFIX) || name === PREFIX + (account ?? "")) continue;
    const other = name.slice(PREFIX.length);
    const database = await open(other);
    const unsent = await database.count("outbox");
    if (unsent > 0) await database.clear("tasks");
    database.close();
    if (unsent === 0) await erase(other);
  }
}
