/**
 * How wide words are and how they are made to fit. An estimate for a plain sans-serif: no font can be measured here.
 */
import { fontSize } from "./style.ts";

const narrow = /[ijl.,:;'|!()[\]{}ftrI1 ]/;
const wide = /[mwMW@%—]/;
const fullWidth =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Estimated width in pixels; rather too wide than too narrow. */
export function textWidth(text: string, size = fontSize): number {
  let units = 0;
  for (const character of text) {
    if (fullWidth.test(character)) units += 1.08;
    else if (narrow.test(character)) units += 0.4;
    else if (wide.test(character)) units += 0.98;
    else units += /[A-Z_+=<>~]/.test(character) ? 0.74 : 0.63;
  }
  return units * size;
}

/** The text, cut in its middle with an ellipsis where it is wider: beginnings and ends of names tell them apart. */
export function fitted(text: string, width: number, size = fontSize): string {
  const plain = text.replace(/\s+/g, " ");
  if (textWidth(plain, size) <= width) return plain;
  const characters = [...plain.slice(0, 4000)];
  for (let kept = Math.min(characters.length - 1, Math.ceil(width / (0.4 * size))); kept > 1; kept--) {
    const start = Math.ceil(kept / 2);
    const cut = `${characters.slice(0, start).join("")}…${characters.slice(characters.length - (kept - start)).join("")}`;
    if (textWidth(cut, size) <= width) return cut;
  }
  return "…";
}
