/**
 * Several runs of kernels as one submission to a WebGPU device. gpu.js submits every kernel and every reading on its
 * own; for as long as one synchronous stretch of its calls lasts, the device here has but one encoder to give, what is
 * written goes into it in its order, and results are read through one buffer a run. What the kernels compute is not
 * known here.
 */

/** What is read of a run: the first `length` numbers of a buffer, as they are when the run is done. */
export interface Reading {
  readonly buffer: GPUBuffer;
  readonly length: number;
}

// By number, as not every Node has the names.
const usage = { mapRead: 1, copySource: 4, copyDestination: 8 };
const mapForReading = 1;

/** Writes of up to this many bytes, the sizes of a kernel above all, are left out where they change nothing. */
const smallWrite = 256;
/** Room for what a submission writes between its runs, where that is not more. */
const uploadSize = 2 ** 16;
/** Buffers for reading that may lie idle. */
const idleLimit = 16;

export class Submitter {
  readonly #device: GPUDevice;
  /** Longest idle first. */
  readonly #idle: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Runs `runs`, which call gpu.js and say what to read, in order; of each the numbers read. */
  submit(runs: readonly (() => readonly Reading[])[]): Promise<Float32Array[]>[] {
    const device = this.#device;
    const { queue } = device;
    const nothing = device.createCommandEncoder().finish();
    const encoder = device.createCommandEncoder();
    const uploads = new Uploads(device, encoder);
    const copies: { readonly staging: GPUBuffer; readonly readings: readonly Reading[] }[] = [];
    encoder.finish = () => nothing;
    device.createCommandEncoder = () => encoder;
    queue.submit = () => {};
    queue.writeBuffer = (buffer: GPUBuffer, offset: number, data: BufferSource) => uploads.write(buffer, offset, data);
    try {
      for (const run of runs) {
        const readings = run();
        const size = 4 * readings.reduce((total, { length }) => total + length, 0);
        const staging = this.#staging(size);
        let to = 0;
        for (const { buffer, length } of readings) {
          encoder.copyBufferToBuffer(buffer, 0, staging, to, 4 * length);
          to += 4 * length;
        }
        copies.push({ staging, readings });
        uploads.next();
      }
    } finally {
      // The methods of the prototypes show again.
      Reflect.deleteProperty(device, "createCommandEncoder");
      Reflect.deleteProperty(queue, "submit");
      Reflect.deleteProperty(queue, "writeBuffer");
      Reflect.deleteProperty(encoder, "finish");
      uploads.close();
      queue.submit([encoder.finish()]);
      uploads.free();
    }
    return copies.map(({ staging, readings }) => this.#read(staging, readings));
  }

  /** A buffer to read from, of that many bytes; a run without outputs takes an empty one. */
  #staging(size: number): GPUBuffer {
    const place = this.#idle.findIndex((buffer) => buffer.size === size);
    const [idle] = place < 0 ? [] : this.#idle.splice(place, 1);
    return idle ?? this.#device.createBuffer({ size, usage: usage.mapRead | usage.copyDestination });
  }

  async #read(staging: GPUBuffer, readings: readonly Reading[]): Promise<Float32Array[]> {
    try {
      await staging.mapAsync(mapForReading);
    } catch (error) {
      staging.destroy();
      throw error;
    }
    const numbers = new Float32Array(staging.getMappedRange());
    let from = 0;
    const values = readings.map(({ length }) => {
      from += length;
      return numbers.slice(from - length, from);
    });
    staging.unmap();
    this.#idle.push(staging);
    if (this.#idle.length > idleLimit) this.#idle.shift()?.destroy();
    return values;
  }
}

/**
 * What is written while an encoder is being filled. The queue writes before the encoder's commands run: right for the
 * first run of a submission; what later ones write is copied in between.
 */
class Uploads {
  readonly #device: GPUDevice;
  readonly #encoder: GPUCommandEncoder;
  readonly #write: (buffer: GPUBuffer, offset: number, data: BufferSource) => void;
  /** Small buffers as this submission wrote them last. */
  readonly #written = new Map<GPUBuffer, Uint8Array>();
  readonly #buffers: GPUBuffer[] = [];
  #room = new Uint8Array(0);
  #first = true;

  constructor(device: GPUDevice, encoder: GPUCommandEncoder) {
    this.#device = device;
    this.#encoder = encoder;
    this.#write = device.queue.writeBuffer.bind(device.queue);
  }

  write(buffer: GPUBuffer, offset: number, data: BufferSource): void {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    if (bytes.length <= smallWrite && offset === 0) {
      const before = this.#written.get(buffer);
      if (before?.length === bytes.length && before.every((byte, i) => byte === bytes[i])) return;
      this.#written.set(buffer, bytes.slice());
    }
    if (this.#first) this.#write(buffer, offset, data);
    else this.#copy(buffer, offset, bytes);
  }

  #copy(buffer: GPUBuffer, offset: number, bytes: Uint8Array): void {
    if (bytes.length > this.#room.length) {
      const size = Math.max(bytes.length, uploadSize);
      const added = this.#device.createBuffer({ size, usage: usage.copySource, mappedAtCreation: true });
      this.#buffers.push(added);
      this.#room = new Uint8Array(added.getMappedRange());
    }
    this.#room.set(bytes);
    const from = this.#buffers[this.#buffers.length - 1];
    this.#encoder.copyBufferToBuffer(from, this.#room.byteOffset, buffer, offset, bytes.length);
    this.#room = this.#room.subarray(bytes.length);
  }

  /** The next run begins. */
  next(): void {
    this.#first = false;
  }

  /** Before the submission. */
  close(): void {
    for (const buffer of this.#buffers) buffer.unmap();
  }

  /** After it: what is on its way stays until it is used. */
  free(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }
}
