/** The two grids of rows. The canvas elements are painted by page.ts; here are their frames, words and keys. */
import { html, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import type { PageState } from "../page-state.ts";
import { laneName } from "../sentence.ts";
import { colourings, laneNames, orders } from "../state.ts";
import type { Actions } from "./actions.ts";

export function lanes(page: PageState, actions: Actions): TemplateResult {
  const { state } = page;
  return html`
    <div class="looks" role="group" aria-label="How the rows are shown">
      <label>colour
        <select @change=${(event: Event) => {
          const colouring = chosen(event, colourings);
          if (colouring) actions.change({ ...state, colouring });
        }}>${Object.entries(colourings).map(
          ([name, { symbol, words }]) =>
            html`<option value=${name} .selected=${live(state.colouring === name)}>${symbol}: ${words}</option>`,
        )}</select>
      </label>
      <label>order
        <select @change=${(event: Event) => {
          const order = chosen(event, orders);
          if (order) actions.change({ ...state, order });
        }}>${Object.entries(orders).map(
          ([name, words]) => html`<option value=${name} .selected=${live(state.order === name)}>${words}</option>`,
        )}</select>
      </label>
      <p class="key"><span class="square" aria-hidden="true"></span> row <span class="diamond" aria-hidden="true"></span> row with a minority label
        <span class="outlined" aria-hidden="true"></span> in the last batch</p>
    </div>
    <div class="lanes">${laneNames.map((name, i) => lane(page, i === 0 ? 0 : 1, name))}</div>`;
}

function chosen<Words extends object>(event: Event, words: Words): (keyof Words & string) | undefined {
  const { target } = event;
  const isKey = (text: string): text is keyof Words & string => Object.hasOwn(words, text);
  return target instanceof HTMLSelectElement && isKey(target.value) ? target.value : undefined;
}

function lane(page: PageState, index: 0 | 1, name: string): TemplateResult {
  const title = laneName(page.state, index);
  return html`
    <figure class="lane lane-${index + 1}">
      <figcaption id="title-${name}"><span class="sign" aria-hidden="true"></span> ${title}</figcaption>
      <canvas id="grid-${name}" tabindex="0" role="application" aria-labelledby="title-${name}" aria-describedby="grid-help"
        aria-roledescription="grid of rows"></canvas>
      <p class="scale" aria-hidden="true"><span id="low-${name}"></span><span class="ramp"></span><span id="high-${name}"></span></p>
    </figure>`;
}

export const gridHelp = (): TemplateResult => html`
  <p id="grid-help" class="visually-hidden">Arrow keys choose a row; its numbers stand below the grids. Escape chooses none.</p>`;
