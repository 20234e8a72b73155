/**
 * `hardbatch/laws`: what every batch sampler has to keep, as checks that need no test runner. fast-check is loaded when
 * a law runs; it is an optional peer dependency.
 */

export { BrokenLaw } from "./broken.ts";
export type { LawOptions, Watch } from "./explore.ts";
export { type CaughtFault, lawsCatchFaults } from "./faults/catch.ts";
export type { Level } from "./law.ts";
export { type Check, type LawName, lawNames, samplerLaws } from "./laws.ts";
export { formulaNames } from "./naive/model.ts";
export { claimsOf, ownSubject, ownSubjects, type Variant } from "./own-samplers.ts";
export type { Answer, Claims, FormulaClaim, Subject, TestedSampler, Trial } from "./subject.ts";
