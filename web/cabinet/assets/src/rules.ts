// The rules of an integration in its form: a sentence whose parts are added and removed, and
// read as the API takes them. Each control gets the path of what it stands for, so that an
// error of the API is shown at it.

interface Condition {
  field?: string;
  operator?: string;
  values?: string[];
  match?: string;
  conditions?: Condition[];
}

export interface Rules {
  metrics: string[];
  tags: Record<string, string[]>;
  traffic?: Condition;
}

const all = <E extends HTMLElement>(within: ParentNode, selector: string): E[] => Array.from(within.querySelectorAll<E>(selector));

/** The texts of inputs that are filled in. */
function values(within: ParentNode, path: string): string[] {
  const texts: string[] = [];
  for (const input of all<HTMLInputElement>(within, "[data-value]")) {
    const text = input.value.trim();
    input.dataset.path = text === "" ? path : `${path}[${texts.length}]`;
    if (text !== "") texts.push(text);
  }
  return texts;
}

function comparison(row: HTMLElement, path: string): Condition {
  const [field, operator] = all<HTMLSelectElement>(row, "select");
  row.dataset.path = path;
  field.dataset.path = `${path}.field`;
  operator.dataset.path = `${path}.operator`;
  const found = values(row, `${path}.values`);
  const takesNone = operator.value === "is_empty" || operator.value === "is_not_empty";
  return { field: field.value, operator: operator.value, values: takesNone ? undefined : found };
}

function group(box: HTMLElement, path: string): Condition {
  box.dataset.path = path;
  const list = box.querySelector<HTMLElement>(":scope > [data-conditions]");
  const match = box.querySelector<HTMLSelectElement>(":scope > label [data-match]");
  const parts = Array.from(list?.children ?? []) as HTMLElement[];
  const conditions = parts.map((part, i) =>
    part.dataset.group === undefined ? comparison(part, `${path}.conditions[${i}]`) : group(part, `${path}.conditions[${i}]`));
  return { match: match?.value ?? "all", conditions };
}

/** The rules of one kind, null if no metric is chosen: then none are sent. */
export function readRules(box: HTMLElement): Rules | null {
  const path = box.dataset.rules ?? "";
  const metrics = all<HTMLInputElement>(box, "[data-metric]").filter((m) => m.checked).map((m) => m.dataset.metric ?? "");
  const tags: Record<string, string[]> = {};
  for (const part of all(box, "[data-tags]")) {
    const name = part.dataset.tags ?? "";
    const labels = values(part, `${path}.tags.${name}`);
    if (labels.length > 0) tags[name] = labels;
  }
  const outer = box.querySelector<HTMLElement>(":scope > [data-group]");
  const traffic = outer ? group(outer, `${path}.traffic`) : undefined;
  if (metrics.length === 0) return null;
  return { metrics, tags, traffic: traffic?.conditions?.length ? traffic : undefined };
}

/** Offers the values of the field that is chosen. */
function offerSeen(row: HTMLElement): void {
  const field = row.querySelector<HTMLSelectElement>("[data-field]");
  if (!field) return;
  for (const input of all<HTMLInputElement>(row, "[data-value]")) input.setAttribute("list", `seen-${field.value}`);
  const operator = row.querySelector<HTMLSelectElement>("[data-operator]")?.value ?? "";
  const box = row.querySelector<HTMLElement>("[data-values]");
  if (box) box.hidden = operator === "is_empty" || operator === "is_not_empty";
}

function addValue(button: HTMLElement): void {
  const last = all<HTMLInputElement>(button.parentElement ?? document, "[data-value]").pop();
  if (!last) return;
  const next = last.cloneNode() as HTMLInputElement;
  next.value = "";
  button.before(next);
  next.focus();
}

function addPart(form: HTMLElement, button: HTMLElement, template: string): void {
  const list = button.closest("[data-group]")?.querySelector(":scope > [data-conditions]");
  const made = form.querySelector<HTMLTemplateElement>(template)?.content.cloneNode(true) as DocumentFragment | undefined;
  const part = made?.firstElementChild as HTMLElement | null;
  if (!list || !part) return;
  list.append(part);
  showButtons(part);
  part.querySelector<HTMLElement>("select")?.focus();
}

function remove(button: HTMLElement): void {
  const part = button.closest("[data-condition]") ?? button.closest("[data-group]");
  const above = part?.parentElement?.closest("[data-group]")?.querySelector<HTMLElement>(":scope > .buttons > [data-add-condition]");
  part?.remove();
  above?.focus();
}

const buttons = "[data-add-value], [data-add-condition], [data-add-group], [data-remove]";

function showButtons(within: HTMLElement): void {
  for (const button of all(within, buttons)) button.hidden = false;
  for (const row of [within, ...all(within, "[data-condition]")]) if (row.dataset.condition !== undefined) offerSeen(row);
}

/** Makes the rules of a form changeable. */
export function offerRules(form: HTMLElement): void {
  showButtons(form);
  form.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>(buttons);
    if (button?.dataset.addValue !== undefined) addValue(button);
    else if (button?.dataset.addCondition !== undefined) addPart(form, button, "[data-new-condition]");
    else if (button?.dataset.addGroup !== undefined) addPart(form, button, "[data-new-group]");
    else if (button?.dataset.remove !== undefined) remove(button);
  });
  form.addEventListener("change", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-condition]");
    if (row) offerSeen(row);
  });
}
