/** Numbers in digits of all writing systems, such as full-width and Arabic ones. */

const DIGIT = /\p{Nd}/u;

/** Reports whether a text has a digit of any writing system. */
export const hasDigit = (text: string): boolean => DIGIT.test(text);

/** Returns the zero of the writing system of a digit, as a character code. Each writing system has its digits in one row. */
const zeroOf = (digit: string): number => {
  let zero = digit.charCodeAt(0);
  while (DIGIT.test(String.fromCharCode(zero - 1))) zero--;
  return zero;
};

/** Returns a text of the same length with plain digits, plus signs and brackets. */
export const plainly = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (character) =>
    /[\uff08\uff09\uff0b]/.test(character) ? String.fromCharCode(character.charCodeAt(0) - 0xfee0) : DIGIT.test(character) ? `${character.charCodeAt(0) - zeroOf(character)}` : character
  );

/** Writes a plain text like another one: texts with digits in the same places character by character, others in the digits that the other text begins with. */
export const writtenLike = (plain: string, model: string): string => {
  const first = [...model].find(hasDigit)!;
  const equal = plain.length === model.length && [...plain].every((character, i) => hasDigit(character) === hasDigit(model[i]!));
  return [...plain]
    .map((character, i) => {
      if (!hasDigit(character)) return equal ? model[i]! : character;
      return String.fromCharCode(zeroOf(equal ? model[i]! : first) + +character);
    })
    .join("");
};
