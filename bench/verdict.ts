/**
 * The pages of the verdict, from its cells. `npm run bench -- verdict` writes docs/verdict.md, docs/questions.md and
 * README.md anew; `-- verdict pack FILE...` makes the cells from results files first; `-- verdict data FILE...` and
 * `-- verdict hardness FILE...` what is computed from the files of data sets.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { packCells, place, readCells } from "./verdict/cells.ts";
import { factsOf } from "./verdict/data.ts";
import { hardnessOf } from "./verdict/hardness.ts";
import { writtenPages } from "./verdict/written.ts";

const [action, ...files] = process.argv.slice(2);
if (action === "pack") console.log(`docs/verdict/cells.jsonl.gz: ${packCells(files)} cells`);
else if (action === "data") {
  const facts = [];
  for (const file of files) facts.push(await factsOf(file));
  writeFileSync(place("verdict/data.json"), `${JSON.stringify(facts, null, 2)}\n`);
} else if (action === "hardness") {
  const figures = [];
  for (const file of files) for (const epochs of [3, 30]) figures.push(await hardnessOf(file, epochs));
  writeFileSync(place("verdict/hardness.json"), `${JSON.stringify(figures, null, 2)}\n`);
} else if (action !== undefined) {
  console.error(`bench verdict ${action}: expected pack FILE..., data FILE..., hardness FILE..., or nothing`);
  process.exit(2);
}
for (const { path, text } of writtenPages(readCells())) {
  if (readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  console.log(path);
}
