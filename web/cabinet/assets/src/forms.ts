// Forms whose fields are sent to the API as JSON. What was typed stays if it is refused.
import { send, type Problem } from "./api";
import { leaveSaved } from "./saved";

type Field = HTMLInputElement | HTMLSelectElement;

const fields = (form: HTMLFormElement): Field[] => Array.from(form.querySelectorAll<Field>("input[name], select[name]"));

/** Whether a field is one of several boxes whose values make a list. */
const isChoice = (field: Field): boolean => field instanceof HTMLInputElement && field.type === "checkbox" && field.dataset.list !== undefined;

/** The value of a field as the API takes it; undefined to leave it out. */
function valueOf(field: Field): unknown {
  if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked;
  if (field.dataset.list !== undefined) return field.value.split(",").map((part) => part.trim()).filter((part) => part !== "");
  if (field.type === "number") return field.value === "" ? undefined : Number(field.value);
  return field.value === "" && field.dataset.empty === undefined ? undefined : field.value;
}

/** The body of a request. A name with a point is a field within an object. */
function bodyOf(form: HTMLFormElement): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fields(form)) {
    if (isChoice(field)) {
      const chosen = (body[field.name] ??= []) as string[];
      if ((field as HTMLInputElement).checked) chosen.push(field.value);
      continue;
    }
    if (field.dataset.clear !== undefined) { // a box beside a field that is left empty to keep its value
      if ((field as HTMLInputElement).checked) body[field.name] ??= "";
      continue;
    }
    const value = valueOf(field);
    const [name, within] = field.name.split(".");
    if (value === undefined) continue;
    if (within === undefined) body[name] = value;
    else body[name] = { ...(body[name] as object | undefined), [within]: value };
  }
  return body;
}

function show(form: HTMLFormElement, result: HTMLElement, problem: Problem): void {
  const named = fields(form);
  let first: Field | undefined;
  const rest: string[] = [];
  for (const e of problem.errors ?? []) {
    const field = named.find((f) => e.field === f.name || e.field.startsWith(f.name + "[") || e.field.startsWith(f.name + "."));
    field?.setCustomValidity(e.expected);
    field?.setAttribute("aria-invalid", "true");
    first ??= field;
    rest.push(`${field?.labels?.[0]?.firstChild?.textContent?.trim() ?? e.field}: ${e.expected}`);
  }
  result.textContent = rest.length > 0 ? rest.join("; ") : problem.detail;
  first?.focus();
}

function goOn(form: HTMLFormElement, body: Record<string, unknown>): void {
  const then = form.dataset.then ?? "";
  const shown = form.parentElement?.querySelector<HTMLElement>("[data-shown]");
  if (shown) {
    const secret = String(body[shown.dataset.shown ?? ""] ?? "");
    shown.hidden = false;
    const place = shown.querySelector("code");
    if (place) place.textContent = secret;
    const copy = shown.querySelector<HTMLButtonElement>("[data-copy]");
    if (copy) copy.dataset.copy = secret;
    shown.focus();
    return;
  }
  leaveSaved();
  if (then === "reload") location.reload();
  else location.assign(then.replace("{id}", encodeURIComponent(String(body.id ?? ""))));
}

function offer(form: HTMLFormElement): void {
  const result = form.querySelector<HTMLElement>(".result");
  const button = form.querySelector<HTMLButtonElement>("button:not([type=button])");
  if (!result || !button) return;
  form.addEventListener("input", () => {
    for (const field of fields(form)) {
      field.setCustomValidity("");
      field.removeAttribute("aria-invalid");
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    result.textContent = "";
    button.disabled = true;
    const answer = await send<Record<string, unknown>>(form.dataset.method ?? "POST", form.dataset.send ?? "", bodyOf(form));
    button.disabled = false;
    if (answer.ok) goOn(form, answer.body);
    else show(form, result, answer.problem);
  });
}

export function offerForms(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-send]").forEach(offer);
}
