/** The host's clock. */

/** Milliseconds since some moment. */
export declare function now(): f64;
