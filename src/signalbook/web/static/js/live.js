// Filters that apply as one types. The form's fields are the address; the list is what it shows.
const wait = 220;
let timer = 0;

function address(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "") fields.append(name, value);
  const query = fields.toString();
  return form.action.split("?")[0] + (query && `?${query}`);
}

async function apply(form, typing) {
  const url = address(form);
  if (url === location.href) return;
  history[typing ? "replaceState" : "pushState"]({ live: true }, "", url);
  const list = document.getElementById(form.dataset.live || "list");
  if (!list) return location.assign(url);
  list.setAttribute("aria-busy", "true");
  try { // the list asks, not the form: htmx would add the form's fields to the address again
    await htmx.ajax("GET", url, { target: list, swap: "outerHTML", source: list });
  } finally {
    list.removeAttribute("aria-busy");
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-live]")) return;
  const typing = event.target.matches("input:not([type=checkbox], [type=radio], [type=date])");
  clearTimeout(timer);
  timer = setTimeout(() => apply(form, typing), typing ? wait : 0);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-live]") || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  clearTimeout(timer);
  apply(event.target, false);
});
addEventListener("popstate", () => document.querySelector("[data-live]") && location.reload());

// A filter of the options of a group, without asking the server: data-narrow="id of the options".
document.addEventListener("input", (event) => {
  const options = event.target.dataset.narrow && document.getElementById(event.target.dataset.narrow);
  if (!options) return;
  const wanted = event.target.value.toLowerCase();
  for (const option of options.children) option.hidden = !option.textContent.toLowerCase().includes(wanted);
});
