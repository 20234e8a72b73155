/**
 * The knobs: data, model and loop for both lanes, a sampler with its options for each. Every input is made from the
 * library's own descriptions.
 */
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import {
  modelDescriptions,
  type OptionDescription,
  parseSyntheticOptions,
  printValue,
  samplerDescriptions,
  syntheticKnobs,
} from "../../index.ts";
import type { PageState } from "../page-state.ts";
import type { LabState } from "../state.ts";
import type { Actions } from "./actions.ts";

export function controls(page: PageState, actions: Actions): TemplateResult | typeof nothing {
  const { state, controlsOpen } = page;
  if (state.hidden.includes("controls")) return nothing;
  const shows = (part: LabState["hidden"][number]): boolean => !state.hidden.includes(part);
  return html`
    <section class="controls" aria-label="Controls">
      <button type="button" class="toggle" aria-expanded=${controlsOpen} @click=${actions.toggleControls}>controls</button>
      <div class=${controlsOpen ? "panels open" : "panels"}>
        ${shows("data") ? data(page, actions) : nothing}
        ${shows("model") ? shared(state, actions) : nothing}
        ${shows("sampler") ? ([0, 1] as const).map((lane) => sampler(state, lane, actions)) : nothing}
      </div>
    </section>`;
}

function data(page: PageState, actions: Actions): TemplateResult {
  const { state, file } = page;
  const isFile = state.data.startsWith("file:");
  return html`
    <fieldset>
      <legend>data</legend>
      ${isFile ? html`<p>${state.data.slice("file:".length)}</p>` : knobs(state, actions)}
      <label class="file">own data (ARFF with its XML, CSV or LIBSVM; .gz and .zip too): it stays in this page
        <input type="file" multiple accept=".arff,.xml,.csv,.svm,.libsvm,.txt,.gz,.zip"
          @change=${(event: Event) => {
            const { target } = event;
            if (target instanceof HTMLInputElement && target.files) actions.file(target.files);
          }}>
      </label>
      ${
        isFile
          ? html`<label>label columns, as 6 or 6:start (where no XML names them)
        <input type="text" .value=${file?.labels ?? ""} @change=${(event: Event) => actions.labelColumns(textOf(event))}></label>`
          : nothing
      }
      ${isFile ? html`<button type="button" @click=${() => actions.change({ ...state, data: "synthetic" })}>back to synthetic data</button>` : nothing}
    </fieldset>`;
}

const textOf = ({ target }: Event): string =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target.value.trim() : "";

function knobs(state: LabState, actions: Actions): TemplateResult[] {
  const { options, seed } = parseSyntheticOptions(state.data);
  return syntheticKnobs.map(({ name, default: usual, meaning }) => {
    const set = (text: string): void => {
      const given = { ...options, ...(text === "" ? {} : { [name]: Number(text) }) };
      if (text === "" || Number(text) === usual) delete given[name];
      const pairs = [
        ...Object.entries(given).map(([key, value]) => `${key}=${value}`),
        ...(seed === undefined ? [] : [`seed=${seed}`]),
      ];
      actions.change({ ...state, data: pairs.length === 0 ? "synthetic" : `synthetic:${pairs.join(",")}` });
    };
    return html`<label title=${meaning}>${name}
      <input type="text" inputmode="decimal" .value=${String(options[name] ?? usual)} @change=${(event: Event) => set(textOf(event))}></label>`;
  });
}

function shared(state: LabState, actions: Actions): TemplateResult {
  const { shared: settings } = state;
  const change = (changes: LabState["shared"]): void =>
    actions.change({ ...state, shared: { ...settings, ...changes } });
  const whole = (name: "epochs" | "batchSize", words: string): TemplateResult => html`
    <label>${words}<input type="text" inputmode="numeric" .value=${String(settings[name])}
      @change=${(event: Event) => change({ [name]: Number(textOf(event)) })}></label>`;
  const model = modelDescriptions.find(({ name }) => name === settings.model);
  return html`
    <fieldset>
      <legend>model and loop</legend>
      <label>model
        <select @change=${(event: Event) => change({ model: textOf(event), modelOptions: {} })}>${modelDescriptions.map(
          ({ name }) => html`<option value=${name} .selected=${live(name === settings.model)}>${name}</option>`,
        )}</select>
      </label>
      ${(model?.options ?? []).map((option) =>
        input(option, settings.modelOptions?.[option.name], (value) =>
          change({ modelOptions: withOption(settings.modelOptions, option.name, value) }),
        ),
      )}
      ${whole("epochs", "epochs")} ${whole("batchSize", "batch size")}
      <label>learning rate<input type="text" inputmode="decimal" .value=${String(settings.optimiser?.learningRate ?? "")}
        @change=${(event: Event) => change({ optimiser: { ...settings.optimiser, learningRate: Number(textOf(event)) } })}></label>
    </fieldset>`;
}

function withOption(options: Readonly<Record<string, unknown>> | undefined, name: string, value: unknown) {
  const { [name]: _, ...others } = options ?? {};
  return value === undefined ? others : { ...others, [name]: value };
}

function sampler(state: LabState, lane: 0 | 1, actions: Actions): TemplateResult {
  const own = state.lanes[lane];
  const description = samplerDescriptions.find(({ name }) => name === own.sampler);
  const change = (changed: LabState["lanes"][0]): void => {
    const [left, right] = state.lanes;
    actions.change({ ...state, lanes: lane === 0 ? [changed, right] : [left, changed] });
  };
  return html`
    <fieldset class="lane-${lane + 1}">
      <legend><span class="sign" aria-hidden="true"></span> ${lane === 0 ? "left" : "right"}: sampler</legend>
      <label>sampler
        <select @change=${(event: Event) => change({ sampler: textOf(event), samplerOptions: {} })}>${samplerDescriptions.map(
          ({ name }) => html`<option value=${name} .selected=${live(name === own.sampler)}>${name}</option>`,
        )}</select>
      </label>
      <p class="draws">${description?.draws ?? ""}</p>
      ${(description?.options ?? []).map((option) =>
        input(option, own.samplerOptions[option.name], (value) =>
          change({ ...own, samplerOptions: withOption(own.samplerOptions, option.name, value) }),
        ),
      )}
    </fieldset>`;
}

/** The words of "one of a, b, c". */
function choicesOf({ values }: OptionDescription): readonly string[] | undefined {
  const [, list] = /^one of (.*)$/.exec(values) ?? [];
  return list?.split(", ");
}

/** The input of an option; left empty it takes its default. A value that does not fit is refused there and then. */
function input(option: OptionDescription, value: unknown, set: (value: unknown) => void): TemplateResult {
  const { name, words, otherwise = "", isFlag } = option;
  const choices = isFlag ? ["false", "true"] : choicesOf(option);
  const shown = value === undefined ? otherwise : printValue(value);
  const take = (event: Event): void => {
    const text = textOf(event);
    const given = text === "" || text === otherwise ? undefined : option.read(text);
    const refusal = given === undefined ? undefined : option.refuse(given);
    const { target } = event;
    if (target instanceof HTMLInputElement) {
      target.setCustomValidity(refusal === undefined ? "" : `${name}: expected ${refusal}`);
      target.setAttribute("aria-invalid", String(refusal !== undefined));
      target.reportValidity();
    }
    if (refusal === undefined) set(given);
  };
  if (choices) {
    return html`<label title=${words}>${name}
      <select @change=${take}>${choices.map(
        (word) => html`<option value=${word} .selected=${live(word === shown)}>${word}</option>`,
      )}</select></label>`;
  }
  return html`<label title=${`${words}; ${option.values}`}>${name}<input type="text" .value=${shown} @change=${take}></label>`;
}
