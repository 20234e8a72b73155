/** What kernels/gpu/build.mjs bundles: gpu.js, once it is given what it takes from where it runs. */
declare module "#gpu.js" {
  /** @param require gives a module of Node or the package `gl` by its name; throws where there is none */
  export function load(require: (name: string) => unknown): import("./library.ts").Library;
}
