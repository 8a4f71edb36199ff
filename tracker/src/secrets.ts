/** Says whether a field must not be read, by what it is called. */
export const isSecret = (...names: string[]): boolean =>
  names.some(
    (name) =>
      CONFIG.n.includes(name.toLowerCase()) ||
      /(\b|_)(cc-|otp|(pin|ssn)(\b|_))|one-time|passw|pwd|contrase|tax.?id|card|cv[cv]|iban|secret/i.test(name)
  );

/**
 * Replaces payment cards' numbers in a text. The short ones begin with 3; other
 * numbers of up to 15 digits, and those with + or 00, are telephone numbers. Of
 * every second digit from the right the digits of its double count (Luhn's check).
 */
export const maskCards = (text: string): string =>
  text.replace(/\+?\d([ .-]?\d)+/g, (run) => {
    const digits = run.replace(/[ .-]/g, "");
    return !/^(3|[1-9]\d\d)\d{13,16}$/.test(digits) ||
      [...digits].reverse().reduce((sum, digit, i) => sum + ((+digit * (1 + (i % 2)) - 1) % 9) + 1, 0) % 10
      ? run
      : "****";
  });
