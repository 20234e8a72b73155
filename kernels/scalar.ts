/**
 * Every elementwise function of the engine, once, for every device: V8 runs this file, AssemblyScript compiles it and
 * gpu.js translates it. It therefore stays in the intersection of the three: `f32` arguments, arithmetic, `Math`,
 * conditional expressions, calls to functions of this file, no imports, no captured values, one return. NaN in, NaN
 * out: comparisons are arranged so that a NaN is never replaced by a number. Where a result is an argument or a bound,
 * whichever is larger or smaller, the last case is a sum: NVIDIA's compiler of shaders makes `x < 0 ? 0 : x` its own
 * maximum, which drops a NaN.
 * (`as f32` narrows AssemblyScript's float64 `Math`; elsewhere it means nothing.)
 */

export function identity(x: f32): f32 {
  return x;
}

export function add(x: f32, y: f32): f32 {
  return x + y;
}

export function subtract(x: f32, y: f32): f32 {
  return x - y;
}

export function multiply(x: f32, y: f32): f32 {
  return x * y;
}

export function divide(x: f32, y: f32): f32 {
  return x / y;
}

export function negate(x: f32): f32 {
  return -x;
}

export function square(x: f32): f32 {
  return x * x;
}

export function absolute(x: f32): f32 {
  return Math.abs(x) as f32;
}

export function sqrt(x: f32): f32 {
  return Math.sqrt(x) as f32;
}

export function exp(x: f32): f32 {
  return Math.exp(x) as f32;
}

export function log(x: f32): f32 {
  return Math.log(x) as f32;
}

export function maximum(x: f32, y: f32): f32 {
  return x > y ? x : y >= x ? y : x + y;
}

export function minimum(x: f32, y: f32): f32 {
  return x < y ? x : y <= x ? y : x + y;
}

/** x within [low, high]. */
export function clamp(x: f32, low: f32, high: f32): f32 {
  return x < low ? low : x > high ? high : x >= low ? x : x + low;
}

/** 1 where low <= x <= high, else 0: the slope of `clamp`. */
export function within(x: f32, low: f32, high: f32): f32 {
  return x >= low && x <= high ? 1.0 : 0.0;
}

export function greater(x: f32, y: f32): f32 {
  return x > y ? 1.0 : 0.0;
}

export function equal(x: f32, y: f32): f32 {
  return x === y ? 1.0 : 0.0;
}

export function relu(x: f32): f32 {
  return x > 0.0 ? x : x < 0.0 ? 0.0 : x + x;
}

export function leakyRelu(x: f32, slope: f32): f32 {
  return x > 0.0 ? x : slope * x;
}

/** g where the unit is on, slope g where it is off: the adjoint of `leakyRelu` (of `relu` with slope 0). */
export function leakyReluGradient(x: f32, slope: f32, g: f32): f32 {
  return x > 0.0 ? g : slope * g;
}

/** leakyRelu(x + b): a dense layer's bias and activation in one pass. */
export function biasLeakyRelu(x: f32, b: f32, slope: f32): f32 {
  return x + b > 0.0 ? x + b : slope * (x + b);
}

/** dropout(leakyRelu(x + b)) from uniform noise u: a dense layer's whole tail in one pass. */
export function biasLeakyReluDropout(x: f32, b: f32, slope: f32, u: f32, rate: f32): f32 {
  return u >= rate ? (x + b > 0.0 ? x + b : slope * (x + b)) / (1.0 - rate) : 0.0;
}

/** The adjoint of `biasLeakyReluDropout` from its output y, which has the sign of x + b where it is kept. */
export function leakyReluDropoutGradient(y: f32, slope: f32, u: f32, rate: f32, g: f32): f32 {
  return u >= rate ? (y > 0.0 ? g : slope * g) / (1.0 - rate) : 0.0;
}

/** leakyRelu(x + b) w: a hidden layer's tail and its way into a weighted sum, in one pass. */
export function biasLeakyReluProduct(x: f32, b: f32, slope: f32, w: f32): f32 {
  return (x + b > 0.0 ? x + b : slope * (x + b)) * w;
}

/** w g where the unit is on, slope w g where it is off: the adjoint of `biasLeakyReluProduct`. */
export function biasLeakyReluProductGradient(x: f32, b: f32, slope: f32, w: f32, g: f32): f32 {
  return x + b > 0.0 ? w * g : slope * (w * g);
}

/** x for x > 0, e^x - 1 below. */
export function elu(x: f32): f32 {
  return x > 0.0 ? x : (Math.exp(x) as f32) - 1.0;
}

/** 1 for x > 0, e^x below. */
export function eluSlope(x: f32): f32 {
  return x > 0.0 ? 1.0 : (Math.exp(x) as f32);
}

/** 1 / (1 + e^-x), without overflow for any finite x. */
export function sigmoid(x: f32): f32 {
  const z: f32 = Math.exp(-Math.abs(x)) as f32;
  return (x >= 0.0 ? 1.0 : z) / (1.0 + z);
}

/** The adjoint of `sigmoid` from its output y. */
export function sigmoidGradient(y: f32, g: f32): f32 {
  return g * y * (1.0 - y);
}

export function tanh(x: f32): f32 {
  return Math.tanh(x) as f32;
}

/** ln(1 + e^x), without overflow. */
export function softplus(x: f32): f32 {
  return (x > 0.0 ? x : 0.0) + (Math.log(1.0 + Math.exp(-Math.abs(x))) as f32);
}

/** Binary cross-entropy of sigmoid(logit) against y in [0, 1]: ln(1 + e^f) - f y, stable for any finite f. */
export function binaryCrossEntropy(logit: f32, y: f32): f32 {
  return (logit > 0.0 ? logit : 0.0) - logit * y + (Math.log(1.0 + Math.exp(-Math.abs(logit))) as f32);
}

/** g (sigmoid(logit) - y). */
export function binaryCrossEntropyGradient(logit: f32, y: f32, g: f32): f32 {
  return g * (sigmoid(logit) - y);
}

/** The error function: `erfNear` around zero, 1 - erfc beyond; `erfcFar` once, as vectors go all ways of a choice. */
export function erf(x: f32): f32 {
  const tail: f32 = erfcFar(Math.abs(x) as f32);
  return Math.abs(x) < 0.5 ? erfNear(x) : x > 0.0 ? 1.0 - tail : tail - 1.0;
}

/**
 * erf(x) for |x| <= 0.5 as x P(x^2) / Q(x^2); to double precision where floats are doubles.
 * Coefficients: W. J. Cody, Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969).
 */
export function erfNear(x: f32): f32 {
  const y: f32 = x * x;
  const p: f32 =
    (((0.18577770618460315 * y + 3.1611237438705655) * y + 113.86415415105016) * y + 377.485237685302) * y +
    3209.3775891384694;
  const q: f32 = (((y + 23.601290952344122) * y + 244.02463793444417) * y + 1282.6165260773723) * y + 2844.236833439171;
  return (x * p) / q;
}

/** erfc(x) for x >= 0.46 as e^(-x^2) P(x) / Q(x), after Cody as `erfNear`; x > 6, where erfc < 1e-16, counts as 6. */
export function erfcFar(x: f32): f32 {
  const y: f32 = x > 6.0 ? 6.0 : x;
  const p: f32 =
    (((((((2.1531153547440383e-8 * y + 0.5641884969886701) * y + 8.883149794388377) * y + 66.11919063714163) * y +
      298.6351381974001) *
      y +
      881.952221241769) *
      y +
      1712.0476126340707) *
      y +
      2051.0783778260716) *
      y +
    1230.3393547979972;
  const q: f32 =
    (((((((y + 15.744926110709835) * y + 117.6939508913125) * y + 537.1811018620099) * y + 1621.3895745666903) * y +
      3290.7992357334597) *
      y +
      4362.619090143247) *
      y +
      3439.3676741437216) *
      y +
    1230.3393548037495;
  return ((Math.exp(-y * y) as f32) * p) / q;
}

/** The standard normal distribution function, by `erfNear` and by `erfcFar`, which keeps the lower tail's digits. */
export function normalCdf(x: f32): f32 {
  const t: f32 = x * 7.071067811865476e-1;
  const tail: f32 = 0.5 * erfcFar(Math.abs(t) as f32);
  return Math.abs(t) < 0.5 ? 0.5 + 0.5 * erfNear(t) : t < 0.0 ? tail : 1.0 - tail;
}

/**
 * How likely the label y (0 or 1) is where normalCdf(x + b) is the probability of a 1; within [margin, 1 - margin],
 * which it leaves where |x + b| passes `bound`, the point with normalCdf(-bound) = margin.
 */
export function probit(x: f32, b: f32, y: f32, margin: f32, bound: f32): f32 {
  const t: f32 = y > 0.5 ? x + b : -(x + b);
  return t < -bound ? margin : t > bound ? 1.0 - margin : normalCdf(t);
}

/** The adjoint of `probit` by x (and by b): plus or minus g e^(-(x + b)^2 / 2) / sqrt(2 pi), 0 where it is clamped. */
export function probitGradient(x: f32, b: f32, y: f32, bound: f32, g: f32): f32 {
  const slope: f32 = 0.3989422804014327 * (Math.exp(-0.5 * (x + b) * (x + b)) as f32);
  return (Math.abs(x + b) as f32) > bound ? 0.0 * g : y > 0.5 ? g * slope : -g * slope;
}

/** e^(x - y): the terms of a sum from which its largest exponent is taken out. */
export function expDifference(x: f32, y: f32): f32 {
  return Math.exp(x - y) as f32;
}

/** e^(w - m) sigmoid(s): one unit's share, before the shares are divided by their sum. */
export function sigmoidShare(s: f32, w: f32, m: f32): f32 {
  return (Math.exp(w - m) as f32) * sigmoid(s);
}

/** The adjoint of `sigmoidShare` by s from its output y. */
export function sigmoidShareGradient(y: f32, s: f32, g: f32): f32 {
  return g * y * sigmoid(-s);
}

/** softplus(a) x + b: an increasing line. */
export function softplusAffine(a: f32, x: f32, b: f32): f32 {
  return softplus(a) * x + b;
}

/** The adjoint of `softplusAffine` by x. */
export function softplusProduct(a: f32, g: f32): f32 {
  return softplus(a) * g;
}

/** The adjoint of `softplusAffine` by a. */
export function sigmoidProduct(a: f32, x: f32, g: f32): f32 {
  return sigmoid(a) * (x * g);
}

/** ln softplus(a); far down, where softplus(a) is e^a - e^2a / 2 + ..., by its series: nothing would be left of it. */
export function logSoftplus(a: f32): f32 {
  return a < -15.0 ? a - 0.5 * (Math.exp(a) as f32) : (Math.log(softplus(a)) as f32);
}

/** The adjoint of `logSoftplus`: g sigmoid(a) / softplus(a). */
export function logSoftplusGradient(a: f32, g: f32): f32 {
  return g * (a < -15.0 ? 1.0 - 0.5 * (Math.exp(a) as f32) : sigmoid(a) / softplus(a));
}

/** w + ln sigmoid(s) + ln sigmoid(-s) + ln softplus(a): ln of the slope of e^w sigmoid(s), s = softplus(a) x + b. */
export function logUnitSlope(w: f32, s: f32, a: f32): f32 {
  return w + logSoftplus(a) - (Math.abs(s) as f32) - 2.0 * (Math.log(1.0 + Math.exp(-Math.abs(s))) as f32);
}

/** The adjoint of `logUnitSlope` by s: g (1 - 2 sigmoid(s)). */
export function logisticGradient(s: f32, g: f32): f32 {
  return -g * (Math.tanh(0.5 * s) as f32);
}

/** Dropout from uniform noise u: x / (1 - rate) where u >= rate, else 0. */
export function dropout(x: f32, u: f32, rate: f32): f32 {
  return u >= rate ? x / (1.0 - rate) : 0.0;
}

/**
 * m + weight (scale g + decay p - m): Adam's moving average of gradients, with the clipping scale and the L2 term decay
 * p of the parameter p folded in. Taking weight = 1 - beta, rather than beta, keeps all its digits in float32.
 */
export function movingAverage(m: f32, g: f32, weight: f32, scale: f32, p: f32, decay: f32): f32 {
  return m + weight * (scale * g + decay * p - m);
}

/** v + weight ((scale g + decay p)^2 - v), beside `movingAverage`. */
export function movingSquare(v: f32, g: f32, weight: f32, scale: f32, p: f32, decay: f32): f32 {
  return v + weight * ((scale * g + decay * p) * (scale * g + decay * p) - v);
}

/**
 * keep p - rate m / (sqrt(v) / root + epsilon), Adam's step; keep = 1 - learning rate x decoupled decay, root = sqrt(1
 * - beta2^t).
 */
export function adamStep(p: f32, m: f32, v: f32, rate: f32, root: f32, epsilon: f32, keep: f32): f32 {
  return keep * p - (rate * m) / ((Math.sqrt(v) as f32) / root + epsilon);
}
