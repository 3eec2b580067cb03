import type { ComponentChildren } from "preact";
import { Frame } from "../ui/Frame";

const TABS = [
  { path: "/account", label: "profile.title" },
  { path: "/account/security", label: "security.title" },
  { path: "/account/sessions", label: "sessions.title" },
  { path: "/account/tokens", label: "tokens.title" },
  { path: "/account/activity", label: "activity.title" },
] as const;

export function AccountFrame({ children }: { children: ComponentChildren }) {
  return (
    <Frame title="account.title" tabs={TABS}>
      {children}
    </Frame>
  );
}
