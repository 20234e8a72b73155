/**
 * Section 9: the small print. Rules of the words, what each test assumes, settings, fingerprints, what is missing or
 * failed.
 */
import { newestDate } from "./facts.ts";
import { counted, listed, percent } from "./figures.ts";
import { besidesKey, flatten } from "./grouping.ts";
import type { Block, Entry, PageTable } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { studyName, testToTrainOf } from "./studies.ts";
import { placeOf } from "./treatments.ts";

export function smallPrint(analysis: Analysis, leftOut: readonly string[]): readonly Block[] {
  const { cells, failures, notes, missing, timings } = analysis;
  const date = timings ? newestDate(cells) : undefined;
  return [
    { kind: "text", text: "Rules of the words, in this order." },
    { kind: "list", items: wordRules(analysis) },
    { kind: "text", text: "What each figure assumes." },
    { kind: "list", items: assumptions(analysis) },
    ...(leftOut.length > 0
      ? ([
          { kind: "text", text: "Left out." },
          { kind: "list", items: leftOut },
        ] as const)
      : []),
    ...(notes.length > 0
      ? ([
          { kind: "text", text: "Notes." },
          { kind: "list", items: notes },
        ] as const)
      : []),
    { kind: "text", text: `Missing: ${counted(missing.length, "cell")}; failed: ${failures.length}.` },
    ...(missing.length > 0 ? [{ kind: "list", items: capped(missing) } as const] : []),
    ...(failures.length > 0 ? [{ kind: "list", items: capped(failures.map(failureText)) } as const] : []),
    { kind: "table", id: "data", title: "Data sets", table: dataTable(analysis) },
    { kind: "table", id: "settings", title: "Settings", table: settingsTable(analysis) },
    {
      kind: "text",
      text: [originText(analysis), ...(date === undefined ? [] : [`The newest cell is of ${date}.`])].join(" "),
    },
  ];
}

const mostListed = 50;

const capped = (items: readonly string[]): readonly string[] =>
  items.length <= mostListed ? items : [...items.slice(0, mostListed), `and ${items.length - mostListed} more`];

function failureText({ key, arm, failure }: Analysis["failures"][number]): string {
  return `${key.data}, ${key.model}: ${arm?.name ?? key.sampler}, fold ${key.fold}, seed ${key.seed}: ${failure.kind}: ${failure.message}`;
}

function wordRules({ rules: { confidence, alpha }, outcomes }: Analysis): readonly string[] {
  const margins = new Map(outcomes.map(({ metric, margin }) => [metric, margin]));
  return [
    `"equivalent": the ${percent(confidence)} interval lies inside the margin (${[...margins].map(([metric, margin]) => `${metric} ${margin}`).join(", ")}). The same as two one-sided tests at ${percent((1 - confidence) / 2)}.`,
    `"better" or "worse": Holm's adjusted p is below ${alpha}; the direction is the metric's own.`,
    '"undecided": everything else, and whatever rests on too few data sets. It is not "no difference".',
  ];
}

function assumptions({ studies, rules, outcomes }: Analysis): readonly string[] {
  const ratios = new Set(studies.flatMap(({ study }) => study.groups.map((group) => testToTrainOf(group).toFixed(3))));
  const moments = new Set(outcomes.map(({ moment }) => moment));
  return [
    `One data set: corrected resampled t-test of paired differences (Nadeau and Bengio 2003; test/train rows ${listed([...ratios])}). Pairs share fold, seed, initial weights and noise. It assumes roughly normal differences; with a ratio of 0 there is one fold, and it says nothing about others.`,
    "Several data sets: each counts once, by its mean difference. p: Wilcoxon's signed-rank test, exact (the differences are symmetric under the null). Interval and TOST: Student's t over data sets (a sample from the data sets one cares about; roughly normal differences).",
    `Holm's adjustment is over the family that stands under each table; p alone is of one comparison. Outcomes (${outcomes.length}) and models are families of their own: nothing adjusts for their number.`,
    "P(better), P(equivalent), P(worse): posterior with the margin as region of equivalence. One data set: correlated Bayesian t-test (closed form). Several: Bayesian signed-rank test with Dirichlet weights, prior strength 1/2 at nought" +
      `, 20000 draws from seed ${rules.seed}.`,
    "Friedman's test with Iman and Davenport's F, then Nemenyi's critical difference: data sets are independent, each arm has a value on each.",
    "Rank-biserial correlation and Cohen's d (of pairs) say how large a difference is beside its spread, not whether it matters.",
    ...(moments.has("late") || moments.has("lateValidation")
      ? ["Late mean: the mean over the epochs e >= min(E - 1, ceil(3 E / 4)), each scored after its last batch."]
      : []),
    ...(moments.has("best") ? ["Best epoch: the one of best validation macro-AUC, scored once on the test fold."] : []),
  ];
}

function dataTable({ studies }: Analysis): PageTable {
  const right = (title: string) => ({ title, align: "right" as const });
  const seen = new Map<string, readonly Entry[]>();
  for (const { study } of studies) {
    for (const group of study.groups) {
      const cells = group.treatments.flatMap((own) => [...own.cells.values()]);
      const sizes = (part: "train" | "validation" | "test"): string => {
        const values = cells.flatMap(({ rows }) => rows?.[part] ?? []);
        if (values.length === 0) return "-";
        const [low, high] = [Math.min(...values), Math.max(...values)];
        return low === high ? `${low}` : `${low} to ${high}`;
      };
      const fingerprints = new Set(
        cells.flatMap(({ settings }) => (typeof settings.fingerprint === "string" ? settings.fingerprint : [])),
      );
      const shown = fingerprints.size > 1 ? `${fingerprints.size}, one for each seed` : ([...fingerprints][0] ?? "-");
      if (!seen.has(group.data))
        seen.set(group.data, [group.data, sizes("train"), sizes("validation"), sizes("test"), shown]);
    }
  }
  return {
    columns: [
      { title: "data set" },
      right("training rows"),
      right("validation rows"),
      right("test rows"),
      { title: "fingerprint" },
    ],
    rows: [...seen.values()],
  };
}

/** Settings by arm; those that all cells have in common stand in one row. */
function settingsTable({ cells, studies }: Analysis): PageTable {
  const all = cells.map((cell) => new Map(flatten(besidesKey(cell))));
  const names = [...new Set(all.flatMap((own) => [...own.keys()]))].filter((name) => name !== "fingerprint").sort();
  const valuesOf = (name: string): ReadonlySet<string> => new Set(all.map((own) => own.get(name) ?? "(none)"));
  const common = names.filter((name) => valuesOf(name).size === 1);
  const differing = names.filter((name) => valuesOf(name).size > 1);
  const text = (own: ReadonlyMap<string, string>, list: readonly string[]): string =>
    list.map((name) => `${name}=${own.get(name) ?? "(none)"}`).join(", ");
  const rows = studies.flatMap(({ study }) =>
    study.treatments.map((treatment): readonly Entry[] => {
      const own = study.groups.flatMap(({ treatments }) => treatments.filter(({ name }) => name === treatment));
      const first = own.flatMap((one) => [...one.cells.values()])[0];
      const settings = new Map(flatten(besidesKey(first)));
      const ofArm = differing.filter((name) => settings.has(name));
      return [studyName(study), treatment, first.key.sampler, text(settings, ofArm)];
    }),
  );
  return {
    columns: [{ title: "study" }, { title: "arm" }, { title: "sampler" }, { title: "settings" }],
    rows: [["all", "all", "", text(all[0], common)], ...rows],
    note: "Settings of an arm are those in which cells differ, as its first cell has them.",
  };
}

function originText({ cells, studies }: Analysis): string {
  const backends = [...new Set(cells.map(({ backend }) => backend))].sort();
  const versions = [
    ...new Set(cells.flatMap(({ run }) => (run ? [`${run.version} (numerics ${run.numerics})`] : []))),
  ].sort();
  const groups = studies.flatMap(({ study }) => study.groups.map(placeOf));
  return `${counted(groups.length, "comparison")}: ${groups.join("; ")}. Backends that ran: ${backends.join("; ")}. ${versions.length > 0 ? `Version ${versions.join(", ")}.` : "The cells don't say which version made them."}`;
}
