
/** The numbers to show, by the international digits of the number that each replaces. The formats are indexed by Form. */
export type Replacements = Record<string, [digits: string, national: string, international: string, trunk: string, trunkNational?: string]>;

/** The format of a number that a spelling resembles: an index of a replacement. */
export const enum Form {
  National = 1,
  International = 2,
  /** international, with the trunk prefix of the country: +44 (0)20 */
  Trunk = 3,
  /** national, with the trunk prefix that people may leave out: (011) 3123-4567 */
  TrunkNational = 4,
}

/** The number and the format that the digits of a spelling mean. */
const spellings: Record<string, [number: string, form: Form]> = {};
for (const numbers of CONFIG.r) numbers.map((digits, i) => (spellings[digits!] = [numbers[1], i + 1]));

const SEPARATORS = `(?:${BOUNDS.encoded}|${BOUNDS.separator})*`;

/** Matches any of the config's numbers, with the brackets that begin it. The last digit of a postcode is no country code. */
const pattern = RegExp(
  `(?!\\B\\d\\D)(?:${BOUNDS.encoded}|\\()*(?:${CONFIG.r
    .flat()
    .map((digits) => [...digits!].join(SEPARATORS))
    .join("|")})(?!${BOUNDS.after})`,
  "g"
);

/** Matches a text that ends with the prefix of an international number. */
const ABROAD = RegExp(`(?:\\+|${BOUNDS.exit})${SEPARATORS}$`);
/** Matches a text after which digits belong to something else. */
const OTHER = RegExp(`(?:\\+\\d{1,3}${SEPARATORS}|${BOUNDS.before})$`);
/** Returns the digits that are dialed. */
const digitsOf = (text: string) => text.replace(RegExp(BOUNDS.encoded + "|\\D", "g"), "");

/**
 * Replaces the config's numbers in a text, and keeps their notation: digit by digit
 * if both have equally many digits, otherwise in the national or international
 * format. formatOf gets the position of a number and returns the formatted
 * replacement, or nothing to keep the number.
 */
export const swap = (
  text: string,
  formatOf: (number: string, form: Form, start: number, length: number) => string | undefined | void
): string =>
  text.replace(pattern, (all: string, offset: number) => {
    const spelt = digitsOf(all);
    const [number, form] = spellings[spelt]!;
    const head = text.slice(0, offset);
    const isAbroad = ABROAD.test(head);
    const format = (isAbroad ? form % 3 !== Form.National : !OTHER.test(head)) && formatOf(number, form, offset, all.length);
    if (!format) return all;
    const digits = digitsOf(format);
    if (spelt.length === digits.length) {
      let at = 0;
      return all.replace(RegExp(BOUNDS.encoded + "|\\d", "g"), (digit) => (digit[1] ? digit : digits[at++]!));
    }
    return (
      (/^\([^)]*$/.test(all) ? "(" : "") +
      format.replace(isAbroad ? "+" : "", "").replace(/^tel:\S/i.test(text) ? /[\s()]/g : "", "")
    );
  });
