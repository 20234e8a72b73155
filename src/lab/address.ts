/**
 * The state of the page as the part of the address behind `#`, and back: versioned, checked by the schema of a run's
 * settings. A lane's settings stand behind `left.` and `right.`; what is left out has the page's default.
 */
import { type GivenSettings, parseSettings, parseSynthetic, printSettings, UsageError } from "../index.ts";
import {
  axes,
  backends,
  colourings,
  defaultState,
  hideable,
  type LabState,
  type LaneSettings,
  laneNames,
  orders,
} from "./state.ts";

const version = "1";

/** Text in which `,` and `:` stay readable. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%3D", "=");

/**
 * `#v=1&data=synthetic&epochs=40&left.sampler=uniform...`: everything, so that a later default changes no old address.
 */
export function printAddress(state: LabState): string {
  const lanes = state.lanes.flatMap((lane, i) =>
    printSettings({ sampler: lane.sampler, samplerOptions: lane.samplerOptions }).map(
      (pair) => `${laneNames[i]}.${pair}`,
    ),
  );
  const { colouring, order, axis, backend, hidden } = state;
  const pairs = [
    `v=${version}`,
    `data=${state.data}`,
    ...printSettings(state.shared),
    ...lanes,
    `colour=${colouring}`,
    `order=${order}`,
    `axis=${axis}`,
    ...(backend === defaultState.backend ? [] : [`backend=${backend}`]),
    ...(hidden.length === 0 ? [] : [`hide=${hidden.join(",")}`]),
  ];
  return `#${pairs.map((pair) => `${encode(pair.slice(0, pair.indexOf("=")))}=${encode(pair.slice(pair.indexOf("=") + 1))}`).join("&")}`;
}

/**
 * The state of an address; an empty one is the default.
 * @throws UsageError for another version, an unknown or repeated key, or a value that is not understood, with what was
 * expected
 */
export function parseAddress(hash: string): LabState {
  const text = hash.replace(/^#/, "");
  if (text === "") return defaultState;
  const pairs = new Map<string, string>();
  for (const part of text.split("&")) {
    const [key, value] = decoded(part);
    if (pairs.has(key)) throw new UsageError(`address: ${key} stands there twice`);
    pairs.set(key, value);
  }
  const take = (key: string): string | undefined => {
    const value = pairs.get(key);
    pairs.delete(key);
    return value;
  };
  const given = take("v");
  if (given !== version) {
    throw new UsageError(`address: v=${given ?? ""} is not a version this page knows; expected v=${version}`);
  }
  const data = take("data") ?? defaultState.data;
  if (!data.startsWith("file:")) parseSynthetic(data);
  const view = {
    colouring: oneOf("colour", take("colour"), colourings, defaultState.colouring),
    order: oneOf("order", take("order"), orders, defaultState.order),
    axis: oneOf("axis", take("axis"), axes, defaultState.axis),
    backend: oneOf("backend", take("backend"), backends, "auto"),
    hidden: hiddenParts(take("hide")),
  };
  const lanes = laneNames.map((name, i) => laneOf(name, pairs, defaultState.lanes[i]));
  const rest = [...pairs].map(([key, value]) => `${key}=${value}`);
  const shared = rest.length === 0 ? defaultState.shared : sharedOf(rest);
  return { data, shared, lanes: [lanes[0], lanes[1]], ...view };
}

function decoded(part: string): readonly [string, string] {
  const at = part.indexOf("=");
  if (at < 1) throw new UsageError(`address: ${JSON.stringify(part)}: expected key=value`);
  try {
    return [decodeURIComponent(part.slice(0, at)), decodeURIComponent(part.slice(at + 1))];
  } catch {
    throw new UsageError(`address: ${JSON.stringify(part)} holds a percent sign that stands for nothing`);
  }
}

function oneOf<Words extends object>(
  key: string,
  text: string | undefined,
  words: Words,
  otherwise: keyof Words & string,
): keyof Words & string {
  if (text === undefined) return otherwise;
  if (isKey(text, words)) return text;
  throw new UsageError(`address: ${key}=${text}: expected one of ${Object.keys(words).join(", ")}`);
}

const isKey = <Words extends object>(text: string, words: Words): text is keyof Words & string =>
  Object.hasOwn(words, text);

function hiddenParts(text: string | undefined): LabState["hidden"] {
  if (text === undefined || text === "") return [];
  return [...new Set(text.split(","))].map((part) => {
    const known = hideable.find((name) => name === part);
    if (known) return known;
    throw new UsageError(`address: hide=${part}: expected some of ${hideable.join(", ")}`);
  });
}

/** Takes the settings of a lane out of `pairs`. */
function laneOf(name: string, pairs: Map<string, string>, otherwise: LaneSettings): LaneSettings {
  const own: string[] = [];
  for (const [key, value] of pairs) {
    if (!key.startsWith(`${name}.`)) continue;
    own.push(`${key.slice(name.length + 1)}=${value}`);
    pairs.delete(key);
  }
  if (own.length === 0) return otherwise;
  const { sampler, samplerOptions = {}, ...others } = parseSettings(own);
  const [strange] = Object.keys(others);
  if (strange !== undefined)
    throw new UsageError(`address: ${name}.${strange}: both lanes share it; leave out ${name}.`);
  if (sampler === undefined) throw new UsageError(`address: ${name}.sampler is missing beside its options`);
  return { sampler, samplerOptions };
}

function sharedOf(pairs: readonly string[]): LabState["shared"] {
  const { sampler, samplerOptions, ...shared }: GivenSettings = parseSettings(pairs);
  if (sampler !== undefined || samplerOptions !== undefined) {
    throw new UsageError("address: the sampler is each lane's own: left.sampler=... and right.sampler=...");
  }
  return shared;
}
