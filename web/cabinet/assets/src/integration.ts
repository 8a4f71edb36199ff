// The form of an integration. It is sent to the API as JSON, and an error is shown at its field.
// What was typed stays.
import { type Problem, send } from "./api";
import { offerPreview } from "./preview";
import { offerRules, readRules } from "./rules";
import { leaveSaved } from "./saved";

const all = <E extends HTMLElement>(within: ParentNode, selector: string): E[] => Array.from(within.querySelectorAll<E>(selector));

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** The settings as they stand in the form. Credentials that are left empty stay as they are. */
function read(form: HTMLFormElement): Record<string, unknown> {
  const options: Record<string, string | null> = {};
  for (const o of all<Control>(form, "[data-option]")) options[o.dataset.option ?? ""] = o.value.trim() === "" ? null : o.value;
  const credentials: Record<string, string | null> = {};
  for (const c of all<Control>(form, "[data-credential]")) if (c.value !== "") credentials[c.dataset.credential ?? ""] = c.value;
  for (const box of all<HTMLInputElement>(form, "[data-remove-credential]")) if (box.checked) credentials[box.dataset.removeCredential ?? ""] ??= null;
  const settings: Record<string, unknown> = {
    name: form.querySelector<HTMLInputElement>("[name=name]")?.value,
    attribution_model: form.querySelector<HTMLSelectElement>("[name=attribution_model]")?.value,
    options,
    credentials,
  };
  for (const box of all(form, "[data-rules]")) settings[box.dataset.rules ?? ""] = readRules(box);
  const enabled = form.querySelector<HTMLInputElement>("[name=enabled]");
  if (enabled) settings.enabled = enabled.checked;
  if (form.dataset.method === "POST") settings.type = form.dataset.type;
  return settings;
}

/** The control or group that an error is about: that of its path, or else of the path above. */
function about(form: HTMLElement, path: string): HTMLElement | null {
  for (let at = path; at !== ""; at = at.replace(/(\.?[^.[\]]+|\[\d+\])$/, "")) {
    const found = all(form, "[data-path]").find((e) => e.dataset.path === at);
    if (found) return found;
  }
  return null;
}

/** The ids of the texts that describe a control. */
const descriptions = (e: HTMLElement): string[] => (e.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== "");

function describe(e: HTMLElement, ids: string[]): void {
  if (ids.length > 0) e.setAttribute("aria-describedby", ids.join(" "));
  else e.removeAttribute("aria-describedby");
}

function clear(form: HTMLElement): void {
  for (const e of all(form, "[data-error]")) e.remove();
  for (const e of all(form, "[aria-invalid]")) {
    e.removeAttribute("aria-invalid");
    describe(e, descriptions(e).filter((id) => !id.startsWith("error-")));
  }
}

/** Shows what is wrong, at its fields, and moves to the first of them. */
function show(form: HTMLElement, problem: Problem): void {
  const summary = form.querySelector<HTMLElement>("[data-problem]");
  clear(form);
  let first: HTMLElement | null = null;
  let rest = "";
  (problem.errors ?? []).forEach((error, i) => {
    const place = about(form, error.field);
    if (!place) {
      rest += ` ${error.field}: ${error.expected}.`;
      return;
    }
    const text = document.createElement("span");
    text.id = `error-${i}`;
    text.className = "no error";
    text.dataset.error = "";
    text.textContent = error.expected;
    place.closest("details")?.setAttribute("open", "");
    if (place.matches("input, select, textarea")) {
      place.after(text);
      place.setAttribute("aria-invalid", "true");
      describe(place, [...descriptions(place), text.id]);
    } else place.append(text);
    first ??= place.matches("input, select, textarea") ? place : place.querySelector<HTMLElement>("input, select, textarea");
  });
  if (summary) {
    summary.hidden = false;
    summary.textContent = problem.detail + rest;
  }
  (first as HTMLElement | null)?.focus();
}

function offerForm(form: HTMLFormElement): void {
  const summary = form.querySelector<HTMLElement>("[data-problem]");
  for (const part of all(form, "[data-scripted]")) part.hidden = false;
  offerRules(form);
  const good = (): void => {
    clear(form);
    if (summary) summary.hidden = true;
  };
  offerPreview(form, { settings: () => read(form), failed: (problem) => show(form, problem), good });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
    if (button) button.disabled = true;
    const answer = await send<{ id: string }>(form.dataset.method ?? "POST", form.dataset.integration ?? "", read(form));
    if (button) button.disabled = false;
    if (!answer.ok) return show(form, answer.problem);
    good();
    leaveSaved();
    location.assign(`${form.dataset.next ?? ""}/${answer.body.id}`);
  });
}

export function offerIntegrationForms(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-integration]").forEach(offerForm);
}
