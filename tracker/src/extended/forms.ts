import { attempt } from "../guard";
import { controls, Field, field, Ignored, readControl } from "../forms";
import { isSecret } from "../secrets";

export { attributeOf, field, formName, isLeadForm } from "../forms";
export type { Field };

/** Reads a field that is a custom element. It has the properties that its author has made, so its attributes count too. */
const readCustom = (element: any): Field[] => {
  const given = (name: string): string => element[name] ?? element.getAttribute(name) ?? "";
  const [type, autocomplete, name, label, placeholder] = ["type", "autocomplete", "name", "label", "placeholder"].map(given);
  return element.checked === false || /^(b|f|re|su)/.test(type!) || element.closest(Ignored.Field) || isSecret(type!, autocomplete!, name!, element.id, element.localName)
    ? []
    : field(element.dataset.ringbackField || name || element.id, element.value, { type, autocomplete, placeholder: label || placeholder });
};

/** Reads what a visitor entered in a form. */
export const readForm = (form: HTMLFormElement): Field[] =>
  controls(form).flatMap((control) => attempt(() => (/-/.test(control.localName) ? readCustom : readControl)(control)) || []);
