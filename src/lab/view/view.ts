/** The whole page as a function of what it knows. */
import { html, nothing, type TemplateResult } from "lit-html";
import type { PageState } from "../page-state.ts";
import type { Actions } from "./actions.ts";
import { charts } from "./charts.ts";
import { controls } from "./controls.ts";
import { header } from "./header.ts";
import { gridHelp, lanes } from "./lanes.ts";
import { rowPanel } from "./row.ts";
import { takeaway } from "./takeaway.ts";

/** @param chartWidth width of one chart in CSS pixels */
export function view(page: PageState, actions: Actions, chartWidth: number): TemplateResult {
  return html`
    ${header(page, actions)}
    <main>
      ${page.forecast ? nothing : lanes(page, actions)} ${gridHelp()}
      ${page.forecast || page.state.hidden.includes("row") ? nothing : rowPanel(page)}
      ${charts(page, actions, chartWidth)}
      ${controls(page, actions)}
      ${takeaway(page, actions)}
    </main>
    <p id="milestone" class="visually-hidden" role="status" aria-live="polite"></p>`;
}
