import { version } from "./config";

(window as any).ringback = (window as any).ringback || { version };
