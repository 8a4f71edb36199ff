/** Reports whether any of a field's names means that it must not be read. */
export const isSecret = (...names: string[]): boolean =>
  names.some(
    (name) =>
      CONFIG.n.includes(name.toLowerCase()) ||
      /passw|one-time|secret(?!ar)|([^s]|^)card(?!.?(ph|em)|io|ina|bo)|cv[cv]|pwd|iban|tax.?id|(\b|_)(cc-|otp|(pin|ssn)(\b|_))|contrase/i.test(name)
  );

/**
 * Masks payment card numbers in a text. Short card numbers begin with 3; other
 * numbers of up to 15 digits, and those with + or 00, are telephone numbers. Luhn's
 * check doubles every second digit from the right and adds up all digits.
 */
export const maskCards = (text: string): string =>
  text.replace(/\+?\d([ .-]?\d)+/g, (run) => {
    const digits = run.replace(/[ .-]/g, "");
    return !/^(3|[1-9]\d\d)\d{13,16}$/.test(digits) ||
      [...digits].reverse().reduce((sum, digit, i) => sum + (((digit as never) * (1 + (i % 2)) - 1) % 9) + 1, 0) % 10
      ? run
      : "****";
  });
