import { Field, field, formName, isLeadForm, readForm } from "./forms";
import { on } from "./page";
import { enqueue } from "./queue";

/** What a page says of a lead: ringback('lead', {...}). */
interface LeadValues {
  phone?: string;
  email?: string;
  name?: string;
  form?: string;
  fields?: Record<string, unknown>;
  tags?: string[];
}

/** How long a lead with the same values is the same lead, in milliseconds. */
const enum Same {
  Within = 10_000,
}

/** When each lead of this page was sent last, by its values. */
const sent: Record<string, number> = {};

const send = (lead: Omit<LeadValues, "fields"> & { fields: Field[] }) => {
  const values = JSON.stringify(lead);
  const now = Date.now();
  if (now - sent[values]! < Same.Within) return;
  sent[values] = now;
  enqueue("leads", lead);
};

const sendForm = (form: HTMLFormElement) => {
  const fields = readForm(form);
  if (fields.length) send({ form: formName(form), fields });
};

/** Sends a lead that the page hands over: a form, or values. */
export const sendLead = (lead: HTMLFormElement | LeadValues): void => {
  if (lead instanceof HTMLFormElement) return sendForm(lead);
  const { phone, email, name, form = "", fields = {}, tags } = lead;
  send({
    phone: phone && `${phone}`,
    email: email && `${email}`,
    name: name && `${name}`,
    tags,
    form,
    fields: Object.entries(fields).flatMap(([name, value]) => field(name, value)),
  });
};

/** Makes leads of submitted forms: before the page's own listeners, whatever they do with them. */
export const watchForms = (): void =>
  on<Event & { target: HTMLFormElement }>("submit", ({ target }) => isLeadForm(target) && sendForm(target));
