/**
 * The numbers of the noise, for V8 and AssemblyScript alike: multipliers and key steps of Philox4x32-10 (Salmon,
 * Moraes, Dror and Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011), and the series of logarithm, sine and
 * cosine in double precision.
 */
export const firstMultiplier = 0xd2511f53;
export const secondMultiplier = 0xcd9e8d57;
export const firstKeyStep = 0x9e3779b9;
export const secondKeyStep = 0xbb67ae85;
export const rounds = 10;

/**
 * A group of numbers: four blocks of four words side by side; number 16 g + 4 w + l is made of word w of block 4 g + l.
 */
export const groupNumbers = 16;

/** ln 2 and sqrt 2, and ln m = s (2 + s^2 (logarithm3 + s^2 (logarithm5 + ...))) with s = (m - 1) / (m + 1). */
export const naturalLogarithmOf2 = Math.LN2;
export const rootOf2 = Math.SQRT2;
export const logarithm3 = 0.6666666666666666;
export const logarithm5 = 0.4;
export const logarithm7 = 0.2857142857142857;
export const logarithm9 = 0.2222222222222222;
export const logarithm11 = 0.18181818181818182;
export const logarithm13 = 0.15384615384615385;

/** 2 pi / 2^32: a 32-bit number as a part of the circle. */
export const angleUnit = 1.4629180792671596e-9;
/** sin x = x (1 + x^2 (sine3 + ...)), cos x = 1 + x^2 (cosine2 + ...) for |x| <= pi / 4. */
export const sine3 = -0.16666666666666666;
export const sine5 = 0.008333333333333333;
export const sine7 = -0.0001984126984126984;
export const sine9 = 0.0000027557319223985893;
export const cosine2 = -0.5;
export const cosine4 = 0.041666666666666664;
export const cosine6 = -0.001388888888888889;
export const cosine8 = 0.0000248015873015873;
export const cosine10 = -2.755731922398589e-7;
