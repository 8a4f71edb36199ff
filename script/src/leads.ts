import { Field, field, formName, isLeadForm, readForm } from "./forms";
import { on } from "./page";
import { enqueue } from "./queue";

/** What a page says of a lead: ringback('lead', {...}). Its phone, email and name are fields too. */
interface LeadValues {
  form?: string;
  tags?: string[];
  fields?: Record<string, unknown>;
  [field: string]: unknown;
}

/** How long a lead with the same values is the same lead, in milliseconds. */
const enum Same {
  Within = 10_000,
}

/** When each lead of this page was sent last, by its values. */
const sent: Record<string, number> = {};

const send = (form: string, fields: Field[], tags?: string[]) => {
  const lead = { form, fields, tags };
  const values = JSON.stringify(lead);
  const now = Date.now();
  if (now - sent[values]! < Same.Within) return;
  sent[values] = now;
  enqueue("leads", lead);
};

/** Sends a lead that the page hands over: a form, or values. */
export const sendLead = (lead: HTMLFormElement | LeadValues): void => {
  if (lead instanceof HTMLFormElement) return sendForm(lead);
  const { form = "", tags, fields, ...values } = lead;
  send(
    form,
    Object.entries({ ...values, ...fields }).flatMap(([name, value]) => field(name, value)),
    tags
  );
};

const sendForm = (form: HTMLFormElement) => {
  const fields = readForm(form);
  if (fields.length) send(formName(form), fields);
};

/** Makes leads of submitted forms: before the page's own listeners, whatever they do with them. */
export const watchForms = (): void =>
  on<Event & { target: HTMLFormElement }>("submit", ({ target }) => isLeadForm(target) && sendForm(target));
