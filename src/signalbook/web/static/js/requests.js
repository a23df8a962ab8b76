// What htmx sends, and what it says when an answer does not come.
import { toast } from "./toasts.js";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRF-Token"] = token();
});
document.addEventListener("htmx:sendError", () => toast({ kind: "bad", text: "The server cannot be reached. Nothing was changed; try again in a moment." }));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401) return location.reload();
  if (event.detail.xhr.getResponseHeader("HX-Trigger")?.includes("toast")) return;
  if ([400, 409, 413, 422].includes(status)) return; // their body was shown in place
  toast({ kind: "bad", text: event.detail.xhr.getResponseHeader("X-Message") || `The server answered ${status}. Nothing was changed; try again.` });
});

export function post(url, fields) {
  const body = new URLSearchParams({ ...fields, csrf_token: token() });
  return fetch(url, { method: "POST", body, headers: { "X-CSRF-Token": token() } });
}
