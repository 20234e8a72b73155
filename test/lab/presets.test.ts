/** Every preset's claim holds over five seeds, as the page says it does. */
import { describe, expect, test } from "vitest";
import type { EpochFigures } from "../../src/lab/messages.ts";
import { presets } from "../../src/lab/presets.ts";
import { sentence } from "../../src/lab/sentence.ts";
import { basisOf, Session } from "../../src/lab/session.ts";

const seeds = [1, 2, 3, 4, 5];

describe.each(presets)("$title", ({ state, holds }) => {
  test.each(seeds)("holds what it claims, seed %i", async (seed) => {
    const own = { ...state, shared: { ...state.shared, seed } };
    const session = await Session.open(await basisOf(1, own));
    const curves: (readonly [EpochFigures, EpochFigures])[] = [];
    while (!session.finished) {
      const progress = await session.step(false);
      if (progress?.ended) curves.push(progress.ended);
    }
    const frames = session.frames();
    expect(curves).toHaveLength(session.opened.epochs);
    expect(sentence(own, session.opened, curves, frames)).toMatch(/^After \d+ of \d+ epochs, /);
    expect(holds({ opened: session.opened, curves, frames })).toBe(true);
  });
});
