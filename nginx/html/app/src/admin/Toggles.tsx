import { toggleInQuery } from "../router";

/** A filter of several values, of which any number is chosen. `name` is its parameter in the address. */
export function Toggles<V extends string>({
  label,
  name,
  values,
  chosen,
}: {
  label: string;
  name: string;
  values: readonly { value: V; label: string }[];
  chosen: readonly V[];
}) {
  return (
    <div class="toggles" role="group" aria-label={label}>
      <span class="muted" aria-hidden="true">
        {label}
      </span>
      {values.map(({ value, label: text }) => (
        <button
          key={value}
          type="button"
          class="toggle"
          aria-pressed={chosen.includes(value)}
          onClick={() => {
            toggleInQuery(name, value);
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
