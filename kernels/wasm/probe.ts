/**
 * One use of each feature that the kernels are compiled with: an engine that accepts this module of a hundred bytes
 * runs them, and nothing else has to be loaded to know.
 */
export function probe(at: usize): void {
  const values = v128.load(at);
  if (ASC_FEATURE_RELAXED_SIMD) v128.store(at, f32x4.relaxed_madd(values, values, values));
  else v128.store(at, f32x4.mul(values, values));
  memory.fill(at, 0, 4);
  atomic.add<i32>(at, 1);
}
