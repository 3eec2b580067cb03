import type { ButtonHTMLAttributes, ComponentChildren, Ref } from "preact";
import { Icon, type IconName } from "./Icon";
import { Spinner } from "./Loading";

type Native = Omit<ButtonHTMLAttributes, "icon" | "class" | "label" | "size">;
export type ButtonProps = Native & {
  kind?: "primary" | "plain" | "ghost" | "danger";
  icon?: IconName;
  /** While what it started is in progress. It keeps the focus and does nothing. */
  busy?: boolean;
  wide?: boolean;
  buttonRef?: Ref<HTMLButtonElement>;
  children: ComponentChildren;
};

export function Button({
  kind = "plain",
  icon,
  busy = false,
  wide = false,
  buttonRef,
  children,
  ...rest
}: ButtonProps) {
  const blocked = busy ? { "aria-disabled": true, onClick: preventAction } : {};
  return (
    <button type="button" {...rest} {...blocked} ref={buttonRef ?? null} class={`button ${kind}${wide ? " wide" : ""}`}>
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

/** A button that shows only an icon. The label is its name, and is shown when it is pointed at. */
export function IconButton({
  icon,
  label,
  buttonRef,
  ...rest
}: Native & { icon: IconName; label: string; buttonRef?: Ref<HTMLButtonElement> }) {
  return (
    <button type="button" title={label} aria-label={label} {...rest} ref={buttonRef ?? null} class="icon-button">
      <Icon name={icon} />
    </button>
  );
}

function preventAction(event: Event) {
  event.preventDefault();
}
