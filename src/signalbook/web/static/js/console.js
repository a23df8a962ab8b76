// Everything the pages' scripts do, one module a matter. Each page works without them.
import "./remembered.js";
import "./requests.js";
import "./popovers.js";
import "./dialogs.js";
import "./toasts.js";
import "./copy.js";
import "./times.js";
import "./forms.js";
import "./live.js";
import "./rows.js";
import "./selection.js";
import "./palette.js";
import "./keys.js";
