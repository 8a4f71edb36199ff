// The script of the pages. Every page can be read without it.
import { offerActions } from "./actions";
import { closeMenus } from "./menus";
import { offerResends } from "./resend";

closeMenus();
offerActions();
offerResends();
