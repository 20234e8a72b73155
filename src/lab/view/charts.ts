/** The charts of the page, each with a sentence of its own and, behind a switch, the table of its numbers. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { unsafeHTML } from "lit-html/directives/unsafe-html.js";
import { curves as drawCurves } from "../../charts/curves.ts";
import { histogram } from "../../charts/histogram.ts";
import type { EpochFigures, Opened } from "../messages.ts";
import { type PageState, shownCurves, shownFrames } from "../page-state.ts";
import { type Curves, laneName } from "../sentence.ts";
import { type Axis, axes } from "../state.ts";
import type { Actions } from "./actions.ts";

/** A figure of an epoch as a curve. */
interface Measure {
  readonly title: string;
  readonly yLabel: string;
  readonly of: (figures: EpochFigures) => number;
}

export const measures: readonly Measure[] = [
  {
    title: "macro-AUC on validation rows",
    yLabel: "macro-AUC",
    of: ({ validation }) => validation.macroAuc ?? Number.NaN,
  },
  { title: "Loss over all training rows", yLabel: "mean loss", of: ({ losses }) => losses.all },
  { title: "Loss of minority rows", yLabel: "mean loss", of: ({ losses }) => losses.minority },
  { title: "Loss of the other rows", yLabel: "mean loss", of: ({ losses }) => losses.others },
  { title: "Share of draws with a minority label", yLabel: "share of draws", of: ({ minorityShare }) => minorityShare },
  { title: "Effective sample size", yLabel: "rows", of: ({ effectiveSampleSize }) => effectiveSampleSize },
];

const position = (figures: EpochFigures, axis: Axis): number =>
  axis === "epochs"
    ? figures.epoch + 1
    : axis === "steps"
      ? figures.steps
      : axis === "rows"
        ? figures.rows
        : figures.seconds;

const digits = (value: number): string =>
  Number.isFinite(value) ? (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(4)) : "undefined";

/** What the last point of both curves says. */
function words(names: readonly [string, string], measure: Measure, points: Curves): string {
  const end = points.at(-1);
  if (!end) return "Nothing yet: the first epoch is under way.";
  const [left, right] = [measure.of(end[0]), measure.of(end[1])];
  const difference = right - left;
  const sign = difference < 0 ? "below" : "above";
  return `After epoch ${end[0].epoch + 1}: ${names[0]} ${digits(left)}, ${names[1]} ${digits(right)}, ${digits(Math.abs(difference))} ${sign}.`;
}

export function chartMarkup(page: PageState, measure: Measure, width = 420): string {
  const points = shownCurves(page);
  const names = [laneName(page.state, 0), laneName(page.state, 1)] as const;
  const { axis } = page.state;
  return drawCurves({
    title: measure.title,
    description: words(names, measure, points),
    heading: measure.title,
    xLabel: axes[axis],
    yLabel: measure.yLabel,
    width,
    height: 230,
    series: ([0, 1] as const).map((lane) => ({
      name: names[lane],
      points: points.map((both) => ({ x: position(both[lane], axis), y: measure.of(both[lane]) })),
    })),
  });
}

/** An odd number, so that n p = 1 stands in the middle of a bin. */
const bins = 21;

/** How many rows have which n p, on a scale of powers between the bounds that are proved. */
function chances(page: PageState, opened: Opened, lane: 0 | 1, width: number): { markup: string; sentence: string } {
  const terms = shownFrames(page)?.[lane].terms;
  const pressure = opened.pressures[lane];
  const values = terms ? [...terms.probability].map((p) => p * opened.rows) : [];
  const reach = Math.max(1.05, pressure ?? 1, ...values.map((value) => (value > 0 ? Math.max(value, 1 / value) : 1)));
  const edge = (bin: number): number => reach ** ((2 * bin) / bins - 1);
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.floor((Math.log(value) / Math.log(reach) + 1) * (bins / 2));
    counts[Math.min(bins - 1, Math.max(0, bin))]++;
  }
  const bounds =
    pressure === undefined || pressure === 1
      ? []
      : [
          { value: 1 / pressure, text: "1/s" },
          { value: pressure, text: "s" },
        ];
  const name = laneName(page.state, lane);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const proved = pressure === undefined ? "" : `; proved: ${(1 / pressure).toFixed(2)} to ${pressure}`;
  const sentence =
    values.length === 0
      ? "No row was drawn yet."
      : `${name}: n p lies between ${low.toFixed(2)} and ${high.toFixed(2)}${proved}.`;
  const markup = histogram({
    title: `n p of every row, ${name}`,
    heading: `n p of every row: ${name}`,
    description: sentence,
    xLabel: "n p (1: the uniform chance)",
    yLabel: "rows",
    xScale: "log",
    bins: counts.map((count, bin) => ({ low: edge(bin), high: edge(bin + 1), count })),
    bounds,
    style: lane,
    width,
    height: 210,
  });
  return { markup, sentence };
}

/** @param width of one chart in CSS pixels */
export function charts(page: PageState, actions: Actions, width: number): TemplateResult | typeof nothing {
  const { state, opened, tables, chart } = page;
  if (state.hidden.includes("charts") || !opened) return nothing;
  const names = [laneName(state, 0), laneName(state, 1)] as const;
  const figures = [
    ...measures.map((measure) => ({
      title: measure.title,
      markup: chartMarkup(page, measure, width),
      sentence: words(names, measure, shownCurves(page)),
    })),
    ...([0, 1] as const).map((lane) => ({ title: `n p, ${names[lane]}`, ...chances(page, opened, lane, width) })),
  ];
  return html`
    <section class="charts" aria-label="Charts">
      <div class="bar">
        <label>x axis
          <select @change=${(event: Event) => {
            const { target } = event;
            const axis = Object.keys(axes).find(
              (name): name is Axis => target instanceof HTMLSelectElement && name === target.value,
            );
            if (axis) actions.change({ ...state, axis });
          }}>${Object.entries(axes).map(
            ([name, text]) => html`<option value=${name} .selected=${live(state.axis === name)}>${text}</option>`,
          )}</select>
        </label>
        ${state.hidden.includes("table") ? nothing : html`<button type="button" aria-pressed=${tables} @click=${actions.toggleTables}>tables</button>`}
        <span class="pages" role="group" aria-label="Which chart">
          <button type="button" @click=${() => actions.chart((chart + figures.length - 1) % figures.length)}>previous chart</button>
          <button type="button" @click=${() => actions.chart((chart + 1) % figures.length)}>next chart</button>
        </span>
      </div>
      <div class="figures">${figures.map(
        ({ markup, sentence }, i) => html`
          <figure class=${i === chart ? "chart current" : "chart"}>${unsafeHTML(markup)}<figcaption>${sentence}</figcaption></figure>`,
      )}</div>
      ${tables && !state.hidden.includes("table") ? table(page, names) : nothing}
    </section>`;
}

function table(page: PageState, names: readonly [string, string]): TemplateResult {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Table of all curves">
      <table>
        <thead>
          <tr><th scope="col" rowspan="2">epoch</th>${measures.map(({ title }) => html`<th scope="colgroup" colspan="2">${title}</th>`)}</tr>
          <tr>${measures.map(() => names.map((name) => html`<th scope="col">${name}</th>`))}</tr>
        </thead>
        <tbody>${shownCurves(page).map(
          (both) =>
            html`<tr><th scope="row">${both[0].epoch + 1}</th>${measures.map((measure) =>
              both.map((figures) => html`<td>${digits(measure.of(figures))}</td>`),
            )}</tr>`,
        )}</tbody>
      </table>
    </div>`;
}
