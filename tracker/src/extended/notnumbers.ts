/** What has the digits of a phone number, but is none. */

/** Matches an address up to a place in it. */
const ADDRESS = /(?:[\w\u00a1-\uffff]\.[a-z\u00a1-\uffff]{2,}|:\/)[/?#]\S*$/i;
/** Matches the rest of an e-mail address, or of a name of a host or of a file. */
const NAME = /^[\w.+-]*@[\w]|^\.(?:[\w-]+\.)*(?:com|net|org|info|biz|co|io|ru|de|uk|br|fr|in|pdf|html?|php|jpe?g|png|gif|webp|zip)\b/i;
const CURRENCY = "[$\u00a3\u00a5\u20a0-\u20cf]";
/** Matches the word for an amount before a number, and after it. */
const PRICE = RegExp(`(?:${CURRENCY}|\\b(?:USD|EUR|GBP|RUB|BRL|INR|CHF|JPY|PLN))\\s?$`, "i");
const PRICED = RegExp(`^(?:[.,]\\d\\d)?\\s?(?:${CURRENCY}|(?:USD|EUR|GBP|RUB|BRL|INR|CHF|JPY|PLN|kr|z\u0142|lei|\u0440\u0443\u0431|\u0433\u0440\u043d)(?![a-z])|[\u5186\u5143\uc6d0])`, "i");
/** Matches the words for a number of goods or papers. */
const ORDER =
  /(?:^|[^\p{L}])(?:sku|asin|upc|ean|isbn|imei|vin|item|art(?:icle)?|order|invoice|inv|ref(?:erence)?|ticket|tracking|part|serial|pedido|artikel|bestellung|rechnung|id|model|code|lot|batch|account|acct|case|claim|policy|licen[cs]e|lic|reg|vat|tax|cpf|cnpj|nip|\u0438\u043d\u043d|\u043e\u0433\u0440\u043d|\u043a\u043f\u043f|\u0431\u0438\u043a|\u043a\u043e\u0434|\u0430\u0440\u0442(?:\u0438\u043a\u0443\u043b)?|\u0437\u0430\u043a\u0430\u0437)(?:[\s.]*(?:id|no|nr|number|\u2116))?[\s.:#\u2116_-]*$/iu;
/** Matches words for a phone number. */
const PHONE = /(?:phone|tel|call|fax|cell|mobile?|ring|\u0442\u0435\u043b)[\s.:#\u2116-]*$/i;

/** Reports whether the number from start to end is a part of an address, a price or the number of an order. */
export const isNoPhone = (text: string, start: number, end: number): boolean => {
  const head = text.slice(0, start);
  const tail = text.slice(end);
  if (ADDRESS.test(head) || NAME.test(tail) || /@$/.test(head) || PRICE.test(head) || PRICED.test(tail)) return true;
  // People divide a phone number, or begin it with a plus. A number without divisions is one of an order if a word or a sign says so.
  return !/\D/.test(text.slice(start, end)) && !/\+$/.test(head) && !PHONE.test(head) && (ORDER.test(head) || /[#\u2116]\s?$|[a-z][-_]$/i.test(head) || /^[-_][a-z]/i.test(tail));
};
