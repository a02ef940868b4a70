// Hand in a file: send it, have a worker look at it, show the report, write it when a person says so.
const form = document.getElementById("upload");
const part = (id) => document.getElementById(id);
const drop = part("drop"), file = form.elements.file;
let upload = null, job = null, events = null;

function chosenKind() { return form.elements.kind.selectedOptions[0]; }

function showParts() {
  const kind = chosenKind().value;
  file.accept = chosenKind().dataset.suffixes;
  for (const one of form.querySelectorAll("[data-for], [data-not-for]")) {
    one.hidden = one.dataset.for ? one.dataset.for !== kind : one.dataset.notFor.split(" ").includes(kind);
    for (const input of one.querySelectorAll("input, select")) input.disabled = one.hidden;
  }
}

function showFile() {
  const chosen = file.files[0];
  const size = chosen ? (chosen.size < 1e6 ? `${Math.ceil(chosen.size / 1e3)} KB` : `${(chosen.size / 1e6).toFixed(1)} MB`) : "";
  part("chosen").textContent = chosen ? `${chosen.name}（${size}）` : `至多 ${form.dataset.limitMb} MB`;
  upload = null;
}

for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) { file.files = event.dataTransfer.files; showFile(); }
  });
}
file.addEventListener("change", showFile);
form.elements.kind.addEventListener("change", showParts);

function tell(title, { step = "", progress = null, sentences = "", faults = [], state = "" } = {}) {
  const report = part("report");
  report.hidden = false;
  report.dataset.state = state;
  part("report-title").textContent = title;
  part("step").textContent = step;
  part("progress").hidden = progress === null;
  part("progress").value = progress ?? 0;
  part("sentences").textContent = sentences;
  part("sentences").hidden = !sentences;
  part("faults").replaceChildren(...faults.map((fault) => {
    const item = document.createElement("li");
    const words = [fault.row === null ? null : `第 ${fault.row} 行`, fault.column, fault.value, fault.allowed && `允许 ${fault.allowed}`, fault.hint];
    item.textContent = words.filter(Boolean).join("　");
    return item;
  }));
}

async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json().catch(() => null);
  if (answer.ok) return body;
  throw Object.assign(new Error(body?.error?.message ?? `出错（${answer.status}）`), { faults: body?.error?.items ?? [] });
}

function inputs(dryRun) {
  const made = { upload: upload.id, dry_run: dryRun };
  for (const input of form.querySelectorAll("select, input:not([type=file])")) {
    if (input.disabled) continue;
    if (input.type === "checkbox") { if (input.checked) made[input.name] = true; }
    else if (input.value.trim()) made[input.name] = input.value.trim();
  }
  return made;
}

async function run(dryRun) {
  part("confirm").hidden = true;
  part("look").hidden = true;
  try {
    if (!upload) {
      tell("上传…", { step: file.files[0].name });
      upload = await ask("/uploads", { method: "POST", headers: { "X-File-Name": encodeURIComponent(file.files[0].name) }, body: file.files[0] });
    }
    job = await ask("/ogc/processes/import/execution", {
      method: "POST",
      headers: { "Content-Type": "application/json", Prefer: "respond-async" },
      body: JSON.stringify({ inputs: inputs(dryRun) }),
    });
    part("cancel").hidden = false;
    follow(dryRun);
  } catch (error) {
    tell("未被接收", { step: error.message, faults: error.faults ?? [], state: "bad" });
  }
}

function follow(dryRun) {
  events?.close();
  events = new EventSource(`/ogc/jobs/${job.jobID}/progress`);
  events.addEventListener("status", (event) => {
    const now = JSON.parse(event.data);
    if (now.status === "accepted" || now.status === "running") {
      tell(dryRun ? "试算…" : "写入…", { step: now.message ?? "等待工作进程…", progress: now.progress });
      return;
    }
    events.close();
    part("cancel").hidden = true;
    if (now.status !== "successful") {
      tell(now.status === "dismissed" ? "已取消" : "未被接收，未写入任何内容", { step: now.message ?? "", faults: now.error?.items ?? [], state: "bad" });
      return;
    }
    ask(`/ogc/jobs/${job.jobID}/results`).then((result) => showResult(result, dryRun), unseen);
  });
  // A stream that broke off the browser takes up again; one that is refused it leaves.
  events.addEventListener("error", () => { if (events.readyState === EventSource.CLOSED) unseen(new Error("连接已断开。")); });
}

function showResult(result, dryRun) {
  tell(dryRun ? "试算结果（尚未写入）" : "已写入", { sentences: result.sentences ?? result.note, state: "good" });
  part("confirm").hidden = !dryRun;
  part("look").hidden = dryRun;
  part("look").href = `/#${form.elements.district.value}`;
}

function unseen(error) {
  part("cancel").hidden = true;
  tell("看不到结果", { step: `${error.message}作业仍在进行或已完成，请到“作业”页查看。`, state: "bad" });
}

for (const [name, wanted] of new URLSearchParams(location.search)) {
  const select = form.elements[name];
  if (select?.tagName === "SELECT" && [...select.options].some((one) => one.value === wanted)) select.value = wanted;
}
showParts();

form.addEventListener("submit", (event) => { event.preventDefault(); run(true); });
part("confirm").addEventListener("click", () => run(false));
part("cancel").addEventListener("click", () => ask(`/ogc/jobs/${job.jobID}`, { method: "DELETE" }).catch((error) => tell("不能取消", { step: error.message, state: "bad" })));
