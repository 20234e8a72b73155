/**
 * Where the values of a program live on a device with plain memory: leaves in places of their own, steps in slots that
 * are used again once their value is dead. Knows sizes and lifetimes, no addresses; gpu.js plans its own memory.
 */
import type { Program, Step, ValueId } from "../engine/program.ts";
import { type Shape, sameShape, size } from "../engine/tensor.ts";

/** A value lives in the storage of a leaf (its own, or that of the state it updates) or in a slot. */
export type Place =
  | { readonly kind: "leaf"; readonly leaf: ValueId }
  | { readonly kind: "slot"; readonly slot: number };

export interface MemoryPlan {
  /** By value number. */
  readonly places: readonly Place[];
  /** Size of each slot in numbers. */
  readonly slots: readonly number[];
  /** The steps that compute; a reshape shares the place of what it renames. */
  readonly steps: readonly Step[];
  /** The updates that are not computed in place and have to be copied once all steps have run. */
  readonly copies: readonly { readonly state: ValueId; readonly value: ValueId }[];
}

export function planMemory(program: Program): MemoryPlan {
  const { values } = program;
  // A reshape is another name for its input; `root` is the value that is really stored.
  const root: ValueId[] = [];
  values.forEach((value, id) => {
    root[id] = value.kind === "step" && value.op === "reshape" ? root[value.inputs[0]] : id;
  });
  const steps = program.steps.filter((step) => step.op !== "reshape");
  const lastUse = new Map<ValueId, number>();
  steps.forEach((step, time) => {
    for (const input of step.inputs) lastUse.set(root[input], time);
  });
  for (const { value } of [...program.outputs, ...program.updates]) lastUse.set(root[value], steps.length);

  const places = new Map<ValueId, Place>();
  values.forEach((value, id) => {
    if (value.kind !== "step") places.set(id, { kind: "leaf", leaf: id });
  });

  /** An elementwise step may write over an input that it reads at the very same position. */
  const mayOverwrite = (step: Step, id: ValueId): boolean =>
    step.family === "map" &&
    step.inputs.every((input) => root[input] !== id || sameShape(shapeOf(program, input), step.shape));

  const copies = program.updates.filter(({ state, value }) => {
    const stored = root[value];
    const time = steps.findIndex((step) => step.output === stored);
    const lastRead = lastUse.get(state) ?? -1;
    const inPlace = !places.has(stored) && (lastRead < time || (lastRead === time && mayOverwrite(steps[time], state)));
    if (inPlace) places.set(stored, { kind: "leaf", leaf: state });
    return !inPlace;
  });

  const slots: number[] = [];
  const free = new Set<number>();
  steps.forEach((step, time) => {
    const dying = new Map<ValueId, number>();
    for (const input of step.inputs) {
      const place = places.get(root[input]);
      if (place?.kind === "slot" && lastUse.get(root[input]) === time) dying.set(root[input], place.slot);
    }
    if (!places.has(step.output)) {
      const heir = [...dying].find(([id]) => mayOverwrite(step, id));
      const slot = heir ? heir[1] : takeSlot(slots, free, size(step.shape));
      places.set(step.output, { kind: "slot", slot });
      if (heir) dying.delete(heir[0]);
    }
    for (const slot of dying.values()) free.add(slot);
  });

  const placeOf = (id: ValueId): Place => {
    const place = places.get(root[id]);
    if (!place) throw new Error(`memory plan: value ${id} has no place`);
    return place;
  };
  return { places: values.map((_, id) => placeOf(id)), slots, steps, copies };
}

export function shapeOf(program: Program, id: ValueId): Shape {
  return program.values[id].shape;
}

/** The tightest free slot; where none is large enough, the largest grows; where none is free, a new one. */
function takeSlot(slots: number[], free: Set<number>, wanted: number): number {
  let best: number | undefined;
  for (const slot of free) {
    if (best === undefined) best = slot;
    else if (slots[best] < wanted ? slots[slot] > slots[best] : slots[slot] >= wanted && slots[slot] < slots[best])
      best = slot;
  }
  if (best === undefined) return slots.push(wanted) - 1;
  free.delete(best);
  slots[best] = Math.max(slots[best], wanted);
  return best;
}
