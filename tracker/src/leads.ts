import { attributeOf, Field, field, formName, isLeadForm, readForm } from "./forms";
import { enqueue } from "./queue";
import { on } from "./guard";

/** A lead that a page passes in ringback('lead', {...}). Its phone, email and name are fields too. */
export interface LeadValues {
  form?: string;
  tags?: string[];
  fields?: Record<string, unknown>;
  [field: string]: unknown;
}

/** How long a lead with the same values counts as the same lead, in milliseconds. */
const enum Same {
  Within = 10_000,
}

/** The server accepts no larger leads, and browsers do not send larger ones while the page unloads. */
const enum Most {
  Fields = 100,
  /** characters of all values together; each value may use a quarter of what is left */
  Characters = 16_384,
}

/** When each lead of this page was last sent, by its values. */
const sent: Record<string, number> = {};

/** Sends a lead, unless it is empty. auto means that it comes from an unmarked form. */
const send = (form: string, fields: Field[], auto?: boolean, tags?: string[]) => {
  fields.splice(Most.Fields);
  let left: number = Most.Characters;
  for (const field of fields) left -= (field.value = field.value.slice(0, left / 4)).length;
  const values = JSON.stringify([form, fields, tags]);
  const now = Date.now();
  if (!fields[0] || now - sent[values]! < Same.Within) return;
  sent[values] = now;
  enqueue("leads", { form, tags, fields, auto });
};

/** Sends a lead that the page passes as a form or as values. */
export const sendLead = (lead: HTMLFormElement | LeadValues): void => {
  if (lead instanceof HTMLFormElement) return sendForm(lead);
  const { form = "", tags, fields, ...values } = lead;
  send(
    form,
    Object.entries({ ...values, ...fields }).flatMap((entry) => field(...entry)),
    false,
    tags
  );
};

/** Sends a form as a lead. auto means that it is not marked. */
export const sendForm = (form: HTMLFormElement, auto?: boolean) => send(formName(form), readForm(form), auto);

/** Turns submitted forms into leads. It listens before the page does, so that the page's listeners cannot interfere. */
export const watchForms = (): void =>
  on<Event & { target: HTMLFormElement }>("submit", ({ target }) => {
    const unmarked = attributeOf(target, "data-ringback") === null;
    if (isLeadForm(target, unmarked)) sendForm(target, unmarked);
  });
