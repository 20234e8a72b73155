/**
 * Whether a memory plan keeps every value until its last use: a simulation in which each place remembers whose value it
 * holds. Knows nothing of how plans are made.
 */
import type { MemoryPlan, Place } from "../../src/backends/memory.ts";
import type { Program, ValueId } from "../../src/engine/program.ts";
import { sameShape, size } from "../../src/engine/tensor.ts";

/** @throws Error naming the step that would read or lose a value, or the place that is too small */
export function keepsLiveValues(program: Program, plan: MemoryPlan): void {
  const { values } = program;
  const root = (id: ValueId): ValueId => {
    const value = values[id];
    return value.kind === "step" && value.op === "reshape" ? root(value.inputs[0]) : id;
  };
  const keyOf = (place: Place): string => (place.kind === "slot" ? `slot ${place.slot}` : `leaf ${place.leaf}`);
  const key = (id: ValueId): string => keyOf(plan.places[id]);
  const holds = new Map<string, ValueId>();
  const expectHeld = (when: string, id: ValueId): void => {
    const held = holds.get(key(id));
    if (held !== root(id)) throw new Error(`${when}: value ${id} should be in ${key(id)}, which holds value ${held}`);
  };

  values.forEach((value, id) => {
    const place = plan.places[id];
    const room = place.kind === "slot" ? plan.slots[place.slot] : size(values[place.leaf].shape);
    if (room < size(value.shape)) throw new Error(`value ${id} needs ${size(value.shape)}, ${key(id)} has ${room}`);
    if (value.kind === "step") return;
    if (place.kind !== "leaf" || place.leaf !== id) throw new Error(`leaf ${id} lives in ${key(id)}`);
    holds.set(key(id), id);
  });

  const done = new Set<ValueId>();
  for (const step of plan.steps) {
    const when = `step ${step.output} (${step.op})`;
    for (const each of step.inputs) {
      expectHeld(when, each);
      // Written over as it is read: only position by position.
      if (key(each) !== key(step.output)) continue;
      if (step.family !== "map" || !sameShape(values[each].shape, step.shape)) {
        throw new Error(`${when} writes over its input ${each}, which it reads at other positions`);
      }
    }
    holds.set(key(step.output), step.output);
    done.add(step.output);
  }
  const missing = program.steps.find(({ output }) => !done.has(root(output)) && values[root(output)].kind === "step");
  if (missing) throw new Error(`step ${missing.output} (${missing.op}) is left out`);

  for (const { state, value } of plan.copies) {
    expectHeld(`copy to state ${state}`, value);
    holds.set(key(state), root(value));
  }
  for (const { name, value } of program.outputs) expectHeld(`output ${name}`, value);
  const updates = new Map(program.updates.map(({ state, value }) => [state, value]));
  values.forEach((value, id) => {
    if (value.kind !== "state" && value.kind !== "data" && value.kind !== "constant") return;
    const expected = root(updates.get(id) ?? id);
    const held = holds.get(key(id));
    if (held !== expected) throw new Error(`in the end ${value.kind} ${id} holds value ${held}, expected ${expected}`);
  });
}
