/**
 * A project of somebody else's: packs what `npm pack` packs, installs the tarball in a fresh folder and runs programs
 * there. The build is the one that `npm test` made.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

export interface Dependent {
  readonly folder: string;
  /** What npm said as it installed the tarball. */
  readonly installed: string;
  /** Bytes of all files of `node_modules`. */
  readonly bytes: number;
  /** Runs `node` in the folder. */
  node(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

/** What `npm pack` would publish: its path, and the paths of the files in it. */
async function pack(into: string): Promise<{ readonly tarball: string; readonly files: readonly string[] }> {
  const { stdout } = await run(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", into], { cwd: root });
  const [{ filename, files }] = JSON.parse(stdout);
  return { tarball: join(into, filename), files: files.map(({ path }: { readonly path: string }) => path) };
}

export async function installed(): Promise<Dependent & { readonly files: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "hardbatch-dependent-"));
  const { tarball, files } = await pack(folder);
  await writeFile(join(folder, "package.json"), '{ "name": "dependent", "private": true, "type": "module" }\n');
  const options = ["--prefer-offline", "--no-audit", "--no-fund"];
  const { stdout, stderr } = await run(npm, ["install", ...options, tarball], { cwd: folder });
  return {
    folder,
    files,
    installed: stdout + stderr,
    bytes: await bytesBelow(join(folder, "node_modules")),
    node: (...args) => run(process.execPath, args, { cwd: folder }),
    async write(texts) {
      for (const [name, text] of Object.entries(texts)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

async function bytesBelow(folder: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) total += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return total;
}
