/** Which finished cells were made by other arithmetic than this program has here: they must not be mixed in silence. */
import type { Backend } from "../backends/backend.ts";
import { program } from "../engine/program.ts";
import { tensor } from "../engine/tensor.ts";
import type { Cell } from "../experiment/cell.ts";
import type { PlannedCell } from "../experiment/grid.ts";
import { arithmetic, numerics } from "../training/numerics.ts";

interface Store {
  cell(id: string): Cell | undefined;
}

export async function oldVersionsOf(
  planned: readonly PlannedCell[],
  store: Store,
  backend: Backend,
): Promise<{ readonly ids: readonly string[]; readonly note: string }> {
  const known = planned.flatMap(({ id }) => {
    const cell = store.cell(id);
    return cell ? [{ id, cell }] : [];
  });
  if (known.length === 0) return { ids: [], note: "" };
  const here = arithmetic(await describe(backend));
  const others = known.filter(
    ({ cell }) => (cell.run?.numerics ?? numerics) !== numerics || arithmetic(cell.backend) !== here,
  );
  const made = new Set(
    others.map(({ cell }) => `${arithmetic(cell.backend)}, numerics ${cell.run?.numerics ?? "not recorded"}`),
  );
  const note =
    `${others.length} finished cells were made by ${[...made].join("; ")} and not by ${here}, numerics ${numerics}: they are ` +
    "kept and stand beside the new ones (--rerun-other-versions runs them again)";
  return { ids: others.map(({ id }) => id), note };
}

/** What really runs, from the smallest of programs. */
async function describe(backend: Backend): Promise<string> {
  const executable = await backend.compile({ one: program({ one: tensor(1) }) });
  try {
    return executable.description;
  } finally {
    executable.dispose();
  }
}
