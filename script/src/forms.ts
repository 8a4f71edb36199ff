import { config } from "./config";
import { holdsCardNumber, isSecret } from "./secrets";

/** A form's field as the server gets it. */
export interface Field {
  name: string;
  type: string;
  autocomplete: string;
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
export const field = (name: string, given: unknown, type = "", autocomplete = "", label?: string): Field[] => {
  const value = `${given ?? ""}`.trim().slice(0, 4096);
  return !value || isSecret(name) || holdsCardNumber(value) ? [] : [{ name, type, autocomplete, label, value }];
};

/** Reads one field. The value of a secret one is not touched. */
const readControl = (control: Control): Field[] => {
  const { type, autocomplete, name, id } = control;
  const hint = control.dataset.ringbackField;
  return control.disabled ||
    (type === "hidden" && !hint) ||
    /^(file|submit|button|image|reset)$/.test(type) ||
    (/^(checkbox|radio)$/.test(type) && !control.checked) ||
    isSecret(type, autocomplete, name, id) ||
    control.closest(Ignored.Selector)
    ? []
    : Array.from(control.selectedOptions || [control]).flatMap(({ value }) =>
        field(hint || name || id, value, type, autocomplete, control.labels?.[0]?.textContent?.trim())
      );
};

/** Reads what a visitor entered in a form. */
export const readForm = (form: HTMLFormElement): Field[] =>
  Array.from(form as unknown as Control[]).flatMap(readControl);

/** A field called "name" hides that property of the form, hence the attributes. */
export const formName = (form: HTMLFormElement): string =>
  form.getAttribute("data-ringback") || form.getAttribute("name") || form.getAttribute("id") || "";

/** Says whether the site makes leads of this form. */
export const isLeadForm = (form: HTMLFormElement): boolean =>
  !form.closest(Ignored.Selector) && config.f > +!form.hasAttribute("data-ringback");
