import { attempt, ifPermitted, on } from "../guard";
import { attributeOf, isLeadForm } from "../forms";
import { LeadValues, sendForm, sendLead as send } from "../leads";

/** The part of jQuery that is used here. */
interface JQuery {
  event: { trigger: (event: string | { type?: string }, data: unknown, element: unknown, ...rest: unknown[]) => unknown };
}

declare global {
  interface Window {
    jQuery?: JQuery;
  }
}

/** Turns a form that was submitted into a lead, if it counts. */
export const submitted = (form: HTMLFormElement): void => {
  const unmarked = attributeOf(form, "data-ringback") === null;
  if (isLeadForm(form, unmarked)) sendForm(form, unmarked);
};

const formOf = (element: Element): HTMLFormElement | null =>
  element instanceof HTMLFormElement ? element : (element as HTMLInputElement).form || element.closest("form") || element.querySelector("form");

/** Returns values by name: the items of a list as one text, the values of an object under the name of both. */
const flat = (name: string, value: any): [string, unknown][] => {
  if (value instanceof Date) return [[name, value.toISOString()]];
  if (value instanceof Set || value instanceof Array) return [[name, [...value].filter((item) => !(item instanceof Object)).join(", ")]];
  if (!(value instanceof Object) || value instanceof Blob) return [[name, value]];
  return Object.entries(value).flatMap(([part, value]) => flat(name + "." + part, value));
};

const flatValues = (values?: object) => Object.fromEntries(Object.entries({ ...values }).flatMap((entry) => flat(...entry)));

const withFlatFields = ({ fields, tags, ...values }: LeadValues): LeadValues => ({
  ...flatValues(values),
  tags: typeof tags === "string" ? [tags] : tags,
  fields: flatValues(fields),
});

/** Returns the form or the values that a page passes: a form, an element in one, a selector, a list such as jQuery's, an event, form data or values. */
const resolve = (lead: any): HTMLFormElement | LeadValues | null | undefined => {
  if (typeof lead === "string") lead = attempt(() => document.querySelector(lead));
  if (lead instanceof Event) lead = lead.target;
  if (lead instanceof Element) return formOf(lead);
  if (lead?.[0] instanceof Element) return formOf(lead[0]);
  if (!(lead instanceof FormData || lead instanceof URLSearchParams)) return lead instanceof Object ? withFlatFields(lead) : null;
  const fields: Record<string, string> = {};
  lead.forEach((_, name) => (fields[name] = lead.getAll(name).filter((value: unknown) => typeof value === "string").join(", ")));
  return { fields };
};

/** Sends a lead that the page passes, in one of the ways in which pages have a form. */
export const sendLead = (lead: unknown): void => {
  const given = resolve(lead);
  if (given) send(given);
  else console.warn("ringback: no form and no lead:", lead);
};

/** Calls fn before each call of a method, with its object and its arguments. */
const before = <K extends string>(object: Record<K, any>, name: K, fn: (that: any, args: any[]) => void) => {
  const own = object[name];
  object[name] = function (this: unknown, ...args: unknown[]) {
    ifPermitted(() => fn(this, args));
    return own.apply(this, args);
  };
};

/** Turns the forms that jQuery's handlers send into leads. jQuery calls them without an event of the browser. */
const watchJQuery = () => {
  const { event } = window.jQuery || {};
  if (event) {
    before(event, "trigger", (_, [event, , element]) => {
      if ((event.type || event) === "submit" && element instanceof HTMLFormElement) submitted(element);
    });
  }
};

/** Turns submitted forms into leads, also those that code submits. */
export const watchForms = (): void => {
  on<Event & { target: HTMLFormElement }>("submit", ({ target }) => submitted(target));
  before(HTMLFormElement.prototype, "submit", submitted);
  document.readyState === "complete" ? attempt(watchJQuery) : addEventListener("load", () => attempt(watchJQuery));
};
