
/** A number to show, by the international digits of the one in whose place: its international digits, its national and its international format. */
export type Shown = Record<string, [digits: string, national: string, international: string]>;

/** Which of the formats of a number is like a spelling. */
export const enum Form {
  National = 1,
  International = 2,
}

/** What the digits of a spelling stand for: the number, and how it is spelt. */
const spellings: Record<string, [number: string, form: Form]> = {};
for (const [international, national] of CONFIG.r) {
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
  `(^|\\+\\d{1,3}${SEPARATORS}|\\d${SEPARATOR}|\\D)(\\(?(?:(?:\\+|00)${SEPARATORS})?)(${CONFIG.r
    .flat()
    .map((digits) => [...digits].join(SEPARATORS))
    .join("|")})(?![./\\u2010-\\u2015-]?\\d)`,
  "g"
);

/** The digits that are dialled. */
const digitsOf = (text: string) => text.replace(/\(0\)|\D/g, "");

/** What may stand after a digit and a space, and yet be a number of its own: "Suite 5 202-555-0100", but not "49 202 555 0100". */
const SEPARATE = /^\d\s\S*[^\d\s]\S*$/;

/**
 * Replaces the config's numbers in a text by those to show, written as they were:
 * digit by digit where there are equally many, else in the national or
 * international format. The caller is told where one stands, with the sign before
 * it, and says how another one is written in that format, if one is to be shown.
 */
export const swap = (
  text: string,
  formatOf: (number: string, form: Form, start: number, length: number) => string | undefined | void
): string =>
  text.replace(pattern, (all: string, before: string, lead: string, match: string, offset: number) => {
    const spelt = digitsOf(match);
    const [number, form] = spellings[spelt]!;
    // After + or 00 (all other leads are a bracket), the digits of a national spelling are part of another number.
    if (lead ? form === Form.National && lead > "(" : before[1] && !SEPARATE.test(all)) return all;
    const format = formatOf(number, form, offset, all.length);
    if (!format) return all;
    const digits = digitsOf(format);
    if (spelt.length === digits.length) {
      let at = 0;
      return before + lead + match.replace(/\(0\)|\d/g, (digit) => (digit[1] ? digit : digits[at++]!));
    }
    if (/^tel:/i.test(text)) return before + format.replace(/[\s()]/g, "");
    return before + (/^\([^)]*$/.test(lead + match) ? "(" : "") + format;
  });
