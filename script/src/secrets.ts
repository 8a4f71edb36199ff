import { config } from "./config";

/** Says whether a field must not be read, by what it is called. */
export const isSecret = (...names: string[]): boolean =>
  names.some(
    (name) =>
      config.n.includes(name.toLowerCase()) ||
      /\b(cc-|otp)|one-time|passw|pwd|card|cvv|cvc|iban|captcha|secret/i.test(name)
  );

/** The check of payment cards' numbers: of every second digit from the right the digits of its double count. */
const passesLuhn = (digits: string) =>
  [...digits].reverse().reduce((sum, digit, i) => sum + +(i % 2 ? "0246813579"[+digit]! : digit), 0) % 10 === 0;

/** Says whether a payment card's number stands in a value. A telephone number with + or 00 is none. */
export const holdsCardNumber = (value: string): boolean | undefined =>
  value
    .replace(/[ .-]/g, "")
    .match(/\+?\d+/g)
    ?.some((run) => /^[1-9]\d{12,18}$/.test(run) && passesLuhn(run));
