// Why a place's fund differs from the mean of its parent, and who gains and loses by place and income.

import { $ } from "./dom.js";

export function renderProfile() {
  $("profile").hidden = true;
}
