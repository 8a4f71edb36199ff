import { Form, Replacements, swap as swapDigits } from "../numberpattern";
import { remember } from "./copies";
import { isNoPhone } from "./notnumbers";
import { swapVanities } from "./vanity";
import { plainly, writtenLike } from "./writing";

export { Form };
export type { Replacements };

type FormatOf = Parameters<typeof swapDigits>[1];

/** Returns where a function of this kind finds numbers in a text. */
export const placesOf = (text: string, swapping: typeof swapDigits): [start: number, end: number][] => {
  const found: [start: number, end: number][] = [];
  swapping(text, (_, __, start, length) => void found.push([start, start + length]));
  return found;
};

/** Returns the number from start to end in a text as a function of this kind replaces it. */
export const swapAt = (text: string, start: number, end: number, swapping: typeof swapDigits, formatOf: FormatOf): string =>
  swapping(text.slice(0, end), (number, form, at) => (at === start ? formatOf(number, form, start, end - start) : undefined)).slice(start);

const digits = (text: string) => text.replace(/\D/g, "").length;
const withoutSpaces = (text: string) => text.replace(/[\s()]/g, "");

/** Replaces the config's numbers like the function of the usual script, also in other digits and in letters, and not in addresses, prices and order numbers. */
export const swap = (text: string, formatOf: FormatOf): string => {
  const plain = plainly(text);
  const isLink = /^\s*(tel|callto):\S/i.test(text);
  let shown = "";
  let done = 0;
  for (const [start, end] of placesOf(plain, swapDigits)) {
    if (!isLink && isNoPhone(text, start, end)) continue;
    const own = text.slice(start, end);
    const before = plain.slice(start, end);
    const replaced = swapAt(plain, start, end, swapDigits, formatOf);
    if (replaced === before) continue;
    // A number with more or fewer digits is written in a format of its own, which has spaces.
    const written = writtenLike(isLink && digits(replaced) !== digits(before) ? withoutSpaces(replaced) : replaced, own);
    remember(own, written);
    shown += text.slice(done, start) + written;
    done = end;
  }
  return swapVanities(shown + text.slice(done), ({ number, form }, written, start) => {
    const format = formatOf(number, form, start, written.length);
    if (format) remember(written, format);
    return isLink && format ? withoutSpaces(format) : format;
  });
};
