/** The first line of the page: preset, the buttons of time, seed, and what really runs; below it the sentence. */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { duration } from "../duration.ts";
import type { Forecast } from "../messages.ts";
import { answerOf, type Guess, type PageState, shownCurves, shownFrames } from "../page-state.ts";
import { presetOf, presets } from "../presets.ts";
import { laneName, sentence } from "../sentence.ts";
import { backends, type LabBackend } from "../state.ts";
import type { Actions } from "./actions.ts";

export function header(page: PageState, actions: Actions): TemplateResult {
  const { state, opened, playing, finished } = page;
  const ready = opened !== undefined && !page.asking && !page.forecast;
  return html`
    <header>
      <h1>hardbatch lab</h1>
      ${presetChoice(page, actions)}
      <div class="time" role="group" aria-label="Time">
        ${
          playing
            ? html`<button type="button" class="main" @click=${actions.pause}>❚❚ pause</button>`
            : html`<button type="button" class="main" ?disabled=${!ready || finished} @click=${actions.play}>▶ play</button>`
        }
        <button type="button" ?disabled=${!ready || finished} @click=${actions.batch}>one batch</button>
        <button type="button" ?disabled=${!ready || finished} @click=${actions.epoch}>one epoch</button>
        <button type="button" ?disabled=${!ready} @click=${actions.again}>start again</button>
      </div>
      <label class="seed">seed
        <input type="number" min="0" max="4294967295" step="1" .value=${String(state.shared.seed ?? 1)}
          @change=${(event: Event) => actions.change({ ...state, shared: { ...state.shared, seed: whole(event) } })}>
      </label>
      <p class="runs">
        <select aria-label="runs on" title=${backends[state.backend]} @change=${(event: Event) => {
          const { target } = event;
          const backend = Object.keys(backends).find(
            (name): name is LabBackend => target instanceof HTMLSelectElement && name === target.value,
          );
          if (backend) actions.change({ ...state, backend });
        }}>${Object.entries(backends).map(
          ([name, words]) =>
            html`<option value=${name} title=${words} .selected=${live(state.backend === name)}>${name}</option>`,
        )}</select>
        <span>${opened?.backend ?? "starting"}</span>
      </p>
    </header>
    ${page.failure === undefined ? nothing : html`<p class="failure" role="alert">${page.failure}</p>`}
    ${page.asking ? question(page, actions) : page.forecast ? announcement(page.forecast, actions) : summary(page)}
    ${opened ? scrubber(page, actions) : nothing}
  `;
}

const whole = (event: Event): number => {
  const { target } = event;
  return target instanceof HTMLInputElement ? Math.max(0, Math.round(Number(target.value) || 0)) : 0;
};

function presetChoice({ state }: PageState, actions: Actions): TemplateResult | typeof nothing {
  if (state.hidden.includes("presets")) return nothing;
  const own = presetOf(state);
  return html`
    <label class="preset">preset
      <select @change=${(event: Event) => {
        const { target } = event;
        if (target instanceof HTMLSelectElement && target.value !== "") actions.preset(target.value);
      }}>
        <option value="" .selected=${live(own === undefined)}>own settings</option>
        ${presets.map(({ id, title }) => html`<option value=${id} .selected=${live(own?.id === id)}>${title}</option>`)}
      </select>
    </label>`;
}

/** Before a preset runs: what does the visitor expect? */
function question(page: PageState, actions: Actions): TemplateResult {
  const preset = presetOf(page.state);
  const [left, right] = [laneName(page.state, 0), laneName(page.state, 1)];
  const choice = (guess: Guess, words: string): TemplateResult =>
    html`<button type="button" @click=${() => actions.guess(guess)}>${words}</button>`;
  return html`
    <section class="question" aria-label="Predict, then reveal">
      <p><strong>${preset?.title ?? "Your settings"}.</strong> ${preset?.watch ?? ""}</p>
      <p>Which run will have the lower loss on rows with minority labels after ${page.opened?.epochs ?? page.state.shared.epochs} epochs?</p>
      <p class="choices">${choice("left", left)} ${choice("right", right)} ${choice("same", "no difference")}</p>
    </section>`;
}

/** Before runs that take long: how long, and what makes them shorter. */
function announcement({ seconds, trainingRows, epochs }: Forecast, actions: Actions): TemplateResult {
  return html`
    <section class="question" aria-label="Before it starts">
      <p>Two runs of ${epochs} epochs on ${trainingRows} training rows take <strong>${duration(seconds)}</strong> on this machine,
        by what a few steps took. Fewer epochs, fewer rows or a smaller net make them shorter. They can be paused at any time.</p>
      <p class="choices"><button type="button" class="main" @click=${actions.start}>Start</button></p>
    </section>`;
}

function summary(page: PageState): TemplateResult {
  const { state, opened, guess, guesses, finished } = page;
  const preset = presetOf(state);
  return html`
    <section class="summary" aria-label="What is to be seen">
      ${preset ? html`<p class="watch"><strong>${preset.title}.</strong> ${preset.watch}</p>` : nothing}
      <p class="sentence">${opened ? sentence(state, opened, shownCurves(page), shownFrames(page)) : "Preparing the data and the two runs."}</p>
      ${finished && guess !== undefined ? verdict(page, guess, guesses) : nothing}
      ${finished && preset ? html`<p class="claim">Over five seeds: ${preset.claim}</p>` : nothing}
      ${page.notice === undefined ? nothing : html`<p class="notice">${page.notice}</p>`}
    </section>`;
}

function verdict(page: PageState, guess: Guess, { right, all }: PageState["guesses"]): TemplateResult {
  const answer = answerOf(page);
  const words = { left: laneName(page.state, 0), right: laneName(page.state, 1), same: "no difference" };
  const hit = answer === guess ? "You were right" : "It went otherwise";
  return html`<p class="verdict">${hit}: ${answer === undefined ? "nothing can be said" : words[answer]}. ${right} of ${all} guesses right.</p>`;
}

/** Back through the epochs that are over. */
function scrubber({ history, shownEpoch, opened, epoch, step }: PageState, actions: Actions): TemplateResult {
  const last = history.length - 1;
  const at = shownEpoch ?? last;
  const now =
    shownEpoch === undefined ? `epoch ${epoch}, batch ${step} of ${opened?.stepsPerEpoch}` : `back at epoch ${at}`;
  return html`
    <section class="scrub" aria-label="Time line">
      <label>look back
        <input type="range" min="0" max=${Math.max(0, last)} step="1" .value=${String(at)} ?disabled=${last < 1}
          aria-valuetext=${now}
          @input=${(event: Event) => {
            const { target } = event;
            if (target instanceof HTMLInputElement) actions.scrub(Number(target.value));
          }}>
      </label>
      <output>${now}</output>
    </section>`;
}
