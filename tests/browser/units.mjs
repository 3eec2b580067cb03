// For the unit tests of the web interface: a module of it, as a browser would get it.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

const { build } = createRequire(resolve(process.env.APP_PACKAGES, "-"))("esbuild");

export async function load(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../../nginx/html/app/${path}`, import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}
