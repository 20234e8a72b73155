/**
 * What can be taken out of the page: the address, the command, the code, the cells and the curves; and the page itself,
 * offline.
 */
import { html, nothing, type TemplateResult } from "lit-html";
import type { PageState } from "../page-state.ts";
import type { Actions } from "./actions.ts";

export function takeaway(
  { state, opened, curves, finished }: PageState,
  actions: Actions,
): TemplateResult | typeof nothing {
  if (state.hidden.includes("export") || !opened) return nothing;
  const none = curves.length === 0;
  return html`
    <section class="takeaway" aria-label="Take it along">
      <p>
        <button type="button" @click=${() => actions.copy("link")}>copy link</button>
        <button type="button" @click=${() => actions.copy("command")}>copy as command</button>
        <button type="button" @click=${() => actions.copy("code")}>copy as code</button>
        <button type="button" ?disabled=${!finished} title="once all epochs are done" @click=${() => actions.download("cells")}>cells (JSONL)</button>
        <button type="button" ?disabled=${none} @click=${() => actions.download("csv")}>curves (CSV)</button>
        <button type="button" ?disabled=${none} @click=${() => actions.download("svg")}>curves (SVG)</button>
        <button type="button" @click=${actions.offline}>keep for offline use, with all cores</button>
      </p>
      <p class="small">The address holds everything. Command and code give the same numbers where the same kind of SIMD runs (here: ${opened.backend}).
        ${opened.rows} training rows, ${opened.validationRows} validation rows, ${opened.features} features, ${opened.labelNames.length} labels,
        ${opened.parameters} parameters. Nothing leaves this page.</p>
    </section>`;
}
