/**
 * A device that went away in the middle of its work: the driver was reset, the browser took the context, the card was
 * unplugged.
 */
import type { Values } from "./backend.ts";

/** The executable is dead; a new `compile` may find a device again. */
export class DeviceLostError extends Error {
  override readonly name = "DeviceLostError";
  /** Every state as it was when last read or written, or as it began: all that is left of the run. */
  readonly state: Values;

  constructor(device: string, state: Values, options?: ErrorOptions) {
    super(
      `${device}: the device was lost (driver reset, context taken, or memory short); its state is gone. The weights last ` +
        "read from it are kept with this error; compile again to go on from them.",
      options,
    );
    this.state = state;
  }
}
