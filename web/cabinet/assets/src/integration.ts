// The form of an integration. It is sent to the API as JSON, and an error is shown at its field.
// What was typed stays.
import { send } from "./api";
import { offerPreview } from "./preview";
import { offerRules, readRules } from "./rules";
import { leaveSaved } from "./saved";
import { all, clear, readSettings, show } from "./settings";

/** The settings as they stand in the form. */
function read(form: HTMLFormElement): Record<string, unknown> {
  const settings: Record<string, unknown> = {
    name: form.querySelector<HTMLInputElement>("[name=name]")?.value,
    attribution_model: form.querySelector<HTMLSelectElement>("[name=attribution_model]")?.value,
    ...readSettings(form),
  };
  for (const box of all(form, "[data-rules]")) settings[box.dataset.rules ?? ""] = readRules(box);
  const enabled = form.querySelector<HTMLInputElement>("[name=enabled]");
  if (enabled) settings.enabled = enabled.checked;
  if (form.dataset.method === "POST") settings.type = form.dataset.type;
  return settings;
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
