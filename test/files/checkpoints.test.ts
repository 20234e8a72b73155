/** The checkpoints of a folder: which are kept, and what a damaged one means. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DataError } from "../../src/errors.ts";
import { CheckpointFiles } from "../../src/files/checkpoints.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "hardbatch-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** One byte, which is 0 where it is damaged. */
const decode = (bytes: Uint8Array, file: string): number => {
  if (bytes[0] === 0) throw new DataError({ file }, "damaged");
  return bytes[0];
};
const newest = async (
  files: CheckpointFiles,
): Promise<{ readonly found: number | undefined; readonly notes: string[] }> => {
  const notes: string[] = [];
  return { found: await files.newest(decode, (note) => notes.push(note)), notes };
};

test("the last two are kept, and others' files are left alone", async () => {
  const path = folder();
  writeFileSync(join(path, "checkpoint-x.safetensors"), "");
  writeFileSync(join(path, "other-7.safetensors"), "");
  const files = new CheckpointFiles(path);
  expect(await files.exist()).toBe(false);
  expect((await newest(files)).found).toBeUndefined();
  for (const step of [1, 2, 10, 9]) await files.save(step, Uint8Array.of(step));
  // A run that has gone back to step 9 writes over what was later.
  const own = ["checkpoint-2.safetensors", "checkpoint-9.safetensors"];
  expect(readdirSync(path).sort()).toEqual([...own, "checkpoint-x.safetensors", "other-7.safetensors"]);
  expect(await newest(files)).toEqual({ found: 9, notes: [] });
  await files.clear();
  expect(readdirSync(path).sort()).toEqual(["checkpoint-x.safetensors", "other-7.safetensors"]);
});

test("a damaged one falls back to the one before, with a sentence; all damaged is an error", async () => {
  const path = folder();
  const files = new CheckpointFiles(path, "cell");
  await files.save(3, Uint8Array.of(3));
  await files.save(4, Uint8Array.of(0));
  const { found, notes } = await newest(files);
  expect(found).toBe(3);
  expect(notes).toEqual([
    `${join(path, "cell-4.safetensors")}: damaged; going on from the checkpoint before, cell-3.safetensors`,
  ]);
  await files.save(3, Uint8Array.of(0));
  await expect(newest(files)).rejects.toThrow("damaged");
  await files.save(5, Uint8Array.of(0));
  await expect(newest(files)).rejects.toThrow("this checkpoint and the 1 after it are damaged");
});

test("a folder that is not there has none", async () => {
  const files = new CheckpointFiles(join(folder(), "none"));
  expect(await files.exist()).toBe(false);
  await files.clear();
});
