
/** The numbers to show, by the international digits of the number that each replaces. The formats are indexed by Form. */
export type Replacements = Record<string, [digits: string, national: string, international: string, trunk: string]>;

/** The format of a number that a spelling resembles: an index of a replacement. */
export const enum Form {
  National = 1,
  International = 2,
  /** international, with the trunk prefix of the country: +44 (0)20 */
  Trunk = 3,
}

/** The number and the format that the digits of a spelling mean. */
const spellings: Record<string, [number: string, form: Form]> = {};
for (const [international, national, trunk] of CONFIG.r) {
  spellings[trunk!] = [international, Form.Trunk];
  spellings[national] = [international, Form.National];
  spellings[international] = [international, Form.International];
}

const SEPARATOR = "[^\\w,;:+$=@]";
const SEPARATORS = `(?:%2.|${SEPARATOR})*`;

/**
 * Matches any of the config's numbers outside longer runs of digits. Its groups are
 * the text before the number (perhaps a country code or a digit of something else),
 * the bracket or prefix that begins it, and the number itself.
 */
const pattern = RegExp(
  `(^|\\+\\d{1,3}${SEPARATORS}|\\d${SEPARATOR}|[^\\d$])(\\(?(?:(?:\\+|00)${SEPARATORS})?)(${CONFIG.r
    .flat()
    .map((digits) => [...digits!].join(SEPARATORS))
    .join("|")})(?![^\\w\\s,;#]?\\d|@)`,
  "g"
);

/** Returns the digits that are dialed. */
const digitsOf = (text: string) => text.replace(/%2.|\D/g, "");

/** Matches a digit, a space and a separate number, as in "Suite 5 202-555-0100", but not in "49 202 555 0100". */
const SEPARATE = /^\d\s\S*[^\d\s]\S*$/;

/**
 * Replaces the config's numbers in a text, and keeps their notation: digit by digit
 * if both have equally many digits, otherwise in the national or international
 * format. formatOf gets the position of a number, including the character before
 * it, and returns the formatted replacement, or nothing to keep the number.
 */
export const swap = (
  text: string,
  formatOf: (number: string, form: Form, start: number, length: number) => string | undefined | void
): string =>
  text.replace(pattern, (all: string, before: string, lead: string, match: string, offset: number) => {
    const spelt = digitsOf(match);
    const [number, form] = spellings[spelt]!;
    // After + or 00, the digits of a national spelling belong to another number. Any other lead is a bracket.
    if (lead ? form === Form.National && lead > "(" : before[1] && !SEPARATE.test(all)) return all;
    const format = formatOf(number, form, offset, all.length);
    if (!format) return all;
    const digits = digitsOf(format);
    if (spelt.length === digits.length) {
      let at = 0;
      return before + lead + match.replace(/%2.|\d/g, (digit) => (digit[1] ? digit : digits[at++]!));
    }
    if (/^tel:/i.test(text)) return before + format.replace(/[\s()]/g, "");
    return before + (/^\([^)]*$/.test(lead + match) ? "(" : "") + format;
  });
