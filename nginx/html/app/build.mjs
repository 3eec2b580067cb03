// Builds the web interface: node build.mjs NODE_MODULES OUTPUT. Fails if the first load is larger than its limit.
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const FIRST_LOAD_LIMIT = 60_000;
// What is loaded with the task list, besides the entry itself.
const FIRST_PAGE = ["src/tasks/page.tsx", "src/i18n/en.ts"];

const [modules, output] = process.argv.slice(2).map((path) => resolve(path));
process.chdir(dirname(fileURLToPath(import.meta.url)));
const { build } = createRequire(join(modules, "/"))("esbuild");

// Packages come from one folder, also where an editor has another: the names of the files depend on paths.
function packagesOf(folder) {
  return {
    name: "packages",
    setup(esbuild) {
      esbuild.onResolve({ filter: /^[^./]/ }, ({ path, kind, pluginData, importer }) => {
        if (pluginData === folder || kind === "entry-point" || importer.includes("node_modules")) return undefined;
        return esbuild.resolve(path, { kind, importer, resolveDir: dirname(folder), pluginData: folder });
      });
    },
  };
}

const common = {
  bundle: true,
  minify: true,
  metafile: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  target: ["chrome123", "firefox120", "safari17.5"],
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [packagesOf(modules)],
};

rmSync(output, { recursive: true, force: true });
const assets = join(output, "assets");
mkdirSync(assets, { recursive: true });

const { metafile } = await build({
  ...common,
  entryPoints: ["src/main.tsx"],
  outdir: assets,
  format: "esm",
  splitting: true,
  entryNames: "[name].[hash]",
  chunkNames: "[name].[hash]",
});
const outputs = Object.entries(metafile.outputs).map(([path, about]) => ({ ...about, name: basename(path) }));
const outputOf = (entryPoint) => outputs.find((file) => file.entryPoint === entryPoint);

// A file and what it imports, without what it imports later.
function withImports(file, found = new Set()) {
  if (found.has(file.name)) return found;
  found.add(file.name);
  for (const { path, kind } of file.imports) {
    if (kind === "import-statement")
      withImports(
        outputs.find(({ name }) => name === basename(path)),
        found,
      );
  }
  return found;
}

// Files that esbuild does not name.
function publish(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const [, stem, extension] = /^(.*)\.([a-z]+)$/.exec(name);
  writeFileSync(join(assets, `${stem}.${hash}.${extension}`), content);
  return `/app/assets/${stem}.${hash}.${extension}`;
}

// The licences of the packages that are in the files.
const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
);
const licences = [...packages].sort().map((name) => {
  const folder = join(modules, name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`the package ${name} has no licence file`);
  return `=== ${name}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
const licence = publish("licences.txt", licences.join("\n"));

const icon = publish("icon.svg", readFileSync("icon.svg"));
const manifest = publish(
  "app.webmanifest",
  JSON.stringify({
    name: "Taskward",
    start_url: "/app/",
    scope: "/app/",
    display: "standalone",
    icons: [{ src: icon, type: "image/svg+xml", sizes: "any" }],
  }),
);

const main = outputOf("src/main.tsx");
const style = basename(main.cssBundle);
const tags = [
  `<link rel="icon" href="${icon}" type="image/svg+xml">`,
  `<link rel="manifest" href="${manifest}">`,
  `<link rel="license" href="${licence}">`,
  `<link rel="stylesheet" href="/app/assets/${style}">`,
  ...[...withImports(main)].map((name) =>
    name === main.name
      ? `<script type="module" src="/app/assets/${name}"></script>`
      : `<link rel="modulepreload" href="/app/assets/${name}">`,
  ),
];
const page = readFileSync("index.html", "utf8").replace("<!-- build.mjs adds the files here -->", tags.join("\n"));
if (!page.includes(main.name)) throw new Error("index.html has no place for the files");
writeFileSync(join(output, "index.html"), page);

const shell = ["/app/", icon, manifest, ...outputs.map(({ name }) => `/app/assets/${name}`)];
await build({
  ...common,
  entryPoints: { sw: "src/offline/sw.ts" },
  outdir: output,
  format: "iife",
  define: {
    SHELL_FILES: JSON.stringify(shell),
    SHELL_VERSION: JSON.stringify(createHash("sha256").update(page).digest("hex").slice(0, 16)),
  },
});

let firstLoad = 0;
const first = new Set([style, ...[main, ...FIRST_PAGE.map(outputOf)].flatMap((file) => [...withImports(file)])]);
for (const folder of [output, assets]) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(folder, entry.name);
    const content = readFileSync(path);
    const zipped = gzipSync(content, { level: 9 });
    writeFileSync(`${path}.gz`, zipped);
    if (/\.(js|css)$/.test(entry.name) && folder === assets) {
      writeFileSync(
        `${path}.br`,
        brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
      );
    }
    if (first.has(entry.name) || entry.name === "index.html") firstLoad += zipped.length;
  }
}
console.log(`first load of the web interface: ${firstLoad} of ${FIRST_LOAD_LIMIT} bytes (gzip)`);
if (firstLoad > FIRST_LOAD_LIMIT) throw new Error(`the first load is ${firstLoad} bytes: load more of it later`);
