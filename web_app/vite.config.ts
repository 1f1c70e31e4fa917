import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";
import headers from "./headers.json" with { type: "json" };

/** The runtimes' own files, loaded by their own loaders: a folder each below `runtime/`. */
const RUNTIMES = {
  litert: {
    folder: "node_modules/@litertjs/core/wasm",
    files: /^litert_wasm_.*internal\.(js|wasm)$/,
  },
  onnxruntime: {
    folder: "node_modules/onnxruntime-web/dist",
    files: /^ort-wasm-simd-threaded\.(mjs|wasm)$/,
  },
};

function runtimes(): Plugin {
  return {
    name: "runtimes",
    generateBundle() {
      for (const [name, { folder, files }] of Object.entries(RUNTIMES)) {
        for (const file of readdirSync(folder).filter((file) => files.test(file))) {
          const source = readFileSync(join(folder, file));
          this.emitFile({ type: "asset", fileName: `runtime/${name}/${file}`, source });
        }
      }
    },
  };
}

/** The headers that a host must send, in the form that several static hosts read. */
function headerFile(): Plugin {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
  return {
    name: "header-file",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "_headers", source: `/*\n${lines.join("")}` });
    },
  };
}

/** The service worker has to know the page's own files, and when they have changed. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    enforce: "post",
    generateBundle(_, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") throw new Error("the build made no sw.js");
      const built = Object.keys(bundle).filter((file) => /^assets\//.test(file));
      const files = ["./", ...built, ...readdirSync("public").filter((file) => file !== "models")];
      const digest = createHash("sha256").update(files.join());
      for (const file of ["public/manifest.webmanifest", "index.html"]) {
        digest.update(readFileSync(file));
      }
      worker.code = worker.code
        .replace("__FILES__", JSON.stringify(files))
        .replace("__VERSION__", JSON.stringify(digest.digest("hex").slice(0, 12)));
    },
  };
}

export default defineConfig({
  base: "./", // Any folder of any host.
  // Otherwise onnxruntime-web brings its WebAssembly loader within its own code as well.
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // The Content-Security-Policy allows no data: script or style.
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: "index.html", sw: "src/app/sw.ts" },
      output: {
        // In the page's own folder, or it would not be in charge of the page.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  // LiteRT.js loads its code by importScripts, which workers of type "module" do not have.
  worker: { format: "iife" },
  plugins: [runtimes(), headerFile(), serviceWorker()],
});
