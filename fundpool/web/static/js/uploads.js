// A case of one's own: a workbook is sent, checked, and opened or refused with its findings.

import { upload } from "./api.js";
import { $ } from "./dom.js";
import { fill } from "./tables.js";
import { local, word } from "./words.js";

export async function receive(file, opened) {
  const status = $("upload-status");
  status.textContent = word("checking", { name: file.name });
  $("findings").hidden = true;
  $("file").disabled = true;
  let answer;
  try {
    answer = await upload(file);
  } catch (error) {
    status.textContent = error.message;
    return;
  } finally {
    $("file").disabled = false;
    $("file").value = "";
  }
  const findings = answer.findings || [];
  if (findings.length) {
    fill($("findings"), ["f_place", "f_row", "f_column", "f_value", "f_expected", "f_mend"].map((name) => word(name)),
      findings.map((row) => [row.file, row.row === null ? "–" : String(row.row), row.column ?? "–", { text: row.value ?? "–", kind: "wrap" }, { text: local(row, "expected"), kind: "wrap" }, { text: local(row, "mend"), kind: "wrap" }]));
    $("findings").hidden = false;
  }
  if (answer.error) status.textContent = local(answer, "error");
  else if (answer.case === undefined) status.textContent = word("refused", { name: file.name, n: findings.length });
  else {
    status.textContent = word(findings.length ? "opened_warnings" : "opened", { name: file.name, n: findings.length });
    await opened(answer.case, file.name);
  }
}
