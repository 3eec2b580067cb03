/** A filter of several values, of which any number is chosen. */
export function Toggles<V extends string>({
  label,
  values,
  chosen,
  onChange,
}: {
  label: string;
  values: readonly { value: V; label: string }[];
  chosen: readonly V[];
  onChange: (chosen: V[]) => void;
}) {
  return (
    <div class="toggles" role="group" aria-label={label}>
      <span class="muted" aria-hidden="true">
        {label}
      </span>
      {values.map(({ value, label: name }) => {
        const isChosen = chosen.includes(value);
        return (
          <button
            key={value}
            type="button"
            class="toggle"
            aria-pressed={isChosen}
            onClick={() => {
              onChange(isChosen ? chosen.filter((other) => other !== value) : [...chosen, value]);
            }}
          >
            {name}
          </button>
        );
      })}
    </div>
  );
}
