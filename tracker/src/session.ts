import { ifPermitted } from "./guard";
import { storeSession, sessionID, visitorID } from "./visitor";
import { applyNumbers, Replacements } from "./numbers";

/** The server's answer to a view. The answer to a lead is empty. */
export interface Answer {
  session: string;
  numbers: Replacements;
}

type Listener = (known: { visitor_id: string; session_id: string; version: string }) => void;

let answered: () => void;
const firstAnswer = new Promise<void>((resolve) => (answered = resolve));

/** Calls fn with the ids of the visitor and the session once the server has answered or turned out to be unreachable. */
export const whenReady = (fn: Listener): unknown =>
  firstAnswer.then(() => ifPermitted(() => fn({ visitor_id: visitorID(), session_id: sessionID(), version: VERSION })));

/** Applies the answer to a view. Without one it only releases what waits for it. */
export const applyAnswer = (answer?: Answer): void => {
  if (answer?.numbers) {
    storeSession(answer.session);
    applyNumbers(answer.numbers);
  }
  answered();
};
