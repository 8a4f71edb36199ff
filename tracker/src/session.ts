import { keepNumbers, Shown } from "./numbers";
import { ifPermitted } from "./page";
import { keepSession, sessionID, visitorID } from "./visitor";

/** What the server answers to a view; to a lead it answers nothing. */
export interface Answer {
  session: string;
  numbers: Shown;
}

type Listener = (known: { visitor_id: string; session_id: string; version: string }) => void;

let answered: () => void;
const firstAnswer = new Promise<void>((resolve) => {
  answered = resolve;
});

/** Calls fn with the visitor's and the session's ids, once the server has answered or could not be reached. */
export const whenKnown = (fn: Listener): unknown =>
  firstAnswer.then(() => ifPermitted(() => fn({ visitor_id: visitorID(), session_id: sessionID(), version: VERSION })));

/** Takes the answer to a view, or that there was none. */
export const takeAnswer = (answer?: Answer): void => {
  if (answer?.numbers) {
    keepSession(answer.session);
    keepNumbers(answer.numbers);
  }
  answered();
};
