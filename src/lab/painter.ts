/** Paints the two canvases from what the page knows, once a frame, and finds the row under a pointer. */
import { type GridLayout, gridLayout, paintGrid, rowAt, rowBeside, rowOrder, shownValues, valueRange } from "./grid.ts";
import { type PageState, shownFrames } from "./page-state.ts";
import { minorityOf } from "./sentence.ts";
import { laneNames } from "./state.ts";

/** How many cells one call of `paint` painted. */
export interface Painted {
  readonly cells: number;
}

export class Painter {
  #layout: GridLayout = { columns: 1, cell: 10, height: 10 };
  #order: Int32Array = new Int32Array(0);

  /** Draws both grids: the same rows in the same order, on one scale. */
  paint(page: PageState): Painted {
    const frames = shownFrames(page);
    const { opened, state, selected, dark } = page;
    if (!opened || !frames) return { cells: 0 };
    const canvases = laneNames.map((name) => document.querySelector<HTMLCanvasElement>(`#grid-${name}`));
    const values = frames.map(({ terms }) => shownValues(terms, state.colouring));
    const isMinority = minorityOf(opened);
    const counts = opened.labelNames.map(
      (_, label) => opened.rowLabels.filter((labels) => labels.includes(label)).length,
    );
    // A lane without this figure leaves the order to the other.
    const ranked = values[1].some(Number.isFinite) ? values[1] : values[0];
    this.#order = rowOrder(state.order, ranked, opened.rowLabels, counts);
    const range = valueRange(...values);
    let cells = 0;
    canvases.forEach((canvas, lane) => {
      const brush = canvas?.getContext("2d");
      if (!canvas || !brush) return;
      const width = Math.max(120, Math.floor(canvas.parentElement?.clientWidth ?? 300));
      this.#layout = gridLayout(opened.rows, width);
      const ratio = Math.min(3, window.devicePixelRatio || 1);
      resize(canvas, width, this.#layout.height, ratio);
      brush.setTransform(ratio, 0, 0, ratio, 0, 0);
      const style = getComputedStyle(canvas);
      cells += paintGrid(brush, width, {
        layout: this.#layout,
        order: this.#order,
        values: values[lane],
        range,
        isMinority,
        batch: frames[lane].batch,
        selected,
        dark,
        line: style.getPropertyValue("--text").trim() || "black",
        accent: style.getPropertyValue(`--lane-${lane + 1}`).trim() || "orange",
      });
      caption(laneNames[lane], range);
    });
    return { cells };
  }

  rowAt(x: number, y: number): number | undefined {
    return rowAt({ layout: this.#layout, order: this.#order }, x, y);
  }

  rowBeside(row: number | undefined, key: string): number | undefined {
    return rowBeside({ layout: this.#layout, order: this.#order }, row, key);
  }
}

/** Sizes a canvas by its attributes: a policy without inline styles allows no other way. */
function resize(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): void {
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width === wide && canvas.height === high) return;
  canvas.width = wide;
  canvas.height = high;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

function caption(lane: string, [low, high]: readonly [number, number]): void {
  const [least, most] = ["low", "high"].map((end) => document.querySelector(`#${end}-${lane}`));
  if (least) least.textContent = short(low);
  if (most) most.textContent = short(high);
}
