import type { ComponentChildren } from "preact";
import { Frame } from "../ui/Frame";

const TABS = [
  { path: "/admin", label: "dashboard.title" },
  { path: "/admin/users", label: "users.title" },
  { path: "/admin/audit", label: "audit.title" },
  { path: "/admin/mail", label: "mail.title" },
] as const;

export function AdminFrame({ actions, children }: { actions?: ComponentChildren; children: ComponentChildren }) {
  return (
    <Frame title="admin.title" tabs={TABS} actions={actions}>
      {children}
    </Frame>
  );
}
