import type { Schemas } from "../api/client";
import { formatDate, formatRelative, t } from "../i18n";

export type Token = Schemas["PersonalToken"];
export type Scope = Token["scopes"][number];

export const scopeText = (scope: Scope) => t(`scope.${scope}`);
export const isOver = (token: Token) => token.revoked_at !== null || Date.parse(token.expires_at) <= Date.now();

/** What there is to know of a token. */
export function TokenEntry({ token }: { token: Token }) {
  const state =
    token.revoked_at !== null
      ? t("tokens.revoked", { date: formatDate(token.revoked_at, "date") })
      : Date.parse(token.expires_at) <= Date.now()
        ? t("tokens.expired", { date: formatDate(token.expires_at, "date") })
        : t("tokens.expires", { date: formatDate(token.expires_at, "date") });
  return (
    <div>
      <strong>{token.name}</strong>
      <p class="muted">{token.scopes.map(scopeText).join(", ")}</p>
      <p class="muted">
        {state}
        {" · "}
        {token.last_used_at === null
          ? t("list.never_used")
          : t("tokens.used", {
              when: formatRelative(token.last_used_at),
              address: token.last_used_address ?? "",
            })}
      </p>
    </div>
  );
}
