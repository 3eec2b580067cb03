import type { Schemas } from "../api/client";
import { t } from "../i18n";

export type Account = Schemas["Account"];
export const ROLES: readonly Account["role"][] = ["guest", "user", "admin"];
export const STATES: readonly Account["state"][] = ["active", "inactive", "locked"];

export const roleText = (role: Account["role"]) => t(`role.${role}`);
export const stateText = (state: Account["state"]) => t(`state.${state}`);
export const roleOptions = () => ROLES.map((value) => ({ value, label: roleText(value) }));
export const stateOptions = () => STATES.map((value) => ({ value, label: stateText(value) }));

/** What an account is called in a list. */
export const nameOf = ({ name, username, email, id }: Pick<Account, "name" | "username" | "email" | "id">): string =>
  name ?? username ?? email ?? id;

/** The values of a parameter of the address that are known. */
export function listOf<V extends string>(text: string | null, known: readonly V[]): V[] {
  const wanted = (text ?? "").split(",");
  return known.filter((value) => wanted.includes(value));
}
