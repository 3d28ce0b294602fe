// What har-validator finds wrong with the HARs whose paths come on stdin, one a line: {path: ["where what", ...]}.
// NODE_PATH names the folder that it is installed in.
"use strict";

const fs = require("node:fs");
const validate = require("har-validator/lib/promise");

async function faults(path) {
  try {
    await validate.har(JSON.parse(fs.readFileSync(path, "utf8")));
    return [];
  } catch (refusal) {
    return refusal.errors ? refusal.errors.map((one) => `${one.dataPath} ${one.message}`) : [String(refusal)];
  }
}

async function main() {
  const found = {};
  for (const path of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) found[path] = await faults(path);
  console.log(JSON.stringify(found));
}

main();
