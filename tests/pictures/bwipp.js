// Symbols by BWIPP, one request a line of standard input: {"symbology", "text", "size", "options"}, size in pixels a
// module; one answer a line: {"widths": [...]} of bars and spaces in modules, {"modules": "0110...", "columns": n},
// {"png": base64} where the rows differ in height, or {"error"}.
const bwip = require("bwip-js");
const lines = require("readline").createInterface({ input: process.stdin });

async function draw({ symbology, text, size, options }) {
  const wanted = { bcid: symbology, text, ...options };
  const [drawn] = bwip.raw(wanted);
  if (drawn.sbs) return { widths: drawn.sbs };
  if (drawn.pixs.length === drawn.pixx * drawn.pixy) return { modules: drawn.pixs.join(""), columns: drawn.pixx };
  const png = await bwip.toBuffer({ ...wanted, scale: size, padding: 5, backgroundcolor: "FFFFFF" });
  return { png: png.toString("base64") };
}

lines.on("line", async (line) => {
  let answer;
  try {
    answer = await draw(JSON.parse(line));
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
