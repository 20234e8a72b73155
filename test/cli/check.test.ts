/** check: what is whole is said to be so, what is not can be repaired, and no whole record is lost. */
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { printCell } from "../../src/experiment/cell.ts";
import { cellOf } from "../experiment/cells.ts";
import { folder, hardbatch, quick, small, startStopping } from "./run.ts";

const lines = [0, 1, 2].map((fold) => printCell(cellOf({ fold }, { macroAuc: 0.8 })));

describe("check", () => {
  test("a whole results file, and what is wrong with one that is not", async () => {
    const path = join(folder(), "r.jsonl");
    writeFileSync(path, `${lines.join("\n")}\n`);
    expect(await hardbatch("check", path)).toEqual({ code: 0, out: `${path}: 3 whole cells\n`, err: "" });
    writeFileSync(path, `${lines[0]}\nnotes\n${lines[1]}\n${lines[2].slice(0, 40)}\0\0\0`);
    const { code, out, err } = await hardbatch("check", path);
    expect([code, err]).toEqual([1, "hardbatch: 1 file is damaged\n"]);
    expect(out).toContain(`${path}: 2 whole cells, 2 damaged lines: --repair keeps what is whole\n`);
    expect(out).toContain(`  ${path}:2: expected a cell as one line of JSON`);
    expect(out).toContain(`  ${path}:4: it is damaged`);
  });

  test("--repair keeps every whole record, byte for byte, and what it took out", async () => {
    const path = join(folder(), "r.jsonl");
    writeFileSync(path, `${lines[0]}\nno=te\n${lines[1]}\n[1]\n${lines[2]}`);
    expect((await hardbatch("check", path, "--repair")).code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(`${lines.join("\n")}\n`);
    const removed = readFileSync(`${path}.removed`, "utf8").trimEnd().split("\n");
    expect(removed.map((line) => JSON.parse(line).removed)).toEqual(["no=te", "[1]"]);
    expect((await hardbatch("check", path)).code).toBe(0);
  });

  test("a run folder: weights with a flipped bit are found", async () => {
    const out = join(folder(), "run");
    expect((await hardbatch("train", small, "--out", out, ...quick, "--quiet")).code).toBe(0);
    const whole = await hardbatch("check", out);
    expect(whole.code).toBe(0);
    expect(whole.out).toContain("weights.safetensors: whole");
    expect(whole.out).toContain("history.jsonl: 2 whole epochs");
    const path = join(out, "weights.safetensors");
    const bytes = readFileSync(path);
    bytes[bytes.length - 3] ^= 1;
    writeFileSync(path, bytes);
    const { code, out: said } = await hardbatch("check", out);
    expect(code).toBe(1);
    expect(said).toMatch(/weights\.safetensors: damaged: /);
  });

  test("a checkpoint with a flipped bit is found, wherever it is", async () => {
    const place = folder();
    const words = ["train", small, "--out", "run", ...quick, "--epochs", "40"];
    expect((await startStopping("SIGINT", /^epoch 3,/m, words, place)).code).toBe(130);
    const path = join(place, "run");
    const [name] = readdirSync(path).filter((file) => file.startsWith("checkpoint-"));
    expect((await hardbatch("check", path)).code).toBe(0);
    const bytes = readFileSync(join(path, name));
    for (let at = 5; at < bytes.length; at += Math.ceil(bytes.length / 9)) {
      const damaged = Buffer.from(bytes);
      damaged[at] ^= 16;
      writeFileSync(join(path, name), damaged);
      const { code, out } = await hardbatch("check", path);
      expect([code, out], `byte ${at}`).toEqual([1, expect.stringContaining(`${name}: damaged: `)]);
    }
  });

  test("the content says what a file is, not its name", async () => {
    const place = folder();
    const out = join(place, "run");
    expect((await hardbatch("train", small, "--out", out, ...quick, "--quiet")).code).toBe(0);
    const [history, model, tensors] = ["h.jsonl", "mine.safetensors", "others.safetensors"].map((n) => join(place, n));
    copyFileSync(join(out, "history.jsonl"), history);
    copyFileSync(join(out, "weights.safetensors"), model);
    await hardbatch("export", "--weights", model, "--pytorch", tensors, "--quiet");
    const before = readFileSync(history, "utf8");
    const { code, out: said } = await hardbatch("check", history, model, tensors, "--repair");
    expect([code, said]).toEqual([
      0,
      `${history}: 2 whole epochs\n${model}: whole\n${tensors}: whole, but no saved model: tensors without a checksum\n`,
    ]);
    expect(readFileSync(history, "utf8")).toBe(before);
    const packed = join(place, "r.gz");
    writeFileSync(packed, gzipSync(`${lines.join("\n")}\nnotes\n`));
    expect((await hardbatch("check", packed)).out).toContain("3 whole cells, 1 damaged line");
    expect((await hardbatch("check", packed, "--repair")).err).toContain("is packed");
  });

  test("--repair leaves alone what is no file of ours", async () => {
    const path = join(folder(), "notes.txt");
    writeFileSync(path, "one\ntwo\n");
    expect(await hardbatch("check", path, "--repair")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/another file/),
    });
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
    expect(readdirSync(dirname(path))).toEqual(["notes.txt"]);
  });

  test("nothing there is said so", async () => {
    expect(await hardbatch("check", folder())).toMatchObject({
      code: 2,
      err: expect.stringContaining("nothing there to check"),
    });
    expect(await hardbatch("check", "nowhere")).toMatchObject({
      code: 2,
      err: expect.stringContaining("no such file"),
    });
  });
});
