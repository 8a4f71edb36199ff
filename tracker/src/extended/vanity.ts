import { Form } from "../numberpattern";

/** Numbers in the letters of a telephone's keys: 1-800-FLOWERS. */

const KEYS = ["", "", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];
const GAP = "[\\s().\\u00ad\\u200b\\u2010-\\u2015-]*";

interface Vanity {
  number: string;
  form: Form;
  pattern: RegExp;
}

const vanities: Vanity[] = CONFIG.r.flatMap((numbers) =>
  // The international spelling contains the national one.
  numbers.map((digits, i) => ({
    number: numbers[1],
    form: i + 1,
    // Words may be longer than the number: further keys have no effect.
    pattern: RegExp(
      `(^|[^\\w@./+-])((?:\\+|00|\\()?${[...digits!].map((digit) => `[${digit}${KEYS[+digit]}]`).join(GAP)}[a-z]*)(?![-\\w]*@|[-\\w]*\\.\\w|\\w|-\\w)`,
      "gi"
    ),
  })).reverse()
);

/** Returns a text in which show has replaced the numbers in letters. A number begins with digits, and has at least three letters. */
export const swapVanities = (text: string, show: (vanity: Vanity, written: string, start: number) => string | void): string =>
  vanities.reduce(
    (text, vanity) =>
      text.replace(vanity.pattern, (all: string, before: string, written: string, offset: number) =>
        // "800 flowers" may be flowers.
        /^[^a-z]*\d/i.test(written) && /[a-z](?:[^a-z]*[a-z]){2}/i.test(written) && !/\s[a-z]/.test(written)
          ? before + (show(vanity, written, offset + before.length) ?? written)
          : all
      ),
    text
  );
