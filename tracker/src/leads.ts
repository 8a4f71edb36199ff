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

/** The server takes no larger leads, and browsers send none for a page that goes away. */
const enum Most {
  Fields = 100,
  /** characters of all values; each may have a quarter of what the ones before it left */
  Characters = 16_384,
}

/** When each lead of this page was sent last, by its values. */
const sent: Record<string, number> = {};

/** Sends a lead, unless it says nothing. Auto: of a form that nobody marked. */
const send = (form: string, fields: Field[], tags?: string[], auto?: boolean) => {
  fields.splice(Most.Fields);
  let left: number = Most.Characters;
  for (const field of fields) left -= (field.value = field.value.slice(0, left / 4)).length;
  const lead = { form, fields, tags };
  const values = JSON.stringify(lead);
  const now = Date.now();
  if (!fields[0] || now - sent[values]! < Same.Within) return;
  sent[values] = now;
  enqueue("leads", { ...lead, auto });
};

/** Sends a lead that the page hands over: a form, or values. */
export const sendLead = (lead: HTMLFormElement | LeadValues): void => {
  if (lead instanceof HTMLFormElement) return sendForm(lead);
  const { form = "", tags, fields, ...values } = lead;
  send(
    form,
    Object.entries({ ...values, ...fields }).flatMap((entry) => field(...entry)),
    tags
  );
};

const sendForm = (form: HTMLFormElement, auto?: boolean) => send(formName(form), readForm(form), undefined, auto);

/** Makes leads of submitted forms: before the page's own listeners, whatever they do with them. */
export const watchForms = (): void =>
  on<Event & { target: HTMLFormElement }>("submit", ({ target }) => {
    const unmarked = !target.hasAttribute("data-ringback");
    if (isLeadForm(target, unmarked)) sendForm(target, unmarked);
  });
