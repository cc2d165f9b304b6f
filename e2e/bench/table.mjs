// Rows: what was measured, beside what, and whether that is within the bound. Prints the table and makes the JSON.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) throw new Error("no measurements");
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * A row against a peer or floor measured in the same run.
 * `bound`: `{ atMost }` or `{ atLeast }`, of the ratio ours / theirs. `ours`, `theirs`: arrays of single measurements.
 */
export function ratioRow({ what, unit, ours, theirs, than, bound, note }) {
  const [a, b] = [median(ours), median(theirs)];
  return judge({ what, unit, ours: a, theirs: b, than, ratio: a / b, bound, note, samples: { ours, theirs } }, a / b);
}

/** A row against a fixed bound, in the row's unit. */
export function limitRow({ what, unit, ours, bound, note }) {
  const values = Array.isArray(ours) ? ours : [ours];
  const value = median(values);
  return judge({ what, unit, ours: value, bound, note, samples: { ours: values } }, value);
}

/** A part that could not be measured. */
export const failedRow = (part, error) => ({ part, what: part, outcome: "failed", note: error.message });

function judge(row, value) {
  const { atMost, atLeast } = row.bound;
  const within = atMost !== undefined ? value <= atMost : value >= atLeast;
  return { ...row, outcome: within ? "ok" : "missed" };
}

const FORMS = {
  ms: (x) => `${x.toFixed(x < 10 ? 1 : 0)} ms`,
  kB: (x) => `${x.toFixed(1)} kB`,
  MiB: (x) => `${x.toFixed(1)} MiB`,
  "/s": (x) => `${x.toFixed(0)} /s`,
  "%": (x) => `${x.toFixed(1)} %`,
};

export function print(rows) {
  const cells = [["what", "ours", "beside", "ratio", "bound", ""]];
  for (const row of rows) {
    if (row.outcome === "failed") {
      cells.push([row.what, "", "", "", "", "FAILED"]);
      continue;
    }
    const form = FORMS[row.unit];
    const bound = row.bound.atMost ?? row.bound.atLeast;
    const sign = row.bound.atMost !== undefined ? "<=" : ">=";
    const isRatio = row.ratio !== undefined;
    cells.push([
      row.what,
      form(row.ours),
      isRatio ? `${form(row.theirs)} ${row.than}` : "",
      isRatio ? `${row.ratio.toFixed(2)} x` : "",
      isRatio ? `${sign} ${bound} x` : `${sign} ${form(bound)}`,
      row.outcome === "ok" ? "ok" : "MISSED",
    ]);
  }
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd();
  const [head, ...body] = cells.map(line);
  console.log(`${head}\n${widths.map((width) => "-".repeat(width)).join("  ")}\n${body.join("\n")}`);
  for (const row of rows.filter((row) => row.note)) console.log(`  ${row.what}: ${row.note}`);
}
