// Why a place's fund differs from the mean of its parent, and who gains and loses by place and income.

import { fill } from "./tables.js";
import { money, nameOf, number, percent, rate, signed, word } from "./words.js";

const $ = (id) => document.getElementById(id);

export function renderProfile(found, info) {
  $("profile").hidden = true;
}
