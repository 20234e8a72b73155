/** The fields that options of models are made of, each described by the words in which a wrong one is answered. */
import * as v from "valibot";

const count = "a whole number of at least 1";
export const width = v.pipe(v.number(count), v.integer(count), v.minValue(1, count));

const counts = "a list of one or more whole numbers of at least 1";
export const widths = v.pipe(v.array(width, counts), v.minLength(1, counts));

const share = "a number from 0 to below 1";
/** A dropout rate. */
export const rate = v.pipe(v.number(share), v.minValue(0, share), v.ltValue(1, share));

const notNegative = "a number of at least 0";
export const coefficient = v.pipe(v.number(notNegative), v.finite(notNegative), v.minValue(0, notNegative));

const positive = "a number above 0";
export const scale = v.pipe(v.number(positive), v.finite(positive), v.gtValue(0, positive));

export const flag = v.boolean("true or false");

/** One of the given words. */
export const choice = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  v.picklist(words, words.map((word) => `"${word}"`).join(" or "));

/** The last of a list of widths. */
export const lastOf = (list: readonly number[]): number => list[list.length - 1];
