/** One row with its own numbers filled into the formula, in both lanes, and why it has its weight. */
import { html, nothing, type TemplateResult } from "lit-html";
import { unsafeHTML } from "lit-html/directives/unsafe-html.js";
import { sparkline } from "../../charts/sparkline.ts";
import type { LaneFrame, Opened } from "../messages.ts";
import { type PageState, shownFrames } from "../page-state.ts";
import { laneName } from "../sentence.ts";

export function rowPanel(page: PageState): TemplateResult {
  const { opened, selected, state } = page;
  const frames = shownFrames(page);
  if (!opened || selected === undefined || !frames) {
    return html`<section class="row" aria-label="The chosen row"><p>Choose a row: point at it, tap it, or use the arrow keys in a grid.
      Its own numbers then fill the formula l → z = w l → Q = ceil(z / D) → p.</p></section>`;
  }
  const labels = opened.rowLabels[selected].map((label) => labelWords(opened, label));
  return html`
    <section class="row" aria-label="The chosen row">
      <h2>Row ${selected}${sourceOf(opened, selected)}</h2>
      <p>labels: ${labels.length === 0 ? "none" : labels.join(", ")}</p>
      ${([0, 1] as const).map(
        (lane) => html`
          <div class="formula lane-${lane + 1}">
            <h3><span class="sign" aria-hidden="true"></span> ${laneName(state, lane)}</h3>
            ${formula(frames[lane], selected, opened)}
            ${history(page, lane, selected)}
          </div>`,
      )}
      ${reasons(page, opened)}
    </section>
    <p class="visually-hidden" role="status" aria-live="polite">Row ${selected}, ${labels.length === 0 ? "no labels" : labels.join(", ")},
      n p ${number(frames[1].terms.probability[selected] * opened.rows, 2)} on the right</p>`;
}

const sourceOf = ({ sourceRows }: Opened, row: number): string => ` (row ${sourceRows[row]} of the data, from 0)`;

const labelWords = ({ labelNames, minorityLabels }: Opened, label: number): string =>
  minorityLabels.includes(label) ? `${labelNames[label]} (minority)` : labelNames[label];

const number = (value: number, digits = 4): string =>
  Number.isFinite(value) ? value.toFixed(digits) : "not known yet";

/** l, w, z, D, Q and p of the row, as its sampler has them. */
function formula({ terms, maximum }: LaneFrame, row: number, { rows }: Opened): TemplateResult {
  const at = (name: keyof typeof terms): number => terms[name][row];
  const p = at("probability");
  const chance = html`<li>p = ${p.toFixed(6)}, ${number(p * rows, 2)} times the uniform chance</li>`;
  const seen = html`<li>drawn ${number(at("draws"), 0)} times${
    Number.isFinite(at("age")) ? `, last seen ${number(at("age"), 0)} batches ago` : ""
  }</li>`;
  if (!Number.isFinite(at("index"))) {
    return html`<ol><li>l = ${number(at("loss"))}</li>${chance}${seen}</ol>`;
  }
  return html`
    <ol>
      <li>l = ${number(at("loss"))}, the loss when it was last drawn</li>
      <li>z = w l = ${number(at("weight"))} × ${number(at("loss"))} = ${number(at("adaptiveLoss"))}</li>
      <li>D = max z / n = ${number(maximum)} / ${rows} = ${number(maximum / rows, 6)}</li>
      <li>Q = ceil(z / D) = ${number(at("index"), 0)} of ${rows}${stale(at("adaptiveLoss"), maximum, at("index"), rows)}</li>
      ${chance}${seen}
    </ol>`;
}

/** Says so where Q was computed with another D than today's. */
function stale(z: number, maximum: number, index: number, rows: number): string {
  const now = maximum === 0 ? 0 : Math.min(rows, Math.ceil(z / (maximum / rows)));
  return Math.abs(now - index) > 1 ? `, from when it was last drawn; with today's D it would be ${now}` : "";
}

function history({ history: epochs }: PageState, lane: 0 | 1, row: number): TemplateResult | typeof nothing {
  if (epochs.length < 3) return nothing;
  const series = (["adaptiveLoss", "index", "probability"] as const).map((name) => ({
    name: { adaptiveLoss: "z", index: "Q", probability: "p" }[name],
    values: epochs.map((frames) => frames[lane].terms[name][row]),
  }));
  return html`<p class="sparks">${series
    .filter(({ values }) => values.some(Number.isFinite))
    .map(
      ({ name, values }) =>
        html`<span>${name} ${unsafeHTML(
          sparkline({
            title: `${name} of row ${row}`,
            description: `${name} over ${epochs.length - 1} epochs`,
            values,
            style: lane,
          }),
        )}</span>`,
    )}</p>`;
}

function reasons({ reasons: found, selected }: PageState, opened: Opened): TemplateResult | typeof nothing {
  if (!found || found.row !== selected) return nothing;
  const words =
    found.minority.length === 0
      ? "It carries no minority label, so its weight is 1."
      : found.minority
          .map(
            ({ label, unlike, c }) =>
              `Without ${opened.labelNames[label]}: ${unlike} of ${found.neighbours.length} neighbours, C = ${c.toFixed(1)}${c === 1 ? ", an outlier, which gets no weight" : ""}.`,
          )
          .join(" ");
  return html`
    <p class="why">Why its weight: ${words}</p>
    <p class="neighbours">nearest rows: ${found.neighbours
      .map(({ row, labels }) => `${row} {${labels.map((label) => opened.labelNames[label]).join(", ")}}`)
      .join(", ")}</p>`;
}
