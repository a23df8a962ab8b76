// The import of a file: sent in pieces that go on after an interruption, mapped, and watched.
const piece = 8 * 1024 * 1024;
const token = () => document.querySelector('meta[name="csrf-token"]').content;
const form = document.querySelector("[data-upload]");
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

async function ask(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { Accept: "application/json", "X-CSRF-Token": token(), ...options.headers } });
  if (answer.redirected) throw Object.assign(new Error("You are signed out. Sign in again, then choose the same file: it goes on where it was."), { status: 401 });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  throw Object.assign(new Error(told.message || `The server answered ${answer.status}.`), { status: answer.status });
}

const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`);
const part = (name) => form.querySelector(`[data-${name}]`);
let stopped = false;

function show(file, sent, note = "") {
  part("bar").value = file.size ? sent / file.size : 1;
  part("said").textContent = `${size(sent)} of ${size(file.size)}`;
  part("note").textContent = note;
}

function complain(text) {
  const notice = part("look").content.cloneNode(true);
  notice.querySelector("div > div").textContent = text;
  part("problem").replaceChildren(notice);
  part("progress").hidden = true;
  form.removeAttribute("data-busy");
  form.querySelector("input[type=file]").value = "";
}

// What is on disk decides where to go on; a lost connection is waited for.
async function send(url, file) {
  let { bytes: sent } = await ask(`${url}/file`);
  let lost = 0;
  while (sent < file.size) {
    if (stopped) return false;
    try {
      sent = (await ask(`${url}/file?at=${sent}`, { method: "PUT", body: file.slice(sent, sent + piece), headers: { "Content-Type": "application/octet-stream" } })).bytes;
      lost = 0;
      show(file, sent);
    } catch (problem) {
      if (problem.status && problem.status !== 409 && problem.status < 500) throw problem;
      if (++lost > 8) throw problem;
      show(file, sent, "The connection is lost; it goes on by itself.");
      await pause(Math.min(2 ** lost / 2, 20));
      sent = await ask(`${url}/file`).then((told) => told.bytes, () => sent);
    }
  }
  return true;
}

async function upload(file) {
  const { name, size: expected } = form.dataset;
  part("problem").replaceChildren();
  if (file.size > Number(form.dataset.most)) return complain(`${file.name} has ${size(file.size)}, and ${size(Number(form.dataset.most))} is the most. Split it, or compress it with gzip.`);
  if (!file.size) return complain(`There is nothing in ${file.name}: it has no rows. Choose another file.`);
  if (name && (file.name !== name || (expected && file.size !== Number(expected)))) return complain(`This is another file. Choose ${name} to go on, or import another one from the start.`);
  stopped = false;
  form.dataset.busy = "";
  part("progress").hidden = false;
  part("file").textContent = file.name;
  show(file, 0);
  part("stop").focus();
  try {
    if (!form.dataset.upload) {
      const begun = await ask("/imports/uploads", { method: "POST", body: new URLSearchParams({ name: file.name, size: file.size }) });
      form.dataset.upload = `/imports/${begun.id}`;
    }
    const url = form.dataset.upload;
    if (!(await send(url, file))) return location.assign(url);
    show(file, file.size, "All of it is here. Reading it …");
    const told = await ask(`${url}/reading`, { method: "POST", body: new URLSearchParams() });
    location.assign(told.href + (form.dataset.action && told.href.endsWith("/mapping") ? `?action=${form.dataset.action}` : ""));
  } catch (problem) {
    complain(problem.message);
  }
}

if (form) {
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => input.files[0] && upload(input.files[0]));
  part("stop").addEventListener("click", () => { stopped = true; });
  addEventListener("dragover", (event) => { event.preventDefault(); form.dataset.over = ""; });
  addEventListener("dragleave", (event) => event.relatedTarget || form.removeAttribute("data-over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    form.removeAttribute("data-over");
    const [file] = event.dataTransfer.files;
    if (file && !("busy" in form.dataset)) upload(file);
  });
}

// The mapping: a column one looks at is marked in the preview, and what is used is counted.
function look({ type, target }) {
  const row = target.closest?.("[data-column]");
  if (!row || (type === "pointerover" && document.querySelector(".map-row:focus-within"))) return;
  const card = document.querySelector(".preview .table-card");
  for (const cell of card.querySelectorAll("[data-on]")) cell.removeAttribute("data-on");
  const cells = card.querySelectorAll(`[data-at="${row.dataset.column}"]`);
  for (const cell of cells) cell.dataset.on = "";
  if (cells[0]) card.scrollLeft = cells[0].offsetLeft - card.querySelector(".preview-number").offsetWidth;
}
document.addEventListener("focusin", look);
document.addEventListener("pointerover", look);
document.addEventListener("change", ({ target }) => {
  const said = document.querySelector("[data-used]");
  if (!said || !target.name?.startsWith("target")) return;
  target.closest("[data-column]").dataset.chosen = "";
  const used = [...document.querySelectorAll('select[name^="target"]')].filter((one) => one.value !== "ignore").length;
  said.textContent = `${used} of ${said.dataset.of} columns ${used === 1 ? "is" : "are"} used`;
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-leave-out]")) return;
  for (const one of document.querySelectorAll('select[name^="target"]')) {
    if (one.value !== "new") continue;
    one.value = "ignore";
    one.dispatchEvent(new Event("input", { bubbles: true }));
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.querySelector('select[name^="target"]').focus();
});

// Progress: what the server says replaces the numbers; when it is over, the next page follows.
const live = document.querySelector("[data-live]");
if (live) {
  const source = new EventSource(live.dataset.live);
  source.addEventListener("progress", (event) => { document.getElementById("live").innerHTML = event.data; });
  source.addEventListener("moved", () => { source.close(); location.reload(); });
  addEventListener("pagehide", () => source.close());
}
