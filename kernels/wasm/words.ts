/** Reading a record's words. */

export function word(record: usize, index: i32): i32 {
  return load<i32>(record + (index << 2));
}

export function min(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

export function ceilingDivide(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
