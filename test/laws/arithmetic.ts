/**
 * Running error analysis: numbers that carry a bound of the error a device may have made so far, so that the bound of a
 * formula follows from those of its operations (Higham, Accuracy and Stability of Numerical Algorithms, 3.3).
 */

/** A float64 value and by how much a device's value may be off, at most. */
export interface Approximate {
  readonly value: number;
  readonly error: number;
}

/**
 * What a device promises, in units of roundoff: an operation with factor c errs by at most c unit |result|.
 * One ulp is between one and two units, so a function good to n ulp has factor 2 n.
 */
export interface Accuracy {
  /** Unit roundoff of storage and arithmetic: 2^-24 or 2^-53. */
  readonly unit: number;
  /** Smallest normal number: below it a device may flush to zero. */
  readonly tiny: number;
  /** Largest finite number. */
  readonly largest: number;
  readonly divide: number;
  readonly sqrt: number;
  readonly exp: number;
  /** Further factor of `exp` times |x|, for devices that reduce the argument carelessly. */
  readonly expArgument: number;
  readonly log: number;
  /** Absolute error of `log` in units: near 1 some devices lose relative accuracy. */
  readonly logAbsolute: number;
  readonly tanh: number;
  /** Absolute error of `tanh` in units. */
  readonly tanhAbsolute: number;
  readonly erf: number;
}

const functions = {
  divide: 1,
  sqrt: 1,
  exp: 4,
  expArgument: 0,
  log: 4,
  logAbsolute: 0,
  tanh: 6,
  tanhAbsolute: 0,
  erf: 12,
};

/** IEEE single precision with functions good to two ulp (tanh three, erf six): js and wasm. */
export const single: Accuracy = { ...functions, unit: 2 ** -24, tiny: 2 ** -126, largest: (2 - 2 ** -23) * 2 ** 127 };

/** Double precision: the reference device. */
export const double: Accuracy = { ...functions, unit: 2 ** -53, tiny: 2 ** -1022, largest: Number.MAX_VALUE };

/**
 * What WGSL promises (W3C WebGPU Shading Language, "Accuracy of concrete floating point operations"): division 2.5 ulp,
 * exp 3 + 2 |x| ulp, log 2^-21 near 1, tanh 10^-5. WebGL2 promises nothing; devices keep about the same.
 */
export const shader: Accuracy = {
  ...single,
  divide: 5,
  sqrt: 10,
  exp: 6,
  expArgument: 4,
  log: 6,
  logAbsolute: 8,
  tanh: 10,
  tanhAbsolute: 168,
  erf: 40,
};

/** k roundings in a row, in any order. */
export const gamma = (k: number, unit: number): number => (k * unit) / (1 - k * unit);

/** What is known exactly: a stored number. One below the smallest normal number may be taken for zero. */
export const stored = (value: number, { tiny }: Accuracy): Approximate => ({
  value,
  error: Math.abs(value) < tiny ? Math.abs(value) : 0,
});

/** The operations, each with its own rounding, on a device of the given accuracy. */
export class Arithmetic {
  readonly accuracy: Accuracy;
  readonly #unit: number;

  constructor(accuracy: Accuracy) {
    this.accuracy = accuracy;
    this.#unit = accuracy.unit + 2 ** -53; // the reference rounds as well
  }

  exact(value: number): Approximate {
    return { value, error: 0 };
  }

  rounded(value: number, carried: number, factor = 1): Approximate {
    return { value, error: carried + factor * this.#unit * Math.abs(value) + this.accuracy.tiny };
  }

  negate(x: Approximate): Approximate {
    return { value: -x.value, error: x.error };
  }

  add(x: Approximate, y: Approximate): Approximate {
    return this.rounded(x.value + y.value, x.error + y.error);
  }

  subtract(x: Approximate, y: Approximate): Approximate {
    return this.add(x, this.negate(y));
  }

  /** Several terms in any order. */
  sum(...terms: readonly Approximate[]): Approximate {
    const { tiny } = this.accuracy;
    const magnitude = terms.reduce((total, { value }) => total + Math.abs(value), 0);
    return {
      value: terms.reduce((total, { value }) => total + value, 0),
      error: terms.reduce((total, term) => total + term.error + tiny, gamma(terms.length - 1, this.#unit) * magnitude),
    };
  }

  multiply(x: Approximate, y: Approximate): Approximate {
    const carried = Math.abs(x.value) * y.error + Math.abs(y.value) * x.error + x.error * y.error;
    return this.rounded(x.value * y.value, carried);
  }

  divide(x: Approximate, y: Approximate): Approximate {
    const value = x.value / y.value;
    const carried = (x.error + Math.abs(value) * y.error) / (Math.abs(y.value) - y.error);
    return this.rounded(value, carried, this.accuracy.divide);
  }

  sqrt(x: Approximate): Approximate {
    const value = Math.sqrt(x.value);
    return this.rounded(value, x.error === 0 ? 0 : x.error / Math.max(value, Math.sqrt(x.error)), this.accuracy.sqrt);
  }

  exp(x: Approximate): Approximate {
    const value = Math.exp(x.value);
    const { exp, expArgument } = this.accuracy;
    return this.rounded(value, value * Math.expm1(x.error), exp + expArgument * Math.abs(x.value));
  }

  log(x: Approximate): Approximate {
    const { log, logAbsolute } = this.accuracy;
    return this.rounded(Math.log(x.value), x.error / (x.value - x.error) + logAbsolute * this.#unit, log);
  }

  tanh(x: Approximate): Approximate {
    const { tanh, tanhAbsolute } = this.accuracy;
    return this.rounded(Math.tanh(x.value), x.error + tanhAbsolute * this.#unit, tanh);
  }

  /** A dot product of `k` terms whose absolute values sum to `magnitude`, in any order. */
  dot(value: number, k: number, magnitude: number): Approximate {
    return { value, error: gamma(k, this.#unit) * magnitude + k * this.accuracy.tiny };
  }
}
