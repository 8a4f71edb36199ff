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
const SEPARATOR = "[\\s./\\u2010-\\u2015-]";

/**
 * Any of the config's numbers, not within a longer run of digits: what is before it,
 * which may be a country's code or a digit of something else, what leads to it, itself.
 */
const pattern = RegExp(
  `(^|\\+\\d{1,3}${SEPARATORS}|\\d${SEPARATOR}|\\D)(\\(?(?:(?:\\+|00)${SEPARATORS})?)(${config.r
    .flat()
    .map((digits) => [...digits].join(SEPARATORS))
    .join("|")})(?![./\\u2010-\\u2015-]?\\d)`,
  "g"
);

const digitsOf = (text: string) => text.replace(/\D/g, "");

/** Says whether digits before a number, with one sign between, belong to it: "49 202 555 0100", but not "Suite 5 202-555-0100". */
const isContinued = (before: string, match: string) =>
  /\d/.test(before) && !(/^\d\s/.test(before) && /^\S*[^\d\s]\S*$/.test(match));

/**
 * Replaces the config's numbers in a text by those to show, written as they were:
 * digit by digit where there are equally many, else in the national or
 * international format. Where it is not known which to show, it tells where they are.
 */
export const swap = (text: string, shown: Shown | undefined, found: (start: number, length: number) => void): string =>
  text.replace(pattern, (all: string, before: string, lead: string, match: string, offset: number) => {
    const spelt = digitsOf(match.replace("(0)", ""));
    const [number, form] = spellings[spelt]!;
    // After + or 00, the digits of a national spelling are part of another number.
    if (lead ? form === Form.National && /\+|00/.test(lead) : isContinued(before, match)) return all;
    if (!shown) found(offset + before.length, all.length - before.length);
    const format = shown?.[number]?.[form];
    if (!format) return all;
    const digits = digitsOf(format);
    if (spelt.length === digits.length) {
      let at = 0;
      return before + lead + match.replace(/\(0\)|\d/g, (digit) => (digit[1] ? digit : digits[at++]!));
    }
    if (/^tel:/i.test(text)) return before + format.replace(/[\s()]/g, "");
    return before + (/^\([^)]*$/.test(lead + match) ? "(" : "") + format;
  });
