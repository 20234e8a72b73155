/**
 * Programs as chains of kernels whose results stay on the device: a run sends inputs and noise up and reads outputs
 * back; state, data and constants are there already. For every mode of gpu.js but `webasm`.
 */
import type { Program } from "../../engine/program.ts";
import { type ConstantLeaf, type DataLeaf, type StateLeaf, size } from "../../engine/tensor.ts";
import { checkFeeds, checkState, type Executable, sharedLeaves, type Values } from "../backend.ts";
import { DeviceLostError } from "../lost.ts";
import { noiseFeeds, withNoise } from "../noise.ts";
import type { GpuDevice, Kept, ResidentKernel, Result } from "./device.ts";
import { copyOf } from "./kernels.ts";
import type { Resident } from "./library.ts";
import { checkLimits } from "./limits.ts";
import { denseData } from "./lower.ts";
import { type Call, type Plan, type ProgramPlan, planKernels } from "./plan.ts";

/** Several programs on one device, ready to run. @throws UsageError where a matrix passes a limit of the device */
export async function compileResident<Name extends string>(
  device: GpuDevice,
  programs: Readonly<Record<Name, Program>>,
): Promise<Executable<Name>> {
  const shared = sharedLeaves(Object.values(programs));
  const plan = planKernels(Object.values(programs), device.mode === "webgpu" ? 4 : 1);
  const copies = [...shared.state.values(), ...shared.data.values()].map(({ shape }) => copyOf(shape));
  checkLimits(device.mode, device.limits, [...plan.kernels, ...copies]);
  const memory = await ResidentMemory.fill(device, plan, shared.state);
  const plans = new Map(Object.keys(programs).map((name, i) => [name, plan.programs[i]]));
  const draws = new Map(Object.entries<Program>(programs).map(([name, program]) => [name, noiseFeeds(program)]));
  const drawn = (name: Name) => draws.get(name) ?? (() => ({}));
  const runMany = async (name: Name, feeds: readonly Values[]): Promise<Values[]> => {
    const wanted = plans.get(name);
    if (!wanted) throw new Error(`gpu: the executable was disposed of or has no program ${name}`);
    for (const feed of feeds) checkFeeds(wanted.program, feed);
    return memory.run(wanted, feeds);
  };
  return {
    description: `gpu.js ${device.mode}, ${device.name}`,
    async run(name, feeds, noise) {
      const [answer] = await runMany(name, [withNoise(drawn(name), feeds, noise)]);
      return answer;
    },
    // Elsewhere a result is read before the next run begins.
    ...(device.mode === "webgpu" && { runMany }),
    read: () => memory.read(),
    async write(values) {
      checkState(shared.state, values);
      await memory.write(values);
    },
    dispose() {
      plans.clear();
      memory.free();
    },
  };
}

/** Where a state is at the moment. */
interface KeptState {
  readonly resident: Resident;
  /** The kernel that copied it from the host, where it is still that; to be given back once the state moves on. */
  readonly copier?: ResidentKernel;
}

/** Everything of one executable that lies on the device. */
class ResidentMemory {
  readonly #device: GpuDevice;
  readonly #state: ReadonlyMap<string, StateLeaf>;
  readonly #states = new Map<string, KeptState>();
  readonly #frozen = new Map<DataLeaf | ConstantLeaf, Kept>();
  #kernels: readonly ResidentKernel[] = [];
  /** Every state as the host saw it last, for the error of a lost device. */
  #seen: Values;

  private constructor(device: GpuDevice, state: ReadonlyMap<string, StateLeaf>) {
    this.#device = device;
    this.#state = state;
    this.#seen = Object.fromEntries([...state].map(([name, { initial }]) => [name, initial]));
  }

  static async fill(device: GpuDevice, plan: Plan, state: ReadonlyMap<string, StateLeaf>): Promise<ResidentMemory> {
    const memory = new ResidentMemory(device, state);
    await memory
      .#guarded(async () => {
        memory.#kernels = await device.take(plan.kernels);
        for (const { program } of plan.programs) {
          for (const leaf of [...denseData(program), ...program.constants]) {
            if (!memory.#frozen.has(leaf)) memory.#frozen.set(leaf, await device.keep(leaf.values, leaf.shape));
          }
        }
        await memory.#put(memory.#seen);
        for (const program of plan.programs) await memory.#rehearse(program);
        await device.settle();
      })
      .catch((error) => {
        memory.free();
        throw error;
      });
    return memory;
  }

  /**
   * Runs on zeros what has never run, keeping nothing: WebGL compiles in this, and every mode shows what it really is.
   */
  async #rehearse({ program, feeds, calls }: ProgramPlan): Promise<void> {
    const residents = this.#leaves(program);
    const first = async (id: number, inputs: Parameters<GpuDevice["first"]>[1]): Promise<Resident> =>
      this.#kernels[id].output ?? this.#device.first(this.#kernels[id], inputs);
    for (const { leaf, output, kernel } of feeds) {
      const zeros = this.#device.matrix(new Float32Array(size(leaf.shape)), leaf.shape);
      residents[output] = await first(kernel, [zeros]);
    }
    for (const { kernels, inputs, output } of calls) {
      for (const id of kernels)
        residents[output] = await first(
          id,
          inputs.map((input) => residents[input]),
        );
    }
  }

  /** Several runs, each on the state that the one before leaves behind. */
  run(plan: ProgramPlan, all: readonly Values[]): Promise<Values[]> {
    const { outputs } = plan.program;
    return this.#guarded(async () => {
      // Up to the first await nothing else runs: the order of calls is the order of the device.
      const left: ResidentKernel[] = [];
      const answers = this.#device.together(all.map((values) => () => this.#call(plan, values, left)));
      for (const kernel of left) this.#device.release(kernel);
      const [results] = await Promise.all([Promise.all(answers), this.#device.settle()]);
      return results.map((arrays) => Object.fromEntries(outputs.map(({ name }, i) => [name, arrays[i]])));
    });
  }

  /** Hands one run to the device; its outputs. Kernels that it leaves without use go to `left`. */
  #call({ program, feeds, calls }: ProgramPlan, values: Values, left: ResidentKernel[]): Result[] {
    const residents = this.#leaves(program);
    const holding = new Set([...this.#states.values()].map(({ resident }) => resident));
    for (const { leaf, output, kernel } of feeds) {
      const matrix = this.#device.matrix(values[leaf.name], leaf.shape);
      residents[output] = this.#device.run(this.#kernels[kernel], [matrix]);
    }
    for (const call of calls) {
      const kernel = this.#idle(call, holding);
      residents[call.output] = this.#device.run(
        kernel,
        call.inputs.map((id) => residents[id]),
      );
    }
    for (const { state, value } of program.updates) {
      const leaf = program.values[state];
      if (leaf.kind === "state") left.push(...this.#keep(leaf.name, { resident: residents[value] }));
    }
    return program.outputs.map(({ value }) => ({ resident: residents[value], shape: program.values[value].shape }));
  }

  async read(): Promise<Values> {
    const values = await this.#guarded(async () => {
      const entries = [...this.#state.values()].map(async ({ name, shape }): Promise<[string, Float32Array]> => {
        return [name, await this.#device.read(this.#holder(name).resident, shape)];
      });
      return Object.fromEntries(await Promise.all(entries));
    });
    this.#see(values);
    return values;
  }

  async write(values: Values): Promise<void> {
    await this.#guarded(async () => {
      await this.#put(values);
      await this.#device.settle();
    });
    this.#see(values);
  }

  free(): void {
    for (const kernel of this.#kernels) this.#device.release(kernel);
    for (const resident of this.#frozen.values()) resident.free();
    for (const { copier } of this.#states.values()) if (copier) this.#device.release(copier);
    this.#kernels = [];
    this.#frozen.clear();
    this.#states.clear();
  }

  /** From the host to the device. */
  async #put(values: Values): Promise<void> {
    const names = Object.keys(values);
    const shapes = names.map((name) => this.#leaf(name).shape);
    const copiers = await this.#device.take(shapes.map(copyOf));
    for (const [i, name] of names.entries()) {
      const resident = await this.#device.first(copiers[i], [this.#device.matrix(values[name], shapes[i])]);
      for (const kernel of this.#keep(name, { resident, copier: copiers[i] })) this.#device.release(kernel);
    }
  }

  /** The kernel that held the state so far and is of no more use, if there is one. */
  #keep(name: string, next: KeptState): ResidentKernel[] {
    const copier = this.#states.get(name)?.copier;
    this.#states.set(name, next);
    return copier ? [copier] : [];
  }

  #see(values: Values): void {
    const copies = Object.entries(values).map(([name, each]) => [name, each.slice()]);
    this.#seen = { ...this.#seen, ...Object.fromEntries(copies) };
  }

  /** Of an update's two kernels the one that holds no state. */
  #idle({ kernels }: Call, holding: ReadonlySet<Resident>): ResidentKernel {
    const [one, other] = kernels.map((id) => this.#kernels[id]);
    return other && one.output && holding.has(one.output) ? other : one;
  }

  /** What the program's state, data and constants are at the moment, by value number. */
  #leaves(program: Program): Resident[] {
    const residents: Resident[] = [];
    program.values.forEach((value, id) => {
      if (value.kind === "state") residents[id] = this.#holder(value.name).resident;
      if (value.kind === "data" || value.kind === "constant") {
        const kept = this.#frozen.get(value);
        if (kept) residents[id] = kept.resident;
      }
    });
    return residents;
  }

  #holder(name: string): KeptState {
    const held = this.#states.get(name);
    if (!held) throw new Error(`gpu: the executable was disposed of or has no state ${name}`);
    return held;
  }

  #leaf(name: string): StateLeaf {
    const leaf = this.#state.get(name);
    if (!leaf) throw new Error(`gpu: there is no state ${name}`);
    return leaf;
  }

  /** @throws DeviceLostError where the work failed, or came to nothing, because the device is gone */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    const lost = (cause?: unknown): DeviceLostError =>
      new DeviceLostError(`gpu:${this.#device.mode}`, this.#seen, { cause });
    try {
      const result = await work();
      if (this.#device.lost) throw lost(); // WebGL goes on without a context and answers zeros
      return result;
    } catch (error) {
      if (error instanceof DeviceLostError || !(await this.#device.wasLost())) throw error;
      throw lost(error);
    }
  }
}
