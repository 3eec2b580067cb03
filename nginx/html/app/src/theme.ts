import { effect, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

const STORED = "taskward.theme";
function stored(): Theme {
  const name = localStorage.getItem(STORED);
  return name === "light" || name === "dark" ? name : "auto";
}
export const theme = signal<Theme>(stored());

export function setTheme(choice: Theme): void {
  if (choice === "auto") localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, choice);
  theme.value = choice;
}

effect(() => {
  if (theme.value === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme.value;
});
