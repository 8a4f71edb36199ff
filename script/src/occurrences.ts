import { config } from "./config";

/** A number to show, by the international digits of the one in whose place: its international digits, its national and its international format. */
export type Shown = Record<string, [digits: string, national: string, international: string]>;

/** Which of the formats of a number is like a spelling. */
const enum Form {
  National = 1,
  International = 2,
}

/** What the digits of a spelling stand for: the number, and how it is spelt. */
const spellings: Record<string, [number: string, form: Form]> = {};
for (const [international, national] of config.r) {
  spellings[national] = [international, Form.National];
  spellings[international] = [international, Form.International];
}

const SEPARATORS = "(?:\\(0\\)|[\\s()./\\u2010-\\u2015-]){0,4}";

/** Any of the config's numbers, not within a longer run of digits: what is before it, what leads to it, itself. */
const pattern = RegExp(
  `(^|\\D|\\+[\\d\\s()./-]*)(\\(?(?:(?:\\+|00)${SEPARATORS})?)(${config.r
    .flat()
    .map((digits) => [...digits].join(SEPARATORS))
    .join("|")})(?!\\d)`,
  "g"
);

const digitsOf = (text: string) => text.replace(/\D/g, "");

/**
 * Replaces the config's numbers in a text by those to show, written as they were:
 * digit by digit where there are equally many, else in the national or
 * international format. Where it is not known which to show, it tells where they are.
 */
export const swap = (text: string, shown: Shown | undefined, found: (start: number, length: number) => void): string =>
  text.replace(pattern, (all: string, before: string, lead: string, match: string, offset: number) => {
    const [number, form] = spellings[digitsOf(match.replace("(0)", ""))]!;
    // After + or 00, the digits of a national spelling are part of another number.
    if (form === Form.National && /\+|00/.test(before + lead)) return all;
    if (!shown) found(offset + before.length, all.length - before.length);
    const format = shown?.[number]?.[form];
    if (!format) return all;
    const digits = digitsOf(format);
    if (digitsOf(match).length === digits.length) {
      let at = 0;
      return before + lead + match.replace(/\d/g, () => digits[at++]!);
    }
    if (/^tel:/.test(text)) return before + format.replace(/[\s()]/g, "");
    return before + (/^\([^)]*$/.test(lead + match) ? "(" : "") + format;
  });
