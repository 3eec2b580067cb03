import type {
  ComponentChildren,
  InputHTMLAttributes,
  Ref,
  RefObject,
  SelectHTMLAttributes,
  TextareaHTMLAttributes,
} from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

type About = {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  /** Says after the label that the field may stay empty. */
  optional?: boolean;
  /** Only for screen readers. */
  labelHidden?: boolean;
};

// The label, hint and error of a control, which refers to them.
function useDescription({ hint, error }: About) {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`]
    .filter(Boolean)
    .join(" ");
  return {
    id,
    control: {
      id,
      "aria-invalid": error !== undefined,
      ...(described === "" ? {} : { "aria-describedby": described }),
    },
  };
}

function Described({ id, about, children }: { id: string; about: About; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id} class={about.labelHidden ? "visually-hidden" : undefined}>
        {about.label}
        {about.optional && <span class="muted"> ({t("field.optional")})</span>}
      </label>
      {children}
      {about.hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {about.hint}
        </p>
      )}
      {about.error !== undefined && (
        <p class="fault" id={`${id}-error`}>
          <Icon name="alert" size={14} /> {about.error}
        </p>
      )}
    </div>
  );
}

function split<P extends About>({ label, hint, error, optional, labelHidden, ...rest }: P) {
  const about: About = { label, error };
  if (hint !== undefined) about.hint = hint;
  if (optional !== undefined) about.optional = optional;
  if (labelHidden !== undefined) about.labelHidden = labelHidden;
  return [about, rest] as const;
}

type Handler = { value?: string; onValue?: (value: string) => void };

export type FieldProps = About &
  Handler & { inputRef?: RefObject<HTMLInputElement> } & Omit<
    InputHTMLAttributes,
    "label" | "class" | "value" | "type" | "role"
  > & {
    type?: "text" | "password" | "email" | "search" | "url" | "number" | "date" | "time" | "datetime-local";
  };

// Vnodes have a type of their own for each type of input, whose attributes are the same for these.
const asText = (type: NonNullable<FieldProps["type"]>) => type as "text";

/** A line of text with its label. A password can be shown. */
export function Field(props: FieldProps) {
  const [about, { inputRef, onValue, type = "text", ...rest }] = split(props);
  const { id, control } = useDescription(about);
  const [isShown, setShown] = useState(false);
  const own = useRef<HTMLInputElement>(null);
  const ref = inputRef ?? own;
  // Browsers obey the attribute once in a document, and when a dialog opens. Whatever else has the focus keeps it.
  useEffect(() => {
    if (rest.autofocus && document.activeElement?.matches("body, main, dialog")) ref.current?.focus();
  }, []);
  const input = (
    <input
      {...rest}
      {...control}
      type={asText(type === "password" && isShown ? "text" : type)}
      ref={ref}
      class="input"
      onInput={(event) => onValue?.(event.currentTarget.value)}
    />
  );
  return (
    <Described id={id} about={about}>
      {type === "password" ? (
        <div class="with-button">
          {input}
          <IconButton
            icon={isShown ? "eyeOff" : "eye"}
            label={t(isShown ? "field.hide_password" : "field.show_password")}
            aria-pressed={isShown}
            onClick={() => {
              setShown(!isShown);
            }}
          />
        </div>
      ) : (
        input
      )}
    </Described>
  );
}

export function TextArea(
  props: About &
    Handler & { inputRef?: Ref<HTMLTextAreaElement> } & Omit<TextareaHTMLAttributes, "label" | "class" | "value">,
) {
  const [about, { inputRef, onValue, ...rest }] = split(props);
  const { id, control } = useDescription(about);
  return (
    <Described id={id} about={about}>
      <textarea
        rows={4}
        {...rest}
        {...control}
        ref={inputRef ?? null}
        class="input"
        onInput={(event) => onValue?.(event.currentTarget.value)}
      />
    </Described>
  );
}

export function Select<V extends string>(
  props: About & {
    value: V;
    options: readonly { value: V; label: string }[];
    onValue: (value: V) => void;
  } & Omit<SelectHTMLAttributes, "label" | "class" | "value" | "role" | "size" | "multiple">,
) {
  const [about, { options, onValue, value, ...rest }] = split(props);
  const { id, control } = useDescription(about);
  return (
    <Described id={id} about={about}>
      <select
        {...rest}
        {...control}
        class="input"
        value={value}
        onChange={(event) => {
          onValue(event.currentTarget.value as V);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Described>
  );
}

export function Checkbox({
  label,
  checked,
  onValue,
  labelHidden = false,
  ...rest
}: {
  label: ComponentChildren;
  checked: boolean;
  onValue: (checked: boolean) => void;
  labelHidden?: boolean;
} & Omit<InputHTMLAttributes, "label" | "class" | "checked" | "type" | "role">) {
  return (
    <label class="checkbox">
      <input
        {...rest}
        type="checkbox"
        checked={checked}
        onChange={(event) => {
          onValue(event.currentTarget.checked);
        }}
      />
      <span class={labelHidden ? "visually-hidden" : undefined}>{label}</span>
    </label>
  );
}
