import { type ComponentType, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { reportError } from "../errors";

/** A component whose code is fetched when it is first shown. Nothing is shown until then. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [Component, setComponent] = useState<ComponentType<P> | null>(() => loaded);
    useEffect(() => {
      if (loaded) return;
      load().then((component) => {
        loaded = component;
        setComponent(() => component);
      }, reportError);
    }, []);
    return Component && h(Component, props);
  };
}
