import { attempt } from "./guard";
import { isSecret, maskCards } from "./secrets";

/** A form field as it is sent to the server. */
export interface Field {
  name: string;
  type?: string;
  autocomplete?: string;
  label?: string;
  value: string;
}

/** An input, a select or a textarea. */
type Control = HTMLInputElement & HTMLSelectElement;

/** Marks a form, a field or a part of a form that is not read. */
export const enum Ignored {
  Selector = "[data-ringback=ignore]",
  /** Matches a field that is not read, or what is around one. Browsers do not send disabled fields. The page may pass a form that is ignored as a whole. */
  Field = ":disabled,:not(form)[data-ringback=ignore]",
}

/** Returns the field to send, or nothing if it is empty or secret. */
export const field = (name: string, given: unknown, { type, autocomplete, labels, placeholder, ariaLabel }: Partial<Control> = {}): Field[] => {
  const value = given instanceof Object ? "" : maskCards(`${given ?? ""}`.trim());
  const label = (labels?.[0]?.textContent || placeholder || ariaLabel || "").trim().slice(0, 100);
  // If the value was only a card number, nothing but its mask is left.
  return isSecret(name) || !/[^*]/.test(value) ? [] : [{ type, autocomplete, name, label, value }];
};

/** Reads one field. It never reads the value of a secret field, nor one that the browser does not send. */
export const readControl = (control: Control): Field[] => {
  const { type, autocomplete, name, id } = control;
  const hint = control.dataset.ringbackField;
  return (type === "hidden" ? !hint : /^(ch|rad|f|o|su|b|re)/.test(type) && !control.checked) || isSecret(type, autocomplete, name, id)
    ? []
    : [...(control.selectedOptions || [control])].flatMap((chosen) =>
        chosen.closest(Ignored.Field) ? [] : field(hint || name || id, chosen.value, control)
      );
};

/** Returns the fields of a form. A field named "elements" or "length" would hide that property of the form. */
export const controls = (form: HTMLFormElement): Control[] => [...Reflect.get(HTMLFormElement.prototype, "elements", form)];

/** Reads what a visitor entered in a form. Custom elements without a type fail: only the extended script reads them. */
export const readForm = (form: HTMLFormElement): Field[] =>
  controls(form).flatMap((control) => attempt(() => readControl(control)) || []);

/** Returns an attribute of a form, null if there is none. A field named "getAttribute" or "name" would hide that member of the form. */
export const attributeOf = (form: HTMLFormElement, name: string): string | null => Element.prototype.getAttribute.call(form, name);

/** Returns the name of a form. */
export const formName = (form: HTMLFormElement): string =>
  attributeOf(form, "data-ringback")?.replace(/^ignore$/, "") || attributeOf(form, "name") || attributeOf(form, "id") || "";

/** Reports whether a form asks for a password. The field may have another type while the password is shown. */
const hasPassword = (form: HTMLFormElement) =>
  controls(form).some(({ type, autocomplete, name }) => /passw/i.test(type + autocomplete + name));

/** Reports whether a submission of this form becomes a lead. An unmarked form becomes one only if the site collects all forms, and never if it asks for a password. */
export const isLeadForm = (form: HTMLFormElement, unmarked: boolean): boolean =>
  CONFIG.f > (unmarked && 1 + (hasPassword(form) as never)) && !Element.prototype.closest.call(form, Ignored.Selector);
