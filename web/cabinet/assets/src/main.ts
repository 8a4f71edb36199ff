// The script of the pages. Every page can be read without it.
import { offerActions } from "./actions";
import { offerChecks } from "./check";
import { offerCopies } from "./copy";
import { keepFilters } from "./filters";
import { offerForms } from "./forms";
import { bindKeys } from "./keys";
import { offerIntegrationForms } from "./integration";
import { closeMenus } from "./menus";
import { countNews } from "./news";
import { bindPalette } from "./palette";
import { offerResends } from "./resend";
import { showSaved } from "./saved";
import { waitForSteps } from "./until";

closeMenus();
offerActions();
offerIntegrationForms();
offerResends();
offerCopies();
offerForms();
keepFilters();
waitForSteps();
countNews();
offerChecks();
bindPalette();
bindKeys();
showSaved();
