import { attempt } from "./page";
import { isSecret, maskCards } from "./secrets";

/** A form's field as the server gets it. */
export interface Field {
  name: string;
  type?: string;
  autocomplete?: string;
  label?: string;
  value: string;
}

/** An input, a select or a textarea. */
type Control = HTMLInputElement & HTMLSelectElement;

/** Leaves out a form, a field or a part of a form. */
const enum Ignored {
  Selector = "[data-ringback=ignore]",
}

/** A field to send; none when it is empty or holds what is never sent. */
export const field = (name: string, given: unknown, { type, autocomplete, labels }: Partial<Control> = {}): Field[] => {
  const value = given instanceof Object ? "" : maskCards(`${given ?? ""}`.trim());
  const label = labels?.[0]?.textContent!.trim().slice(0, 100);
  // Of a value that was nothing but a card's number, only its mask is left.
  return isSecret(name) || !/[^*]/.test(value) ? [] : [{ name, type, autocomplete, label, value }];
};

/** Reads one field. The value of a secret one is not touched. */
const readControl = (control: Control): Field[] => {
  const { type, autocomplete, name, id } = control;
  const hint = control.dataset.ringbackField;
  return control.disabled ||
    (type === "hidden" ? !hint : /^(file|submit|button|reset|checkbox|radio)$/.test(type) && !control.checked) ||
    isSecret(type, autocomplete, name, id) ||
    // The page may hand over a form that is ignored as a whole.
    control.closest(Ignored.Selector + ":not(form)")
    ? []
    : [...(control.selectedOptions || [control])].flatMap(({ value }) => field(hint || name || id, value, control));
};

/** The fields of a form. One of them may be called "elements" or "length", and hide that property of the form. */
const controls = (form: HTMLFormElement): Control[] => [...Reflect.get(HTMLFormElement.prototype, "elements", form)];

/** Reads what a visitor entered in a form. Fieldsets and elements of the page's own may fail to be read as inputs are. */
export const readForm = (form: HTMLFormElement): Field[] =>
  controls(form).flatMap((control) => attempt(() => readControl(control)) || []);

/** A field called "name" hides that property of the form, hence the attributes. */
export const formName = (form: HTMLFormElement): string =>
  form.getAttribute("data-ringback")?.replace(/^ignore$/, "") || form.getAttribute("name") || form.getAttribute("id") || "";

/** Says whether a visitor signs in or up with a form, though the password may be shown at the moment. */
const asksPassword = (form: HTMLFormElement) =>
  controls(form).some(({ type, autocomplete, name }) => /passw/i.test(type + autocomplete + name));

/** Says whether the site makes leads of this form: of one that nobody marked only where it makes them of all, and never where a password is asked. */
export const isLeadForm = (form: HTMLFormElement, unmarked: boolean): boolean =>
  !form.closest(Ignored.Selector) && CONFIG.f > (unmarked ? 1 + +asksPassword(form) : 0);
